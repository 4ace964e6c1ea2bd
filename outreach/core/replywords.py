"""What people write in replies, by language: to be left alone, to somebody else, later, no, yes, and questions (MAIL U7).

Lists of words only; ``replies`` says in which order and how far they are believed.
"""

import re
from typing import Final


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


# A line that is nothing else than a wish to be left alone, and sentences that say so plainly.
STOP_LINE: Final = _any(
    r"^\W*(?:please |pls |kindly |bitte |s'?il vous pla[iî]t,? |por favor,? |per favore,? |alsjeblieft |graag |"
    r"v[äa]nligen )?"
    r"(?:(?:you can |can you |could you |i (?:want|wish|would like) to |i'?d like to )(?:please )?)?"
    r"(?:stop(?: all)?(?: e-?mail(?:s|ing)?(?: me)?)?|stopall|quit|end|cancel|opt[ -]?(?:me )?out|"
    r"un-?subscribe(?: me)?(?: please| now| immediately| thanks?| thank you)?|remove(?: me)?|take me off|revoke|"
    r"arr[êe]t|baja|basta|abmelden|austragen|abbestellen|k[üu]ndigen|"
    r"d[ée]sinscri(?:re|vez[- ]moi|ption)|d[ée]sabonne[rz](?:[- ]moi)?|darme de baja|dar de baja|"
    r"cancelar suscripci[óo]n|cancella(?:mi|temi|re l'iscrizione)|disiscriv(?:imi|etemi|ersi)|uitschrijven|afmelden|"
    r"avregistrera(?: mig)?|avsluta|avprenumerera|descadastrar|remover|frameld|avmeld|wypisz|отпишите(?: меня)?|"
    r"отписаться|отписка|退订|配信(?:を)?停止(?:して(?:ください|下さい))?|"
    r"(?:prosz[ęe] )?mnie wypisa[ćc]|(?:prosz[ęe] )?wypisa[ćc](?: mnie)?)"
    r"(?:[ ,!.]*(?:please|bitte|danke|thanks?|thank you|merci|gracias|grazie|me|now|mich|s\.?v\.?p))*\W*$",
)
STOP: Final = _any(
    r"(?:remove|delete|erase|strike) (?:this|that|our|the) (?:e-?mail )?(?:address|name|contact|account)|desist|"
    r"^\W*(?:stop\W*){2,}$|unwanted|unsolicited|harass|stop (?:me|us) (?:mail|messag)|(?:request|demand|"
    r"insist)\w* (?:that you )?(?:to )?(?:stop|remove|delete|erase)|withdraw (?:my )?consent|object to",
    r"widerspreche|(?:stornier|beend|k[üu]ndig)\w*(?: \w+){0,4} (?:newsletter|anmeldung|abo\b|mails)|"
    r"einwilligung (?:\w+ ){0,2}(?:widerruf|zur[üu]ck)|widerrufe|m'oppose|d[ée]marchage|(?:plus|pas) (?:de )?(?:rien|"
    r"mails?|messages?|e-?mails?|publicit[ée])(?: de votre part)?[.!]*$|m'envoyez (?:plus|pas)|elim[íi]n\w+ de|"
    r"(?:rimuov|cancell|toglie|elimin)\w*(?:mi|temi|ci) d|vi prego di non|non contattar\w+ pi[ùu]",
    r"schrijf (?:mij|me) uit|niet meer (?:mailen|bellen|schrijven)|(?:skicka|send) (?:inget|ingenting|ikke noget|"
    r"intet|ingen ting)(?: mer)?|(?:slet|slett|fjern|ta bort|stryk) (?:mig|meg|min)|n[ãa]o (?:me|nos) (?:contat|"
    r"contact|envi|mand|escrev|lig)\w*|remov\w*-me|o wypisanie|nie [żz]ycz[ęe] sobie|прекратите|перестаньте|"
    r"хватит (?:мне )?(?:писать|слать)",
    r"(?:let|leave) (?:me|us) (?:be|alone|in peace)|(?:to )?be removed (?:from|off)|stop (?:mailing|all|with|bugging|"
    r"pestering)|(?:told|asked) you (?:\w+ )?to stop|unsubscribed (?:\w+ ){0,2}(?:times|already|before|weeks|months)|"
    r"already unsubscribed|how (?:do|can) (?:i|we) (?:\w+ )?(?:unsubscribe|opt out|get off|stop (?:these|this|your))|"
    r"(?:fuck|piss) off|go away(?:[.!,]|$)|get lost|never (?:write|mail|e-?mail|call|contact) (?:me|us)",
    r"in ruhe\b|lass(?:t|en)? (?:sie )?mich|hau(?:en sie)? ab\b|verpiss|ich will keine|(?:laisse[rz])[- ](?:moi|"
    r"nous) (?:tranquille|en paix)|fiche[rz]?[- ]moi la paix|d[ée]je(?:n|me|nme)\w* (?:en paz|tranquil)|en paz\b|"
    r"basta (?:\w+ )?(?:di |de |con )?(?:e-?mails?|mails?|correos?|messagg|mensajes)|lasciate?mi (?:in pace|stare)|"
    r"in pace\b|(?:laat|laten) (?:mij|me|ons) met rust|met rust\b|l[äa]mna (?:mig|oss) (?:i ?fred)|la (?:meg|"
    r"oss) v[æa]re|lad (?:mig|os) v[æa]re|(?:me )?deixem?(?:-me)? em paz|da[jć]cie? mi spok[óo]j|zostaw(?:cie)? mnie|"
    r"отстан|в покое|оставьте меня",
    r"(?:^|[.!?,] )(?:please )?stop(?: it| this| that| now| please)?(?:[.!]|$)|take me off\b|report(?:ing|ed)? (?:you|"
    r"this|it)? ?(?:as|for) spam|this is spam",
    r"unterlassen sie|(?:keine?|keinerlei) (?:weitere\w* )?werbung|h[öo]r(?:t|en sie)? (?:bitte |endlich )*auf|"
    r"daten (?:\w+ )?(?:zu )?(?:l[öo]schen|entfernen)|(?:streichen|nehmen|entfernen|l[öo]schen) sie (?:mich|meine)|"
    r"schreiben sie mir (?:bitte )?(?:nicht|nie)|keine (?:weiteren )?(?:mails|e-?mails|nachrichten|anrufe)(?: mehr|"
    r"[.!]|$)",
    r"arr[êe]te[rz]?(?:[- ]de| de| vos)(?! fumer)|(?:supprime|efface|retire)[rz](?:[- ]moi)? (?:mes|mon|ma) (?:donn|"
    r"adresse|coordonn|mail|e-?mail|num)|ne plus (?:m'|me |nous )(?:[ée]crire|contacter|envoyer|appeler|solliciter|"
    r"d[ée]ranger)",
    r"(?:borr|elimin|supr[iía]m)\w+ mis datos|(?:no|nunca) (?:me|nos) (?:escrib|env[íi]|mand|contact|llam|"
    r"molest)\w+ (?:m[áa]s|nunca)|d[ée](?:me|nme|jen?me)? de baja",
    r"cancell\w+ i miei dati|non (?:scriv|mand|invi|contatt|chiam)\w+ pi[ùu]|cancellate\w*mi\b",
    r"(?:stuur|mail|bel|schrijf) (?:mij|me|ons) (?:alstublieft |svp )?(?:geen|niet|nooit)|verwijder mijn (?:gegevens|"
    r"e-?mail|adres)|uitschrijven",
    r"afmeld (?:mig|meg|os)|avmeld (?:meg|mig|oss)|(?:ikke|inte|aldrig|aldri) (?:send|kontakt|skriv|ring|skicka|mejla|"
    r"maila)\w* (?:meg|mig|oss|os|till? mig|til meg)|(?:inga|ingen|ikke|inte) (?:fler|flere) (?:mejl|mail|e-?post\w*|"
    r"meddelanden|beskeder|meldinger)|vill inte ha (?:fler|mer)|stopp? med (?:at|[åa]) (?:sende|kontakte|skrive|"
    r"ringe)|(?:radera|slet|slett) (?:mina|mine) (?:uppgifter|data|opplysninger|oplysninger)",
    r"retir(?:e|em|ar)(?:-me|-nos)? (?:\w+ ){0,2}da (?:\w+ )?lista|n[ãa]o (?:me |nos )?(?:envie|mande|escreva|contate|"
    r"contacte|contactem|ligue)\w*(?: \w+){0,3} mais|(?:apag|elimin|remov)\w+ (?:os )?meus dados",
    r"wypisz(?:cie|ą)? mnie|nie (?:wysy[łl]|pisz|pisa|kontaktuj|dzwo[ńn])\w*(?: \w+){0,3} (?:wi[ęe]cej|ju[żz])|"
    r"usu[ńn]\w*(?: \w+){0,4} (?:z listy|z bazy|dane)|prosz[ęe] nie (?:wysy[łl]a[ćc]|pisa[ćc]|dzwoni[ćc])",
    r"poista(?:kaa)? minut|[äa]lk[äa]{1,2} l[äa]het[äae]|lopeta(?:kaa)? (?:viest|s[äa]hk)|odhl[áa][šs]?(?:it|te|"
    r"en)?\b|nepos[íi]lejte|nepi[šs]te mi|odstra[ňn]te m[ěe]|leiratkoz|ne k[üu]ldj\w+|t[öo]r[öo]lj\w+|dezabon|"
    r"nu (?:mai|[îi]mi) (?:trimite|scrie)\w*|listeden|abonelikten|mail atmay[ıi]n|g[öo]ndermeyin|μη μου στ[έε]λν|"
    r"διαγρ[άα]ψ",
    r"\bun-?subscribe\b (?:me|my|us|this|from)|(?:want|wish|like|ask|need|please|"
    r"must) (?:you )?to (?:be )?un-?subscribe|please un-?subscribe|un-?subscribe (?:please|immediately|now)",
    r"(?:remove|delete|take) (?:me|us|my (?:e-?mail|name|address|contact|details?|information|data)\S*(?: address|"
    r" details)?)(?: \w+){0,3} (?:from|off|out of) (?:your|this|the|all|any|future)|(?:remove|delete) my (?:data|"
    r"details|e-?mail(?: address)?|information|contact)",
    r"(?:stop|quit|cease) (?:\w+ ){0,2}(?:e-?mailing|sending|contacting|spamming|writing|messaging|bothering|calling|"
    r"texting|harassing)|(?:do not|don'?t|never) (?:ever )?(?:e-?mail|contact|write|message|spam|call|text|"
    r"send) (?:to )?(?:me|us|any ?(?:more|thing|emails?))|(?:do not|don'?t) (?:want|wish) to (?:receive|get|hear|"
    r"be contacted)|no (?:more|further) (?:e-?mails?|messages?|contact|mails?|communications?)(?: please|[.,!]|$|"
    r" from)|leave me alone|opt(?:ing)? (?:me )?out\b|off your (?:mailing )?list|lose my (?:e-?mail|number|address)",
    r"(?:keine?|nicht) (?:weitere[nrs]?|mehr) (?:\w+ ){0,3}(?:e-?mails?|mails?|nachrichten|werbung|kontakt\w*|"
    r"newsletter|zusendung\w*)|(?:keine|nie wieder) (?:werbung|e-?mails?|mails?)|(?:aus|von) (?:dem |ihrem |ihrer |"
    r"der )?(?:verteiler|liste|datenbank|adressliste)\w*|l[öo]schen sie (?:bitte )?meine|meine (?:daten|adresse|"
    r"e-?mail\S*)(?: \w+){0,3} (?:zu )?l[öo]schen|(?:h[öo]ren|unterlassen) sie (?:bitte )?(?:auf|es|das)|(?:melden|"
    r"tragen) sie mich (?:bitte )?(?:ab|aus)|newsletter (?:abbestellen|k[üu]ndigen|abmelden)|"
    r"nicht mehr (?:kontaktieren|anschreiben|anrufen)",
    r"ne (?:plus|pas) (?:me |m'|nous )?(?:contacter|recevoir|[ée]crire|envoyer|solliciter)|ne (?:m'|me )(?:contactez|"
    r"[ée]crivez|envoyez|sollicitez|d[ée]rangez) plus|ne (?:souhaite|veux|d[ée]sire) plus (?:\w+ ){0,2}(?:recevoir|"
    r"[êe]tre contact)|(?:me |m')?(?:retirer|supprimer|enlever|retirez|"
    r"supprimez)(?:[- ]moi)?(?: \w+){0,4} (?:de (?:votre|vos|la|cette) (?:liste|base|fichier|envoi|mailing))|(?:me |"
    r"nous )?d[ée]sinscri(?:re|vez)|d[ée]sabonn(?:er|ez)|cessez (?:de|vos)",
    r"(?:no|dejen? de|deje de|paren? de) (?:me |nos )?(?:env[íi]\w+|escrib\w+|contact\w+|"
    r"mand\w+)(?: \w+){0,2} (?:m[áa]s|correos?|mensajes|e-?mails?)|(?:no|ya no) (?:quiero|"
    r"deseo) (?:\w+ ){0,2}(?:recibir|m[áa]s)|(?:dejen|deje) de (?:enviar|escribir|contactar)\w*|darme de baja|"
    r"de[nm]?(?:me)? de baja|elimin(?:ar?|en)(?:me)? (?:\w+ ){0,3}(?:de (?:su|la|esta) (?:lista|base))|borr(?:ar|"
    r"en)(?:me)? de",
    r"(?:non|smett\w+ di|basta) (?:mi |ci )?(?:contatta\w+|scriv\w+|invia\w+|manda\w+)(?: \w+){0,2} pi[ùu]|"
    r"smett\w+ di (?:scriver|inviar|contattar|mandar)\w*|non (?:desidero|voglio|intendo) (?:pi[ùu] )?(?:ricevere|"
    r"essere contatt)\w*|(?:cancella|rimuov|togli|elimin)\w+ (?:\w+ ){0,4}(?:dalla|da questa|dalle|"
    r"dal) (?:\w+ )?(?:lista|mailing|elenco|database|newsletter)",
    r"(?:geen|niet) (?:verdere |meer )?(?:e-?mails?|berichten|mails?|contact)(?: meer)?(?: \w+){0,2} (?:ontvangen|"
    r"sturen|willen)|(?:wil|wens) (?:ik )?(?:geen|niet)(?: \w+){0,3} (?:ontvangen|benaderd|gemaild|gecontacteerd)|"
    r"(?:haal|verwijder|schrijf) (?:mij|me|ons|mijn)(?: \w+){0,4} (?:van|uit)|stop met (?:mailen|sturen|bellen)|"
    r"niet meer (?:mailen|contacteren|benaderen)",
    r"(?:ta bort|radera|stryk|avregistrera|avanm[äa]l) (?:mig|min|mina|oss)|(?:sluta|inte) (?:\w+ )?(?:skicka|maila|"
    r"mejla|kontakta|h[öo]ra av)(?: \w+){0,3}(?: mer| l[äa]ngre)?[.!]?$|inga (?:fler|mer) (?:mail|mejl|utskick)|"
    r"vill inte (?:ha|f[åa]|ta emot)(?: \w+){0,2} (?:mail|mejl|utskick|e-?post)|(?:slet|fjern) (?:meg|mig|min)|"
    r"(?:ikke|stop med at) (?:kontakt|send|skriv)\w*(?: \w+){0,3} (?:mer|mere|lenger)",
    r"n[ãa]o (?:quero|desejo)(?: \w+){0,2} (?:receber|mais)|(?:parem?|pare) de (?:enviar|mandar|me)|remov(?:er|am|"
    r"a)(?:-me)? (?:\w+ ){0,3}(?:da|de sua|desta) lista|descadastr\w+|nie (?:chc[ęe]|[żz]ycz[ęe]) (?:ju[żz] |"
    r"sobie )?(?:\w+ )?(?:otrzymywa|dostawa)|prosz[ęe] (?:o )?(?:usuni[ęe]cie|usun|wypisa)|не (?:пишите|присылайте|"
    r"беспокойте|звоните)|(?:удалите|отпишите|уберите) (?:меня|мой|мою)|больше не (?:пишите|присылайте)|"
    r"mnie wypisa|配信(?:を)?停止|メール(?:は|を)?(?:送らないで|不要)|(?:从|把)我?.{0,8}(?:名单|"
    r"列表).{0,6}(?:删除|移除|去掉)|把我从|不要再(?:发|联系|给我)|取消订阅|수신 ?거부",
)
NOT_STOPPING: Final = _any(
    r"(?:do not|don'?t|please don'?t) (?:stop|unsubscribe|remove|give up)|nicht abmelden|"
    r"ne (?:me )?d[ée]sinscrivez pas"
)

