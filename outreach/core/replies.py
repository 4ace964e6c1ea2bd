"""What a reply means: interested, not now (until when), not interested, wrong person, a question, unsubscribe, or other.

Rules by language, offline: an ordered table of expressions over the new words of the reply alone (MAIL U7: never over the
quoted letter, whose footer says "unsubscribe" too).  A person can correct every sense (RULES O10); what is unsure is other.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

SenseName = Literal["interested", "not_now", "not_interested", "wrong_person", "question", "unsubscribe", "other"]
READ: Final = 4096
OWN_LINE_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Sense:
    """``back_on``: the day that a not-now names.  ``sure`` is false where a person should look before anything is ended."""

    sense: SenseName
    back_on: dt.date | None = None
    evidence: str = ""
    sure: bool = True


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
    r"\d+) (?:veckor|m[åa]nader)|efter (?:sommaren|semestern|nyår|jul)|i (?:januari|februari|mars|april|maj|juni|"
    r"juli|augusti|september|oktober|november|december)|till (?:h[öo]sten|v[åa]ren)|senere|n[æe]ste (?:uge|uke|måned|"
    r"kvartal|[åa]r))",
    r"nie teraz|w tej chwili nie|obecnie nie|p[óo][źz]niej|w przysz[łl]ym|(?:сейчас|пока)[^.!?\n]{0,20}не|не сейчас|"
    r"позже|в следующем|(?:今は|現在|当面)[^。]{0,20}(?:ない|ません|"
    r"結構)|来(?:月|年|期)|以后再说|暂时(?:不|没)|目前不|下(?:个月|季度)|明年",
)

NOT_INTERESTED: Final = _any(
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


def sense_of(text: str, today: dt.date) -> Sense:
    """The sense of a reply's own words (never of the quoted letter), on the day ``today`` in the lead's zone.

    Order: opting out, wrong person, not now, not interested, interested, question. A plain no beats a later "send me";
    a no that names a time is a not-now.
    """
    words = " ".join(text[:READ].replace("’", "'").replace("‘", "'").split())
    if not words:
        return Sense("other")
    if found := _opts_out(text[:READ].replace("’", "'"), words):
        return found
    plain = COURTESY.sub(" ", words)
    wrong, later, no = WRONG_PERSON.search(plain), NOT_NOW.search(plain), NOT_INTERESTED.search(plain)
    yes = INTERESTED.search(_without(plain, no))
    if wrong and not (yes and yes.start() < wrong.start()):
        return Sense("wrong_person", evidence=wrong[0][:80])
    named = back_on(plain, today)
    if later and not (yes and yes.start() < later.start() and not no) and _is_later(later, no, named):
        return Sense("not_now", named, later[0][:80])
    if no and not (yes and yes.start() < no.start()):
        return Sense("not_interested", evidence=no[0][:80])
    if yes:
        return Sense("interested", evidence=yes[0][:80], sure=no is None)
    if QUESTION.search(plain):
        return Sense("question", evidence="?")
    return Sense("other", sure=False)


def _is_later(later: re.Match[str], no: re.Match[str] | None, named: dt.date | None) -> bool:
    """A no that names a time, or follows the delay, is no refusal."""
    return no is None or named is not None or later.start() <= no.start() or _overlaps(later, no)


def _overlaps(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _without(words: str, found: re.Match[str] | None) -> str:
    """A refusal holds words of consent ("not interested"): they do not count."""
    if found is None:
        return words
    gap = " " * (found.end() - found.start())
    return words[: found.start()] + gap + words[found.end() :]


def _opts_out(text: str, words: str) -> Sense | None:
    """U7: an own line or a short sentence is sure; in a longer text a person is asked."""
    if NOT_STOPPING.search(words):
        return None
    for line in text.split("\n")[:60]:
        if len(line.split()) <= OWN_LINE_WORDS and STOP_LINE.match(line.strip()):
            alone = len(words.split()) <= 40
            return Sense("unsubscribe", evidence=line.strip()[:80], sure=alone)
    found = STOP.search(words)
    if found is None:
        return None
    sentence = re.split(r"[.!?]\s", words[: found.start()])[-1] + re.split(r"[.!?](?:\s|$)", words[found.start() :])[0]
    return Sense("unsubscribe", evidence=found[0][:80], sure=len(sentence.split()) <= 2 * OWN_LINE_WORDS)


# --- when to come back -----------------------------------------------------------------------------------------------

MONTHS: Final = tuple(
    re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.I)
    for names in (
        r"january|jan|januar|janvier|enero|gennaio|januari|janeiro|stycz\w+|январ\w|"
        r"ledna?|leden|janu[áa]r|ianuarie|ocak|ιανου[αά]ρ\w+|tammikuu\w*|січ\w+",
        r"february|feb|februar|f[ée]vrier|febrero|febbraio|februari|fevereiro|lut\w+|феврал\w|"
        r"[úu]nora?|febru[áa]r|februarie|[şs]ubat|φεβρου[αά]ρ\w+|helmikuu\w*|лют\w+",
        r"march|m[äa]rz|mars|marzo|maart|mar[çc]o|marts|marca|marcu|март\w?|"
        r"b[řr]ezen|b[řr]ezna|m[áa]rcius|martie|mart|μ[αά]ρτ\w+|maaliskuu\w*|берез\w+",
        r"april|apr|avril|abril|aprile|kwiet\w+|апрел\w|"
        r"dub(?:en|na)|[áa]prilis|aprilie|nisan|απρ[ιί]λ\w+|huhtikuu\w*|квіт\w+",
        r"may|mai|mayo|maggio|mei|maj|maio|maja|мая|май|мае|"
        r"kv[ěe]t(?:en|na)|m[áa]jus|may[ıi]s|μ[αά][ιΐϊί]\w+|toukokuu\w*|трав\w+",
        r"june|jun|juni|juin|junio|giugno|junho|czerw\w+|июн\w|"
        r"[čc]erv(?:en|na)|j[úu]nius|iunie|haziran|ιο[υύ]ν\w+|kes[äa]kuu\w*|черв\w+",
        r"july|jul|juli|juillet|julio|luglio|julho|lip\w+|июл\w|"
        r"[čc]erven(?:ec|ce)|j[úu]lius|iulie|temmuz|ιο[υύ]λ\w+|hein[äa]kuu\w*|лип\w+",
        r"august|aug|agustus|ao[ûu]t|agosto|augustus|augusti|sierp\w+|август\w?|"
        r"srp(?:en|na)|augusztus|a[ğg]ustos|αυγ\w+|αύγ\w+|elokuu\w*|серп\w+",
        r"september|sep|sept|septembre|septiembre|settembre|setembro|wrze[śs]\w+|сентябр\w|"
        r"z[áa][řr][íi]|szeptember|septembrie|eyl[üu]l|σεπτ\w+|syyskuu\w*|верес\w+",
        r"october|oct|oktober|octobre|octubre|ottobre|outubro|pa[źz]dzier\w+|октябр\w|"
        r"[řr][íi]j(?:en|na)|okt[óo]ber|octombrie|ekim|οκτ\w+|lokakuu\w*|жовт\w+",
        r"november|nov|novembre|noviembre|novembro|listopad\w*|ноябр\w|"
        r"noiembrie|kas[ıi]m|νο[εέ]μ\w+|marraskuu\w*|листоп\w+",
        r"december|dec|dezember|d[ée]cembre|diciembre|dicembre|dezembro|grud\w+|декабр\w|"
        r"prosin(?:ec|ce)|decembrie|aral[ıi]k|δεκ[εέ]μ\w+|joulukuu\w*|груд\w+",
    )
)
WORDS_FOR_NUMBERS: Final = {
    1: "a|an|one|ein|einem|einer|un|une|una|uno|een|en|ett|um|uma",
    2: "two|zwei|deux|dos|due|twee|två|dois|couple|paar|unos|unas",
    3: "ein paar|few|einigen|quelques|qualche|några|enkele|three|drei|trois|tres|tre|drie|três",
    4: "four|vier|quatre|cuatro|quattro|fyra",
    6: "six|sechs|seis|sei|zes|sex",
}
NUMBERS: Final = {word: number for number, words in WORDS_FOR_NUMBERS.items() for word in words.split("|")}
IN_TIME: Final = re.compile(
    r"\b(?:in|dans|en|dentro de|tra|fra|over|om|em|within|after)\s+(?:about |ca\.? |etwa |environ |circa |unos |"
    r"a )?(\d{1,3}|"
    + "|".join(sorted(NUMBERS, key=len, reverse=True))
    + r")\s+(?:of\s+|di\s+)?(days?|tagen?|jours?|d[íi]as?|giorn[io]|dagen|dagar|weeks?|wochen?|semaines?|semanas?|"
    r"settiman[ae]|weken|week|veckor|vecka|months?|monate?n?|mois|meses|mes|mes[ei]|maanden|maand|m[åa]nader|"
    r"m[åa]nad|quarters?|quartale?n?|years?|jahre?n?|an|ans|a[ñn]os?|ann[io]|jaar|[åa]r)\b",
    re.I,
)
NEXT_WEEK: Final = _any(
    r"next week|n[äa]chste[rn]? woche|semaine prochaine|pr[óo]xima semana|semana que viene|"
    r"settimana prossima|prossima settimana|volgende week|n[äa]sta vecka|neste uke|n[æe]ste uge|"
    r"semana que vem"
)
NEXT_MONTH: Final = _any(
    r"next month|n[äa]chste[nmr]? monat|mois prochain|pr[óo]ximo mes|mes que viene|"
    r"mese prossimo|prossimo mese|volgende maand|n[äa]sta m[åa]nad|m[êe]s que vem|来月|下个月"
)
NEXT_QUARTER: Final = _any(
    r"next quarter|n[äa]chste[sn]? quartal|trimestre prochain|prochain trimestre|"
    r"pr[óo]ximo trimestre|prossimo trimestre|volgend kwartaal|n[äa]sta kvartal|下季度"
)
NEXT_YEAR: Final = _any(
    r"next year|new year|n[äa]chste[sn]? jahr|jahreswechsel|l'ann[ée]e prochaine|"
    r"ann[ée]e prochaine|l'an prochain|pr[óo]ximo a[ñn]o|a[ñn]o que viene|anno prossimo|"
    r"prossimo anno|volgend jaar|n[äa]sta [åa]r|neste [åa]r|"
    r"n[æe]ste [åa]r|ano que vem|来年|明年|"
    r"после нового года|в следующем году"
)
SEASONS: Final = (
    (_any(r"spring|fr[üu]hjahr|fr[üu]hling|printemps|primavera|voorjaar|lente|v[åa]ren|for[åa]ret|весн\w+"), 3),
    (_any(r"(?:after|nach|apr[èe]s|despu[ée]s|dopo|na|efter|depois)\s(?:\w+\s){0,2}(?:summer|sommer\w*|l'[ée]t[ée]|"
          r"[ée]t[ée]|verano|estate|zomer|sommaren|ver[ãa]o)|autumn|\bfall\b|herbst|automne|oto[ñn]o|autunno|herfst|"
          r"h[öo]sten|efter[åa]ret|la rentr[ée]e|outono|осень\w*"), 9),
    (_any(r"summer|sommer|[ée]t[ée]\b|verano|estate|zomer|sommaren|ver[ãa]o|летом"), 6),
    (_any(r"after (?:christmas|the holidays)|nach (?:weihnachten|den feiertagen)|apr[èe]s (?:no[ëe]l|les f[êe]tes)|"
          r"despu[ée]s de (?:navidad|las fiestas)|dopo (?:natale|le feste)|na de feestdagen|efter (?:jul|ny[åa]r)"), 1),
)  # fmt: skip
QUARTER: Final = re.compile(r"\b(?:q([1-4])|([1-4])\.? ?(?:quartal|quarter|trimestre|kwartaal|kvartal))\b", re.I)
MONTH_CUE: Final = (
    r"(?:in|im|until|till|after|by|from|since|next|early|mid|late|end of|start of|beginning of|around|ab|bis|nach|"
    r"anfang|mitte|ende|en|d[ée]but|fin|apr[èe]s|mi-|d[ée]sde|desde|hasta|despu[ée]s de|a partir de|principios de|"
    r"finales de|a|da|dopo|fino a|inizio|fine|begin|eind|na|vanaf|i|till|efter|b[öo]rjan av|em|depois de|w|po|в|"
    r"после|с|do|re|on|the|of|le|el|il|den|am)"
)


def back_on(text: str, today: dt.date) -> dt.date | None:
    """The day that "come back in ..." names; None when it names none. A month is its first day, a week its Monday."""
    span = IN_TIME.search(text)
    if span:
        return _after(today, _number(span[1]), span[2].lower())
    if day := _dated(text, today):
        return day
    if NEXT_WEEK.search(text):
        return today + dt.timedelta(days=7 - today.weekday())
    if NEXT_MONTH.search(text):
        return _first_of(today.year, today.month + 1)
    if match := QUARTER.search(text):
        return _coming_month(today, 3 * int(match[1] or match[2]) - 2)
    if NEXT_QUARTER.search(text):
        return _first_of(today.year, 3 * ((today.month - 1) // 3) + 4)
    for number, names in enumerate(MONTHS, 1):
        match_month = re.search(rf"\b{MONTH_CUE}\s(?:of\s|dem\s|den\s|the\s)?(?:{names.pattern})", text, re.I)
        if match_month:
            return _coming_month(today, number)
    if NEXT_YEAR.search(text):
        return dt.date(today.year + 1, 1, 1)
    for names, month in SEASONS:
        if names.search(text):
            return _coming_month(today, month)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word.lower(), 1)


def _after(today: dt.date, count: int, unit: str) -> dt.date | None:
    if count > 400:
        return None
    if unit.startswith(("day", "tag", "jour", "d", "giorn")):
        return today + dt.timedelta(days=count)
    if unit.startswith(("week", "woche", "semain", "seman", "settiman", "weken", "veck")):
        return today + dt.timedelta(weeks=count)
    if unit.startswith(("quart",)):
        return _add_months(today, 3 * count)
    if unit.startswith(("year", "jahr", "an", "añ", "jaar", "år")):
        return _add_months(today, 12 * count)
    return _add_months(today, count)


def _add_months(day: dt.date, months: int) -> dt.date | None:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if year > day.year + 5:
        return None
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _first_of(year: int, month: int) -> dt.date:
    return dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _coming_month(today: dt.date, month: int) -> dt.date:
    return dt.date(today.year + (1 if month <= today.month else 0), month, 1)


def _dated(text: str, today: dt.date) -> dt.date | None:
    """A day with a named month ("15 April", "April 15th"), or a full numeric date that can be read in one way only."""
    for number, names in enumerate(MONTHS, 1):
        found = re.search(
            rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s(?:of\s|de\s)?(?:{names.pattern})|"
            rf"(?:{names.pattern})\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)",
            text,
            re.I,
        )
        if found:
            return _coming_day(today, number, int(found[1] or found[2]))
    iso = re.search(r"\b(20\d\d)-(\d{2})-(\d{2})\b", text)
    if iso:
        return _valid(int(iso[1]), int(iso[2]), int(iso[3]), today)
    dotted = re.search(r"\b(\d{1,2})\.(\d{1,2})\.(20\d\d|\d\d)?(?!\d)", text)
    if dotted:
        year = int(dotted[3]) if dotted[3] else 0
        if not year:
            return _coming_day(today, int(dotted[2]), int(dotted[1]))
        return _valid(year + (2000 if year < 100 else 0), int(dotted[2]), int(dotted[1]), today)
    return None


def _coming_day(today: dt.date, month: int, day: int) -> dt.date | None:
    for year in (today.year, today.year + 1):
        if found := _valid(year, month, day, today):
            return found
    return None


def _valid(year: int, month: int, day: int, today: dt.date) -> dt.date | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if today < found <= today + dt.timedelta(days=800) else None