WRONG_PERSON: Final = _any(
    r"you (?:must |probably )?(?:mean|want|are looking for) (?:my|our|someone|somebody)|falsche\w* (?:ansprechpartner|"
    r"adresse|person|nummer)|plus moi qui|pas moi qui|nicht (?:mehr )?meine? (?:aufgabe|bereich|abteilung)",
    r"(?:has|have) left (?:us|the company|our)|(?:his|her|my|their) successor|wrong number|nicht mehr (?:t[äa]tig|"
    r"zust[äa]ndig|hier)|nachfolger(?:in)? ist|falsche nummer|mauvais num[ée]ro|n[úu]mero equivocado|verkeerd nummer|"
    r"fel nummer",
    r"\btry (?-i:[A-Z][a-z]+)(?:[.,!]|$| (?-i:[A-Z]))|(?:i(?:'ve| have)?|he|she|has) left the company|talk to my|"
    r"the person to (?:speak|talk|write|contact)",
    r"arbeite nicht mehr|(?:an|bei) meine[mnr]?(?: \w+){0,4} weitergeleitet|weitergeleitet an|bei mir falsch|"
    r"falsch (?:verbunden|bei mir)",
    r"ne m'(?:en )?occupe (?:pas|plus)|voyez avec|trompe[zr]? de (?:personne|destinataire|contact)|"
    r"erreur de (?:personne|destinataire)",
    r"no (?:llevo|me encargo|me ocupo)|equivocad[oa] de (?:persona|direcci)|se ha equivocado|"
    r"habl[ea](?:n)? con (?-i:[A-Z])|sbagliat[oa] (?:persona|indirizzo)|chied\w+ a (?-i:[A-Z])|non me ne occupo",
    r"moet u (?:\w+ )?bij|bij mijn collega|n[ãa]o sou eu|(?:fale|fala) com (?:a |o )?(?-i:[A-Z])|to nie ja|"
    r"nie (?:ja )?(?:si[ęe] )?(?:tym )?zajmuj[ęe]|pisa[ćc] do (?-i:[A-Z])|det (?:[äe]r|er) (?:inte|ikke) (?:jag|meg|"
    r"mig)",
    r"(?:i'?m|i am|am) (?:probably |really |certainly )?(?:not|n'?t|no longer) (?:really )?(?:the (?:right|correct|"
    r"best|appropriate|person|one)|responsible|in charge|involved|handling|the decision)|not the (?:right|correct|"
    r"best|appropriate) (?:person|contact|one)|wrong (?:person|contact|department|address|company|e-?mail|guy)|"
    r"(?:you(?:'ll)?|please|kindly|best|should|better|could)[^.?!\n]{0,30} (?:contact|speak (?:to|with)|talk to|"
    r"reach out to|write to|e-?mail|ask|get in touch with|connect with) (?:my |our |the )?(?:colleague|boss|manager|"
    r"partner|head of|director|purchasing|marketing|hr\b|it\b|(?-i:[A-Z][a-z]+ [A-Z][a-z]+))|(?:no longer|don'?t|do not|"
    r"doesn'?t) (?:work|handle|deal)(?: \w+){0,2} (?:here|there|with (?:this|that)|for|at|in)|(?:forward(?:ed|ing)?|"
    r"pass(?:ed|ing)?) (?:this|it|your|you)(?: \w+){0,4} (?:to|on to|along to) (?:my|our|the|[A-Z])|(?:isn'?t|is not|"
    r"not) my (?:area|department|responsibility|job)|is (?:now )?(?:responsible|in charge|handling|the (?:right|"
    r"person|contact)|your contact)|copying in|i(?:'ve| have) (?:cc'?d|copied|looped)|(?:he|she|they) (?:handles?|"
    r"is responsible|takes? care)|retired",
    r"nicht (?:der|die) (?:richtige|zust[äa]ndige|passende)|nicht (?:mehr )?(?:zust[äa]ndig|verantwortlich)|"
    r"falsche[rn]? (?:ansprechpartner|adresse|person|abteilung)|(?:wenden|melden) sie sich (?:bitte )?(?:an|bei)|"
    r"(?:kollege|kollegin|herr|frau)[^.\n]{0,40} (?:zust[äa]ndig|verantwortlich|ansprechpartner)|zust[äa]ndig (?:ist|"
    r"w[äa]re)|ansprechpartner(?:in)? (?:ist|w[äa]re|f[üu]r)|(?:nicht mehr|nicht l[äa]nger) (?:bei|f[üu]r|"
    r"im unternehmen)|weitergeleitet an",
    r"(?:pas|plus) (?:la bonne personne|le bon (?:interlocuteur|contact|service)|l'interlocut\w+|responsable|"
    r"en charge|concern[ée])|ce n'est pas moi\b|contactez (?:plut[ôo]t )?(?-i:[A-ZÀ-Ö])|"
    r"mauvaise? (?:personne|adresse|interlocuteur)|(?:adresse[rz]|contacte[rz]|voir avec|"
    r"rapproche[rz])[- ](?:vous )?(?:[àa]|de|mon|ma|plut[ôo]t)|(?:s'occupe|est (?:en charge|responsable|"
    r"votre interlocut))|je (?:transmets|transf[èe]re|fais suivre)|ne travaille plus",
    r"no soy (?:la persona|el|la|quien|yo|responsable)|(?:persona|contacto|direcci[óo]n|"
    r"departamento) (?:equivocad[oa]|incorrect[oa]|err[óo]ne[oa])|(?:contact|escrib|habl|dirij|dir[íi]ja)\w* (?:con|"
    r"a) (?:mi|el|la|nuestr)|(?:el|la) (?:responsable|encargad[oa]) es|ya no trabaj\w+|reenv[íi]o (?:su|tu|este)|"
    r"n[ãa]o sou (?:a pessoa|o respons|eu)|pessoa errada|(?:contat|fal|procur)\w+ (?:com )?(?:o|a|meu|"
    r"minha) (?:colega|respons)",
    r"non sono (?:la persona|io|il|la|più io|pi[ùu] (?:io|responsabile)|responsabile)|persona sbagliata|(?:contatt|"
    r"rivolg|scriv|parl)\w+ (?:con |a |al |alla )?(?:il |la )?(?:mi[oa]|collega|responsabile|dott|sig)|"
    r"(?:se ne occupa|il responsabile [èe]|il referente)|non lavor[oa] pi[ùu]|(?:ho )?(?:inoltr|"
    r"gir)[oa](?:to)? (?:la|il|questa)",
    r"niet de (?:juiste|goede) (?:persoon|contact)\w*|verkeerde (?:persoon|contact\w*|afdeling|adres)|(?:neem|"
    r"contact)[^.\n]{0,20} (?:op met|met)|(?:niet|niet meer) (?:verantwoordelijk|werkzaam)|(?:verantwoordelijk|"
    r"contactpersoon) (?:is|hiervoor)|doorgestuurd (?:naar|aan)|inte r[äa]tt (?:person|kontakt)|fel (?:person|"
    r"kontakt|adress)|(?:kontakta|prata med|h[öo]r med) (?:min|v[åa]r|i st[äa]llet)|inte (?:ansvarig|jag som)|"
    r"(?:ansvarig|ansvarar) (?:[äa]r|f[öo]r)|vidarebefordra\w*|(?:ikke|inte) (?:rette|riktige|den rigtige)|"
    r"kontakt (?:heller|venligst|min)",
    r"(?:nie jestem|to nie) (?:w[łl]a[śs]ciw|odpowiedni)\w+|(?:я не|не) (?:тот|занимаюсь|отвечаю|являюсь)|"
    r"(?:обратитесь|свяжитесь|пишите) (?:к|с|пожалуйста)|担当(?:では|"
    r"者では)ありません|担当者は|不是负责人|负责人是",
)

NOT_NOW: Final = _any(
    r"(?:kontakt|telefon|zadzwoni\w*|pisa\w*|wr[óo]ci\w*)(?: \w+){0,2} za (?:\w+ )?(?:tydzie|tygod|miesi|rok|p[óo][łl])",
    r"(?:give|need|want) (?:me |us )?(?:a few|two|three|some|a couple of|\d+) (?:more )?(?:days|weeks|months)|"
    r"need to wait|wir melden uns,? (?:wenn|sobald)|(?:i|we)(?:'ll| will) (?:get back|come back|be in touch|"
    r"let you know) (?:to you )?(?:when|once|after|in|next)|za (?:miesi[ąa]c|rok|tydzie[ńn]|dwa|trzy|kilka|"
    r"p[óo][łl] roku)|через (?:месяц|неделю|год|полгода|\w+ (?:месяц|недел))",
    r"\berst (?:wieder )?(?:im |n[äa]chst|ab |nach |20\d\d)|noch in (?:der )?(?:planung|kl[äa]rung)|until the end of|"
    r"(?:revisit|reconsider|look at (?:this|it)) (?:\w+ )?(?:next|in|later|after)|plut[ôo]t (?:au|en|l'|[àa])",
    r"can'?t (?:\w+ ){0,5}(?:before|until)\b|(?:call|ring|phone|contact|write)(?: \w+){0,3} (?:back|again) (?:in|"
    r"after|on or after) (?:the )?\w+",
    r"on en reparle|(?:reparl|reprend|revoy)\w+ (?:\w+ ){0,2}(?:dans|en|apr)|aplazad[oa]|pospuest[oa]|"
    r"nie w tym (?:roku|miesi|kwarta)|wr[óo]ci[ćc] do (?:tematu|rozmowy)|na razie nie|pr[øo]v igen|til for[åa]ret|"
    r"på nyåret|avvakta|v[äa]nta (?:till|tills)",
    r"not (?:right )?(?:now|at (?:this|the) (?:time|moment|point|stage)|yet|today|currently|(?:this|for this|"
    r"until next|until the next) (?:week|month|quarter|year)|in (?:the|our) (?:budget|plans?) (?:for )?this|"
    r"ready (?:yet|for)|a (?:good|priority)|the (?:right|best) time)|(?:bad|wrong) (?:time|timing)|timing (?:isn'?t|"
    r"is not|is off)|(?:too|very|really|super|extremely|quite|so|pretty) (?:busy|swamped|early|slammed)|"
    r"maybe (?:later|next|in)|perhaps (?:later|next|in)|(?:some other|another) time|(?:check|circle|get|come|reach|"
    r"follow|touch|try|ping|contact|call|write|e-?mail|talk|speak|reconnect|revisit|look|connect|"
    r"ask)(?: \w+){0,4} (?:back|again|out|up|base|later|then)? ?(?:to (?:me|us) |with (?:me|us) |at (?:this|"
    r"it) )?(?:in (?:a (?:few|couple)|\d+|two|three|four|six|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|q[1-4]|the (?:new year|fall|autumn|spring|summer|winter))|next (?:week|"
    r"month|quarter|year|spring|summer|fall|autumn|january)|after (?:the|my|our|christmas|easter|new year|\w+ \d)|"
    r"later|at the end|early next|around)|on hold|postpone|put (?:this|it) off|budget (?:is )?(?:frozen|spent|"
    r"allocated|gone)|no budget (?:right now|this|until|at)|until (?:next|after|q[1-4]|january|february|march|april|"
    r"june|july|august|september|october|november|december|the (?:new|end))|down the (?:road|line)|in (?:a few|"
    r"a couple of|two|three|six|\d+) (?:weeks|months)|next (?:quarter|year|month|spring|summer|fall|autumn)|"
    r"remind me|keep (?:me|us|you) (?:in mind|posted|on file)",
    r"(?:im moment|momentan|derzeit|aktuell|zurzeit|zur zeit|gerade|jetzt|heute)[^.!?\n]{0,40}\b(?:nicht|kein\w*|"
    r"keine zeit|schlecht|ungünstig|zu viel)|(?:nicht|kein\w*) (?:\w+ ){0,2}(?:im moment|momentan|derzeit|aktuell|"
    r"zurzeit|jetzt|vor)\b|(?:sp[äa]ter|in (?:ein paar|einigen|zwei|drei|sechs|\d+) (?:wochen|monaten)|"
    r"n[äa]chste[nsr]? (?:woche|monat|quartal|jahr|fr[üu]hjahr|sommer)|nach (?:dem|den|der) (?:urlaub|sommer\w*|"
    r"ferien|messe|weihnachten|jahreswechsel)|im (?:januar|februar|m[äa]rz|april|mai|juni|juli|august|september|"
    r"oktober|november|dezember|herbst|fr[üu]hjahr|sommer|winter|n[äa]chsten) ?\w*|anfang (?:n[äa]chsten|des)|"
    r"ende des)[^.!?\n]{0,50}(?:melden|wieder|nochmal|noch einmal|erneut|kontakt|sprechen|anrufen|nachfragen|"
    r"schreiben)?|melden sie sich[^.\n]{0,40}(?:sp[äa]ter|wieder|nochmal|noch einmal|im |in )|noch (?:nicht|"
    r"zu fr[üu]h)|auf eis|kein budget (?:mehr )?(?:in|f[üu]r) diesem|verschoben|verschieben",
    r"(?:pas|plus) (?:pour l'instant|pour le moment|maintenant|encore|actuellement|dans l'imm[ée]diat|cette ann[ée]e|"
    r"tout de suite|la priorit)|(?:en ce moment|actuellement|pour l'instant|pour le moment)[^.!?\n]{0,50}(?:pas|plus|"
    r"trop)|(?:plus tard|l'ann[ée]e prochaine|le (?:mois|trimestre) prochain|la semaine prochaine|dans (?:quelques|"
    r"deux|trois|six|\d+) (?:semaines|mois)|apr[èe]s (?:les|l'|la)|[àa] la rentr[ée]e|au (?:printemps|prochain|"
    r"mois de)|d[ée]but (?:janvier|ann))|(?:recontacte|rappele|revene|relance)[rz](?:[- ](?:moi|nous))?|"
    r"en (?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)|"
    r"report(?:er|é)",
    r"(?:ahora|por ahora|por el momento|de momento|en este momento|actualmente|todav[íi]a|"
    r"a[úu]n)[^.!?\n]{0,30}\bno\b|\bno\b[^.!?\n]{0,40}(?:ahora|por ahora|por el momento|de momento|en este momento|"
    r"todav[íi]a|a[úu]n|este (?:a[ñn]o|mes|trimestre))|m[áa]s (?:adelante|tarde)|(?:el|la) (?:pr[óo]xim[oa]|"
    r"siguiente|semana|mes|a[ñn]o) (?:\w+ )?(?:que viene|mes|a[ñn]o|trimestre|semana)|dentro de|en (?:unos|unas|dos|"
    r"tres|seis|\d+) (?:semanas|meses)|despu[ée]s de(?:l)?|(?:vuelv\w+ a|cont[áa]ct\w+)[^.\n]{0,30} en|en (?:enero|"
    r"febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)|(?:agora|neste momento|"
    r"no momento|por enquanto)[^.!?\n]{0,30}n[ãa]o|n[ãa]o[^.!?\n]{0,30}(?:agora|neste momento|no momento)|mais tarde|"
    r"(?:pr[óo]ximo|ano|m[êe]s) (?:ano|m[êe]s|que vem)",
    r"(?:al momento|per (?:il momento|ora)|adesso|attualmente|in questo momento|ora come ora)[^.!?\n]{0,40}\bnon\b|"
    r"\bnon\b[^.!?\n]{0,40}(?:al momento|per (?:il momento|ora)|adesso|in questo (?:momento|periodo)|quest'anno|"
    r"ancora)|pi[ùu] (?:avanti|tardi)|(?:il|la) (?:prossim[oa]|mese|settimana|anno) (?:mese|anno|trimestre|settimana|"
    r"prossim[oa])|l'anno prossimo|tra (?:qualche|due|tre|sei|\d+|un paio di) (?:settiman[ae]|mes[ei])|dopo (?:le|l'|"
    r"la|il)|(?:risent|ricontatt|richiam)\w+|a (?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|"
    r"settembre|ottobre|novembre|dicembre)",
    r"(?:op dit moment|momenteel|nu|voorlopig|vandaag)[^.!?\n]{0,30}\b(?:niet|geen)|(?:niet|"
    r"geen)\b[^.!?\n]{0,30}(?:op dit moment|momenteel|\bnu\b|voorlopig|dit (?:jaar|kwartaal))|later (?:dit|nog|eens|"
    r"weer|contact)|volgend(?:e)? (?:week|maand|kwartaal|jaar)|over (?:een paar|enkele|twee|drie|zes|\d+) (?:weken|"
    r"maanden)|na de (?:zomer|vakantie|feestdagen)|(?:in|begin|eind) (?:januari|februari|maart|april|mei|juni|juli|"
    r"augustus|september|oktober|november|december)|nog (?:niet|te vroeg)",
    r"(?:just nu|f[öo]r tillf[äa]llet|f[öo]r n[äa]rvarande|i dag)[^.!?\n]{0,30}(?:inte|ej|inget|ingen)|(?:inte|ej|"
    r"inget|ikke)\b[^.!?\n]{0,30}(?:just nu|f[öo]r tillf[äa]llet|[äa]nnu|lige nu|akkurat n[åa]|f[öo]r n[äa]rvarande|"
    r"i (?:år|[åa]r))|(?:senare|n[äa]sta (?:vecka|m[åa]nad|kvartal|[åa]r)|om (?:n[åa]gra|tv[åa]|tre|sex|"
    r"\d+) (?:veckor|m[åa]nader)|efter (?:sommaren|semestern|nyår|jul)|\bi (?:januari|februari|mars|april|maj|juni|"
    r"juli|augusti|september|oktober|november|december)|till (?:h[öo]sten|v[åa]ren)|senere|n[æe]ste (?:uge|uke|måned|"
    r"kvartal|[åa]r))",
    r"nie teraz|w tej chwili nie|obecnie nie|p[óo][źz]niej|w przysz[łl]ym|(?:сейчас|пока)[^.!?\n]{0,20}не|не сейчас|"
    r"позже|в следующем|(?:今は|現在|当面)[^。]{0,20}(?:ない|ません|"
    r"結構)|来(?:月|年|期)|以后再说|暂时(?:不|没)|目前不|下(?:个月|季度)|明年",
)

NOT_INTERESTED: Final = _any(
    r"changed (?:our|my) minds?|(?:someone|somebody|anyone) else (?:got|has|did|won|will)|not what (?:we|i) (?:need|"
    r"want|are)|dagegen entschieden|(?:trouv[ée]|choisi|pris) une autre|(?:elegido|escogido) otra?|zien (?:er)?van af|"
    r"(?:har|vi har) valgt|valgt en anden|rezygnuj|уже (?:выбрали|нашли|купили|есть|заказали)|передумали|"
    r"отказ(?:ываемся|ался)",
    r"^\W*(?:no|nope|nah|nein|n[öo]|non|nee|nej|nei|n[ãa]o|nie|нет|ні|いいえ|不|아니요|hay[ıi]r|ei|nem|ne)\W*$|"
    r"different direction|(?:wife|husband|boss|partner|board|manager) (?:says|said|decided) no|have to decline|"
    r"(?:cancel|withdraw) (?:my|our|the|this) (?:request|enquiry|inquiry|order)",
    r"(?:bereits|schon) (?:\w+ ){0,4}(?:beauftragt|gekauft|bestellt|erledigt|vergeben|gel[öo]st|engagiert)|"
    r"finalement non|renon(?:ce|ç)\w*|hemos decidido no|abbiamo risolto|deciso di non|(?:vi|jag|"
    r"har) (?:har )?l[öo]st det|(?:nie|nej),? (?:dzi[ęe]k|tak\b)|nie (?:mam|mamy) (?:zainteresow|potrzeb)|"
    r"n[ãa]o (?:precis|necessit)\w+",
    r"too (?:expensive|pricey|costly)(?=[^?]*$)|(?:won'?t|will not|not going to|not be) (?:be )?(?:proceed|"
    r"go(?:ing)? ahead|continu|mov(?:e|ing) forward)\w*",
    r"f[üu]r (?:einen|ein|eine) andere\w*|(?:zu teuer|verzichten)(?=[^?]*$)|leider nein\b|"
    r"leider (?:m[üu]ssen wir )?(?:ab)?sagen|kommt (?:f[üu]r uns )?nicht in ?frage",
    r"trop cher(?=[^?]*$)|ya hemos (?:contratado|elegido|encontrado|comprado|decidido)|demasiado caro(?=[^?]*$)|"
    r"troppo caro(?=[^?]*$)|te duur(?=[^?]*$)|f[öo]r dyrt(?=[^?]*$)|niet (?:mee )?verder\b|(?:mamy|mam) ju[żz]|"
    r"ju[żz] (?:mamy|mam)\b|nie potrzebuj|필요 ?없|n[ãa]o vamos (?:avan[çc]ar|seguir|prosseguir)",
    r"not (?:\w+ )?interested|no interest|(?:isn'?t|is not|not) (?:\w+ )?(?:a (?:good )?fit|for (?:us|me)|relevant|"
    r"of interest|something we|what (?:we|i)|looking|needed|necessary)|no,? ?(?:thanks?|thank you|thx)|(?:i'?ll|"
    r"we'?ll|we will|i will|going to|have to|we are|i'?m going to) (?:have to )?(?:pass|decline|say no)|(?:don'?t|"
    r"do not|won'?t|no longer|will not|not|doesn'?t) (?:need|require|want|have (?:a |any )?(?:need|use|interest)|use|"
    r"be needing|looking)|(?:already|happy|satisfied|content|covered|fine|gone|went|decided|chosen|found|"
    r"signed)(?: \w+){0,4} (?:with (?:our|my|another|someone|a different|the current|what)|have (?:a |"
    r"an )?(?:solution|provider|supplier|vendor)|another|someone else|something else|a competitor|elsewhere)|"
    r"already (?:have|use|using|bought|purchased|got|working with)|(?:decided|chosen|opted) (?:to go )?(?:against|"
    r"not to|another|for another)|all set|not needed|no need|no requirement|thanks,? but no|(?:please )?close (?:my|"
    r"the|this) (?:file|request|inquiry|enquiry|ticket)",
    r"kein(?:e|en|erlei)? (?:\w+ )?(?:interesse|bedarf|verwendung)|nicht (?:\w+ )?(?:interessiert|interessant|"
    r"relevant|infrage|in frage|n[öo]tig|ben[öo]tigt|passend)|nein,? ?(?:danke|vielen dank)|(?:ben[öo]tigen|brauchen|"
    r"m[öo]chten|wollen)(?: \w+){0,3} (?:nicht|kein\w*)|(?:haben|sind)(?: uns)?(?: \w+){0,3} (?:bereits|schon|"
    r"anderweitig|f[üu]r (?:einen anderen|ein anderes))(?: \w+){0,4}(?:versorgt|entschieden|anbieter|l[öo]sung|"
    r"partner|gefunden|im einsatz|zufrieden)|anderweitig (?:entschieden|gel[öo]st|vergeben)|danke,? (?:aber )?nein|"
    r"hat sich erledigt|erledigt|zufrieden mit|(?:uns|mich|haben|inzwischen) anders entschieden",
    r"(?:pas|plus|aucunement|gu[èe]re) (?:\w+ )?(?:int[ée]ress[ée]e?s?|int[ée]r[êe]t|besoin|n[ée]cessaire|"
    r"concern[ée]s?)|aucun (?:int[ée]r[êe]t|besoin)|non,? merci|(?:ne|n')(?: \w+){0,2} (?:m'|nous |"
    r"me )?(?:int[ée]resse|correspond|convient)(?: \w+)? pas|d[ée]j[àa] (?:[ée]quip[ée]|un (?:fournisseur|"
    r"prestataire|partenaire)|une solution|fait|choisi|trouv[ée])|(?:choisi|retenu|opt[ée])(?: \w+){0,3} (?:autre|"
    r"concurrent)|merci,? mais non|ne donner\w* pas suite|sans suite",
    r"no (?:\w+ ){0,2}(?:interesad[oa]s?|interesa|interesan|necesit\w+|hace falta|queremos|quiero|requerimos)|"
    r"no,? gracias|sin inter[ée]s|ya (?:tenemos|tengo|contamos|contratamos|encontr\w+|no (?:lo )?necesit\w+)|"
    r"gracias,? pero no|(?:elegido|optado|decidido)(?: \w+){0,3} (?:otr[oa]|no)|"
    r"n[ãa]o (?:\w+ ){0,2}(?:interessad[oa]s?|interesse|interessa|precis\w+|obrigad[oa])|n[ãa]o,? obrigad[oa]|"
    r"sem interesse|j[áa] (?:temos|tenho)",
    r"non (?:\w+ ){0,2}(?:interessat[oaie]|interessa|interesse|necessit\w+|abbiamo bisogno|ho bisogno|serve|occorre|"
    r"fa per)|no,? grazie|nessun (?:interesse|bisogno)|(?:abbiamo|ho) gi[àa]|gi[àa] (?:coperti|forniti|un fornitore|"
    r"provveduto|risolto)|grazie,? ma no|(?:scelto|optato|deciso)(?: \w+){0,3} (?:altr[oa]|un altro|di non)",
    r"(?:niet|geen) (?:\w+ ){0,2}(?:ge[ïi]nteresseerd|interesse|belangstelling|behoefte|nodig|relevant|"
    r"van toepassing|passend)|nee,? (?:bedankt|dank)|(?:hebben|heb) (?:al|reeds)|al (?:voorzien|een (?:leverancier|"
    r"oplossing|partner))|(?:gekozen|besloten)(?: \w+){0,3} (?:andere|niet|ander)|bedankt,? maar nee",
    r"(?:inte|ej|inget|ikke|ingen) (?:\w+ )?(?:intresserad\w*|intresse|aktuellt|behov|interesser[at]\w*|interesse|"
    r"relevant|aktuelt)|nej,? ?(?:tack|tak)|nei,? ?takk|(?:har|vi har) (?:redan|allerede)|beh[öo]ver (?:inte|ej)|"
    r"tack,? men nej|(?:valt|best[äa]mt)(?: \w+){0,3} (?:annan|inte)|ei (?:kiinnosta|kiitos|tarvetta)",
    r"nie (?:jestem|jeste[śs]my) zainteresowan|nie,? dzi[ęe]kuj|brak zainteresowania|nem,? k[öo]sz[öo]n|"
    r"nem [ée]rdekel|nez[áa]jem|\bне (?:интересует|интересно|нужно|актуально|заинтересован)|нет,? спасибо|неинтересно|"
    r"必要(?:ありません|ない)|興味(?:は|が)?(?:ありません|ございません|ない|無い)|(?:結構|けっこう)です|不感兴趣|不需要|没有?兴趣|관심 ?없",
)

INTERESTED: Final = _any(
    r"(?:we'?d|i'?d|we would|i would|would) be (?:glad|happy|delighted|pleased|keen) to|don'?t stop the|want (?:the|"
    r"an|your) (?:offer|quote|proposal|contract)|\bi'?m in\b(?! (?:a|the|no|charge|meeting|hospital))|where do i sign|"
    r"(?:come|stop|drop) (?:and|by|over|round)|that would be (?:great|good|perfect|fine|lovely)",
    r"(?:das|so) machen wir\b|h[äa]tten gerne?|(?:sono|siamo) disponibil|(?:lunedì|martedì|mercoledì|giovedì|"
    r"venerdì) (?:va|andrebbe)|(?:maandag|dinsdag|woensdag|donderdag|vrijdag|morgen) (?:is|past|kan)|"
    r"(?:det )?(?:lyder|l[åa]ter|h[øo]res) (?:\w+ )?(?:godt|bra|interessant|fint)|ring (?:til )?(?:mig|meg)|boka in",
    r"(?:can|could|would|will) you (?:please )?(?:stop|come|drop) by|(?:would |'d )?appreciate (?:a|an|your|more)|"
    r"(?:i'?d|we'?d|would) still (?:like|love|want)|(?:monday|tuesday|wednesday|thursday|friday|tomorrow|today|that|"
    r"then)(?: \w+){0,3} (?:is|works|would be|suits) (?:\w+ )?(?:fine|good|ok|great|perfect|me|us)|talk soon|"
    r"see you (?:then|on|tomorrow|there|next)|ready to",
    r"termin passt|^[^.?!]{0,40}\bbis (?:montag|dienstag|mittwoch|donnerstag|freitag|morgen|dann)[!.]|"
    r"angebot (?:f[üu]r|[üu]ber|zu)[^.?!]{0,50}(?:machen|erstellen|schicken|senden|unterbreiten)|wann (?:h[äa]tten|"
    r"haben|k[öo]nnen|k[öo]nnten) (?:sie|wir)(?: \w+){0,3} (?:zeit|treffen|sprechen|vorbeikommen|telefonieren)|"
    r"(?:g[äa]rna|gerne?|graag) (?:ett|en|et|een|einen?) (?:m[öo]te|samtal|m[øo]te|afspraak|termin)",
    r"(?:like|want|ready|keen|decided) to (?:move forward|go (?:ahead|forward)|proceed|order|buy|sign)|(?:i|we)(?:'ll|"
    r" will| shall) (?:call|ring|phone|visit) you",
    r"passt (?:es )?(?:mir|uns|gut)|(?:das|es) passt\b|um (?:einen )?(?:r[üu]ck)?(?:r|anr)uf\b|weiterhin (?:aktuell|"
    r"interess)|nach wie vor|(?:m[öo]chten?|w[üu]rden?|wollen) (?:\w+ ){0,4}(?:umsetzen|bestellen|beauftragen|kaufen|"
    r"buchen|anfangen|starten)",
    r"quedamos (?:el|a la|ma[ñn]ana)|sig(?:o|ue|uimos) interesad|(?:av[íi]|env[íi])(?:e|en)(?:me|nos) (?:la|el|una?|m[áa]s)",
    r"skicka (?:g[äa]rna )?(?:en |ett )?(?:offert|f[öo]rslag|mer|info)|\bja,? (?:tak|takk|tack|gjerne|"
    r"meget gerne)[,. ]|send (?:mig|meg|os|oss) (?!ikke|ingen|inte)",
    r"\bsim[,! ]+(?:por favor|quero|podemos|claro)|(?:me )?envi(?:e|em)(?:-me)? (?:a|o|uma?|mais) (?:proposta|"
    r"or[çc]amento|informa)|podemos (?:falar|conversar|marcar)",
    r"prosz[ęe] o (?:\w+ )?(?:ofert|przes[łl]anie|wycen|wi[ęe]cej)|давайте|пришлите|отправьте (?:мне|нам)?|"
    r"готовы? (?:обсуд|встрет|поговор)|詳しく|聞きたい|ぜひ|请?发.{0,4}(?:报价|资料|信息)|^\W*(?:可以|好的)|보내 ?주세요|알고 싶",
    r"\b(?:very |quite |definitely |certainly |still |am |we'?re |i'?m )?interested\b|(?:sounds?|"
    r"looks?) (?:\w+ )?(?:good|great|interesting|perfect|promising|fine|excellent|awesome)|(?:let'?s|we (?:can|could|"
    r"should)|i(?:'d| would) (?:like|love|be happy|be glad)|happy|love|glad|would like|"
    r"want) (?:to )?(?:\w+ )?(?:talk|chat|meet|speak|schedule|set ?up|book|arrange|see|learn|hear|discuss|know|do|"
    r"call|try|go ahead|move forward|proceed|connect|hop|jump|start|sign)|(?:call|ring|phone|text) me|"
    r"give me a (?:call|ring)|(?:can|could|would|will) (?:you|we|someone) (?:please )?(?:call|ring|phone|meet|talk|"
    r"speak|schedule|set up|arrange|come|visit|show|demo|do (?:a|it|tomorrow|monday|tuesday|wednesday|thursday|"
    r"friday)|send (?:me|us|over|a|the|more|your))|(?:please|pls) (?:call|send|give|go ahead|proceed|book|arrange|"
    r"schedule|set up)|tell me more|(?:more|further|additional) (?:info|information|details)|send (?:me|us|"
    r"over) (?:\w+ )?(?:more|some|the|your|a|an|info|details|information|pricing|quote|proposal|offer|brochure)|"
    r"(?:i'?m|i am|we are|we'?re|are) (?:available|free|open)|(?:works|work|suits|fits|is (?:good|fine|great|ok|okay|"
    r"perfect)) (?:for me|for us|me|fine|great|well)|(?:yes|yeah|yep|yup|sure|absolutely|definitely|of course|"
    r"certainly|ok|okay)[,.! ]+(?:please|let|i|we|that|this|sounds|call|send|go|works?|interested|would|happy|monday|"
    r"tuesday|wednesday|thursday|friday|tomorrow|talk|you can)|^\W*(?:yes|yeah|yep|sure|absolutely|definitely|"
    r"of course|ok|okay|yes please|sounds good)\W*$|don'?t give up|still (?:want|need|looking|waiting|here)|"
    r"my (?:phone )?(?:number|cell|mobile)(?: \w+)? is|(?:let me|when can|when are) (?:know when|you|we)|"
    r"book(?:ed)? (?:a|the|in)|looking forward|count (?:me|us) in",
    r"(?:bin|sind|w[äa]re|w[äa]ren|habe|haben)(?: \w+){0,3} (?:interessiert|interesse)|gro(?:ß|ss)es interesse|"
    r"(?:klingt|h[öo]rt sich|sieht)(?: \w+){0,2} (?:gut|interessant|spannend|super)|(?:rufen|melden) sie (?:mich|uns|"
    r"sich)|(?:gerne?|freue mich|w[üu]rde(?:n)? (?:mich|uns|gerne?)|"
    r"m[öo]chte(?:n)? (?:gerne )?)(?: \w+){0,6} (?:termin|gespr[äa]ch|telefonat|angebot|informationen|infos|mehr|"
    r"austausch|treffen|demo|sprechen|telefonieren|kennenlernen|h[öo]ren|erfahren)|(?:schicken|senden) sie (?:mir|"
    r"uns)|(?:k[öo]nnen|k[öo]nnten|k[öo]nnen wir|wollen) (?:sie|wir)(?: \w+){0,5} (?:anrufen|telefonieren|treffen|"
    r"schicken|senden|sprechen|vereinbaren|zukommen)|(?:passt|ginge|geht)(?: \w+){0,4}(?:mir|uns|gut|bei)|^\W*(?:ja|"
    r"gerne|ja,? gerne|ja bitte|sehr gerne|klar|einverstanden|passt)\W*$|\bja[,! ]+(?:gerne|bitte|das|ich|wir|rufen|"
    r"passt)|meine (?:telefon|handy|mobil)?nummer (?:ist|lautet)",
    r"(?:suis|sommes|serais|serions|tr[èe]s|toujours) (?:\w+ )?int[ée]ress[ée]|(?:m'|nous |ça m')int[ée]resse|"
    r"(?:appele|rappele|contacte|envoye)[rz][- ](?:moi|nous)|(?:avec plaisir|volontiers|d'accord|parfait|"
    r"bonne id[ée]e)|(?:j'aimerais|je (?:souhaite|voudrais|veux bien)|nous (?:souhait|aimer|"
    r"voudr)\w+)(?: \w+){0,3} (?:savoir|plus|rencontrer|discuter|parler|[ée]changer|rendez|recevoir|un|une|en)|"
    r"(?:pouvez|pourriez)[- ]vous (?:m'|me |nous )?(?:appeler|rappeler|envoyer|contacter|proposer)|"
    r"plus d'(?:informations?|infos)|^\W*(?:oui|oui,? (?:merci|volontiers|s'il vous pla[iî]t))\W*$|\boui[,! ]+(?:je|"
    r"nous|avec|appel|c'est|volontiers|bien)|(?:je suis|nous sommes) (?:disponible|libre|partant)",
    r"(?:estoy|estamos|estar[íi]a\w*|muy|me|nos) (?:\w+ )?(?:interesad[oa]s?|interesa)|(?:suena|parece|"
    r"me parece) (?:bien|interesante|perfecto|genial)|(?:ll[áa]m[ae]\w*|cont[áa]ct[ae]\w*|env[íi]\w*me|"
    r"m[áa]nd[ae]me)\b|(?:me|nos) (?:gustar[íi]a|encantar[íi]a)|quisiera|quiero (?:saber|m[áa]s|una|hablar|agendar)|"
    r"(?:puede|podr[íi]a|pueden|podemos|podr[íi]amos)(?: \w+){0,2} (?:llamar|enviar|mandar|hablar|reunir|agendar)\w*|"
    r"m[áa]s (?:informaci[óo]n|detalles|info)|^\W*(?:s[íi]|claro|por supuesto|de acuerdo|perfecto|vale)\W*$|"
    r"\bs[íi][,! ]+(?:por favor|claro|me|nos|estoy|gracias|quiero)|(?:tenho|temos|estou|"
    r"estamos) (?:\w+ )?(?:interesse|interessad[oa]s?)|(?:me ligue|pode(?:m|ria)? (?:me )?(?:ligar|enviar|mandar)|"
    r"gostaria)|^\W*(?:sim|claro|com certeza)\W*$",
    r"(?:sono|siamo|sarei|saremmo|molto) (?:\w+ )?interessat[oaie]|(?:mi|ci) interessa|(?:sembra|suona|"
    r"mi pare) (?:\w+ )?(?:bene|buono|interessante|ottimo)|(?:mi|ci) (?:chiam|richiam|contatt|mand|invi|piacerebbe|"
    r"farebbe piacere)\w*|(?:chiam|richiam|contatt|mand|invi)\w*(?:mi|ci|temi|teci)\b|(?:vorrei|vorremmo|"
    r"mi piacerebbe|volentieri|con piacere)|(?:pu[òo]|potete|potrebbe|possiamo|potremmo)(?: \w+){0,2} (?:chiamar|"
    r"inviar|mandar|sentir|incontrar|fissar)\w*|maggiori (?:informazioni|dettagli)|^\W*(?:s[ìi]|certo|va bene|"
    r"d'accordo|perfetto|volentieri)\W*$|\bs[ìi][,! ]+(?:grazie|volentieri|certo|mi|ci|sono)",
    r"(?:ben|zijn|heb|hebben|zeker|wel) (?:\w+ ){0,2}(?:ge[ïi]nteresseerd|interesse|belangstelling)|(?:klinkt|"
    r"lijkt)(?: \w+){0,2} (?:goed|interessant|prima|leuk)|(?:bel|mail|stuur|app) (?:me|mij|ons)|(?:graag|wil graag|"
    r"zou graag)(?: \w+){0,5}|(?:kunt|kun|kunnen) (?:u|je|we|jullie)(?: \w+){0,4} (?:bellen|sturen|mailen|afspreken|"
    r"langskomen)|meer (?:informatie|info|weten)|^\W*(?:ja|ja graag|graag|prima|akkoord|is goed)\W*$|(?:[äa]r|vore|"
    r"mycket|skulle vara) (?:\w+ )?(?:intresserad|intresse)|(?:l[åa]ter|verkar|ser) (?:\w+ )?(?:bra|intressant)|"
    r"(?:ring|kontakta|maila|skicka)(?: g[äa]rna)? (?:mig|oss|mer|till)|(?:vill|skulle) (?:g[äa]rna|vilja)|"
    r"mer (?:information|info)|boka (?:ett|in|en)|^\W*(?:ja|ja tack|g[äa]rna|absolut|visst|okej|ja,? g[äa]rna|"
    r"ja takk|ja tak)\W*$|(?:er|meget|veldig) interesser[at]\w*|ring (?:meg|mig)|(?:olen|olemme) kiinnostun|\bkiinnostaa\b",
    r"(?:jestem|jeste[śs]my) (?:\w+ )?zainteresowan|prosz[ęe] (?:o kontakt|zadzwoni|o telefon|przes[łl]a)|ch[ęe]tnie|"
    r"(?:мне|нам) (?:\w+ )?интересн|интересует\b|позвоните|перезвоните|(?:興味|"
    r"関心)が(?:あります|ある)|お電話(?:ください|お願い)|"
    r"お願い(?:します|いたします)|感兴趣|请(?:联系|致电|打电话)|给我打电话|관심 ?있",
)

QUESTION: Final = re.compile(
    r"\?|？|\b(?:how (?:much|many|long|does|do|can|is)|what (?:is|are|does|do|"
    r"would|kind|about)|could you (?:explain|"
    r"tell|clarify)|can you (?:explain|tell|clarify)|i(?:'m| am)? (?:wonder\w*|curious)|question)\b",
    re.I,
)
COURTESY: Final = _any(
    r"how are you\??|wie geht(?:'?s| es ihnen)\??|(?:comment allez[- ]vous|[çc]a va) ?\??|(?:qu[ée] tal|"
    r"c[óo]mo est[áa]s?)\??|come (?:sta|va|stai)\??|hoe gaat het\??",
)

# Lines that are only politeness: a greeting above, a closing below.
GREETING: Final = _any(
    r"^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|sehr geehrte\w*|liebe[rs]?|moin|"
    r"servus|gr[üu](?:ß|ss) gott|bonjour|bonsoir|salut|ch[èe]re?s?|madame|monsieur|hola|buen[oa]s?|estimad[oa]s?|ciao|salve|"
    r"buongiorno|buonasera|gentile|spett\w*|egregi\w|dag|beste|geachte|goede\w*|hej|hejsan|hei|god (?:dag|morgon|kv[äa]ll)|k[äa]ra|"
    r"k[æa]re|ol[áa]|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s?|cze[śs][ćc]|dzie[ńn] dobry|witam|szanown\w+|dobr[ýy] den|"
    r"здравствуйте|добрый день|привет|moi|terve|j[óo] napot\w*|bun[ăa] ziua|merhaba|say[ıi]n)\b[^.?;]{0,40}[,!.:]?\s*$",
)
CLOSING: Final = _any(
    r"^\W*(?:(?:(?:with )?(?:best|kind|kindest|warm|warmest|many) )?(?:regards|wishes)|best|cheers|thanks|thank you|thx|many thanks|"
    r"sincerely|yours \w+|mfg|(?:mit )?(?:freundlichen?|besten?|viele[n]?|liebe[n]?|herzliche[n]?) gr[üu](?:ß|ss)en?|vg|lg|"
    r"gru(?:ß|ss)|danke|vielen dank|(?:bien )?cordialement|bien [àa] vous|merci|saludos|un saludo|atentamente|gracias|"
    r"(?:cordiali |distinti )?saluti|grazie|met vriendelijke groet(?:en)?|mvg|groet(?:en|jes)?|(?:med )?v[äa]nliga? h[äa]lsning(?:ar)?|"
    r"mvh|h[äa]lsningar|(?:med )?venlig hilsen|(?:med )?vennlig hilsen|hilsen|tack|tak|takk|atenciosamente|cumprimentos|abra[çc]os?|"
    r"obrigad[oa]|pozdrawiam|z powa[żz]aniem|dzi[ęe]kuj[ęe]|s pozdravem|с уважением|спасибо|terveisin|[üu]dv[öo]zlettel|"
    r"saygılar\w*|cu stim[ăa])[,.!]*\s*$",
)
