"""What automatic mail says, by language: subjects and sentences that people's programs write (MAIL 1.9).

Lists of words only; ``classify`` says in which order and how far they are believed.
"""

import re
from typing import Final


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE | re.MULTILINE)


PREFIX: Final = r"^\s*(?:(?:re|aw|sv|vs|antw|odp|rif|res|fw|fwd|tr|wg)\s*(?:\[\d+\])?\s*:\s*)*[\[(*]*\s*"

# Subjects that an automatic answer begins with, or that are nothing else.
AUTO_SUBJECT: Final = _any(
    PREFIX + r"auto(?:matic(?:al(?:ly)?)?|mated|-|\s)*\s*-?(?:generated\s)?(?:repl(?:y|ies)|response|respond(?:er)?|"
    r"answer|acknowledge?ment|message|e?mail|notification)\b",
    PREFIX + r"auto\s*(?:reply|response|responder|antwort|svar)?\s*:",
    PREFIX
    + r"(?:automatische?s?|autom\.)\s+(?:antwort|reactie|abwesenheit\w*|antwoord|beantwoording|e-?mail|nachricht|"
    r"r[üu]ckmeldung|r[ée]ponse|bericht)",
    PREFIX + r"(?:abwesenheits(?:notiz|nachricht|meldung|assistent|info\w*|agent)|abwesenheit|abwesend|"
    r"nicht im (?:b[üu]ro|haus)|au(?:ß|ss)er haus|urlaubs?(?:\s?bis|vertretung|zeit|abwesenheit|meldung)?\b)",
    PREFIX + r"(?:r[ée]ponse|message|notification|accus[ée])\s+(?:automatique|d['’]absence|de r[ée]ception)",
    PREFIX + r"(?:absence|absent)e?\s*(?:du bureau|prolong\w+|de (?:bureau|courte|longue)|:|-|jusqu|temporaire|"
    r"pour cong|$)|(?:absent|absence)\b.{0,20}(?:du|au)\s+\d|en cong[ée]s?\b|cong[ée]s (?:annuels|"
    r"d'[ée]t[ée])|hors (?:du )?bureau",
    PREFIX + r"(?:respuesta|contestaci[óo]n|mensaje|resposta|risposta|mensagem|messaggio)\s+(?:autom[áa]tic[ao]|"
    r"de ausencia|de aus[êe]ncia|di assenza)",
    PREFIX + r"(?:fuera de (?:la )?oficina|ausente|ausencia|aus[êe]ncia|fora d[oe] escrit[óo]rio|fora da empresa|"
    r"de (?:vacaciones|f[ée]rias|baja)|(?:assenza|assente|fuori ufficio|fuori sede|in ferie))",
    PREFIX + r"(?:automatis(?:ch|k)(?:e|t)?\s+(?:antwoord|svar|bericht|afwezigheid\w*)|afwezig(?:heid\w*)?|"
    r"niet aanwezig|buiten (?:het )?kantoor|met vakantie)",
    PREFIX + r"(?:autosvar|auto-?svar|fr[åa]nvaro\w*|ikke p[åa] kontoret|ikke til ?stede|frav[æa]r\w*|(?:jag|"
    r"jeg) [äe]r (?:inte|ikke)|semester\b|ferie\b|p[åa] (?:semester|ferie)|utanf[öo]r kontoret|"
    r"ej p[åa] kontoret|kontorsfr[åa]nvaro|frav[æa]rende|bortreist|fr[åa]nvarande)",
    PREFIX + r"(?:automaattinen (?:vastaus|poissaolo\w*)|poissa(?:olo\w*)?\b|lomalla|en ole paikalla)",
    PREFIX + r"(?:autoodpowied[źz]|automatyczna odpowied[źz]|odpowied[źz] automatyczna|nieobecno[śs][ćc]|poza biurem|"
    r"jestem (?:na urlopie|poza)|urlop\b)",
    PREFIX + r"(?:automatick[áa] odpov[ěe][ďd]|nep[řr][íi]tom\w+|mimo kancel[áa][řr]|dovolen[áa])",
    PREFIX + r"(?:automatikus v[áa]lasz|h[áa]zon k[íi]v[üu]l|szabads[áa]gon|t[áa]voll[ée]t)",
    PREFIX + r"(?:r[ăa]spuns automat|mesaj automat|absen[țt][ăa]|[îi]n concediu)",
    PREFIX
    + r"(?:автоответ\w*|автоматический ответ|автоматичн\w{1,2} відповід\w*|автоматски одговор|отсутств\w*|в отпуске|вне офиса|"
    r"нет на (?:месте|работе)|відсутн\w*|у відпустці|автоматичен отговор|извън офиса)",
    PREFIX + r"(?:otomatik (?:yan[ıi]t|cevap)|ofis d[ıi][şs][ıi]|izinde(?:yim)?)",
    PREFIX + r"(?:αυτόματη απάντηση|εκτός γραφείου|απουσία)",
    PREFIX + r"(?:自動(?:返信|応答|回覆|回復|応答メール)|自动(?:回复|答复|应答)|不在(?:通知|"
    r"の|連絡|届)|休暇|外出(?:中|して)|【?自動(?:返信|配信|送信)|不在办公室|休假|"
    r"外出通知|자동\s?(?:응답|회신|답장)|부재\s?중?)",
    PREFIX
    + r"(?:رد تلقائي|الرد التلقائي|رد آلي|خارج المكتب|תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|پاسخ خودکار|ตอบกลับอัตโนมัติ|"
    r"trả lời tự động|(?:balasan|jawaban|respons) otomatis|balasan automatik|di luar kantor|vắng mặt)",
    PREFIX + r"(?:i(?:'m| am)?\s*(?:will be )?)?(?:currently )?(?:out[ -]?of[ -]?(?:the[ -])?(?:office|town|country)|"
    r"ooo\b(?!\s*[\"«“„])|ooto\b|away\s*[:\-–]|away from (?:the |my )?(?:office|desk|mail|email|e-mail|keyboard)|on (?:vacation|"
    r"holidays?|annual leave|leave|maternity|paternity|parental leave|sick leave|sabbatical)|"
    r"vacation (?:reply|message|notice|response|auto)|(?:on )?vacation$|holiday (?:reply|message|notice)|"
    r"annual leave|maternity leave|not in (?:the )?office|i am (?:away|on (?:vacation|leave|holiday))|"
    r"office closed|away until|gone fishing|(?:out|away|back) (?:on|until|till) )",
    PREFIX + r"(?:atsakymas automati|automatinis atsakymas|automaatvastus|autom[āa]tisk[āa] atbilde|"
    r"automatski odgovor|odsutn\w+|izvan ureda|odsotnost|samodejni odgovor|automaatne vastus|"
    r"automatick[áa] odpove|automatsk[íi]|nisam u uredu|odsoten|mimo pisarne|sjálfvirkt svar)",
    PREFIX
    + r"(?:betriebs(?:ferien|urlaub)|elternzeit|mutterschutz|urlaubs\s?(?:benachrichtigung|notiz|gru[ßs]+)|ich bin "
    r"(?:derzeit |zurzeit |momentan )?(?:nicht im (?:haus|b[üu]ro)|im urlaub|abwesend|au(?:ß|ss)er haus)|cong[ée]s\b|"
    r"je suis (?:absente?|en cong)|mensaje de ausencia|ik ben (?:er (?:even )?niet|afwezig|met vakantie|op vakantie)|"
    r"fermeture (?:annuelle|estivale|pour cong)|chiusura (?:estiva|natalizia|per ferie))",
    r"\b(?:is|ist|est|est[áa]|[èe]|[äe]r|jest) (?:currently |derzeit |actuellement |actualmente |attualmente |momenteel )?"
    r"(?:out of (?:the )?office|on (?:annual |sick |maternity |parental )?leave|on (?:vacation|holiday)|away\b|au(?:ß|ss)er haus|"
    r"nicht im (?:haus|b[üu]ro)|im urlaub|abwesend|absent(?:\(e\)|e)?|en cong[ée]s?|fuera de (?:la )?oficina|ausente|"
    r"fuori ufficio|assente|in ferie|afwezig|niet aanwezig|fr[åa]nvarande|p[åa] semester|frav[æa]rende|nieobecn\w+)"
    r"\s*[.!]?\s*(?:\(|:|-|until|bis|jusqu|hasta|fino|tot|$)",
    r"\bauto-?repl(?:y|ies)\s*:",
    r"\bout of (?:the )?office\b(?:.{0,20}(?:auto|reply|response|re:|until)|\s*$|\s*[:\-–(])",
    r"\((?:out of (?:the )?office|ooo|auto-?reply|automatic reply|auto(?:matic)? response)\)|\[(?:auto-?reply|ooo|"
    r"out of office|auto)\]",
    r"\bauto(?:matic)?[- ]?(?:reply|response)\b\s*$",
)

# Sentences that say that the person is away for a time.
AWAY: Final = _any(
    r"\bout[ -]of[ -](?:the[ -])?(?:office|town|country)\b|\b(?:be|am|i'm|is|are) (?:currently )?ooo\b|\booo (?:until|till|"
    r"from|on|this|"
    r"today|through)\b|away from (?:the |my )?(?:office|desk|e?-?mail|"
    r"computer|keyboard|work)",
    r"(?:on|taking|am on|currently on|be on) (?:\w+ ){0,2}(?:vacation|holidays?|leave|sabbatical|pto|time off)\b|"
    r"\b(?:maternity|paternity|parental|annual|sick|medical|bereavement|family) leave\b",
    r"limited access to (?:my |your |the )?(?:e-?mail|internet|phone)|no access to (?:my )?e-?mail|"
    r"not (?:be )?(?:checking|reading|monitoring) (?:my )?e-?mails?|intermittent access|"
    r"delay(?:ed)? in (?:my )?respon|slow(?:er)? (?:to|in) respon",
    r"(?:will|i'?ll) (?:be )?(?:return(?:ing)?|back) (?:to (?:the|my) (?:office|desk|work)|in the office|on |at work|"
    r"from)|(?:i am|i'?m|i will be|i'?ll be|we are) (?:currently |now |presently )?(?:away|travel\w+|absent|"
    r"unavailable|not available|off\b|attending|out\b(?! of (?:\w+ ){0,3}(?:slots?|stock|paper|budget|money|ideas|space)\b))|"
    r"(?:office|offices) (?:is|are|will be) closed|"
    r"not in the office|upon my return|when i (?:return|get back)|during my absence|in my absence",
    r"nicht im (?:b[üu]ro|hause?)|au(?:ß|ss)er (?:haus|h[äa]usig)|im urlaub|in elternzeit|auf (?:dienstreise|"
    r"gesch[äa]ftsreise|reisen)|abwesend|abwesenheit|wieder (?:im (?:b[üu]ro|haus)|erreichbar|f[üu]r sie da|"
    r"zur[üu]ck|anwesend|pers[öo]nlich)|nicht (?:erreichbar|anwesend|am platz|pers[öo]nlich)|"
    r"krank(?:heitsbedingt)?\b|meine e-?mails (?:werden )?nicht|betriebsferien|mutterschutz",
    r"(?:est|sera|sont|reste\w*) ferm[ée]|geschlossen (?:bis|vom|ab)|(?:bis|vom) [^.]{0,30}geschlossen|cerrad[oa]s? (?:hasta|del)|"
    r"chius[oaie] (?:fino|dal|per)|gesloten (?:tot|van|wegens)|st[äa]ngt (?:till|fr)|lukket (?:til|fra)|absente?s?\b|"
    r"de retour|en (?:cong[ée]s?|vacances|d[ée]placement|mission|arr[êe]t)|hors du bureau|"
    r"pas (?:au bureau|disponible|joignable)|mon absence|fermeture",
    r"fuera de (?:la )?oficina|ausente|de (?:vacaciones|viaje|baja|permiso)|mi (?:ausencia|regreso|vuelta)|"
    r"no (?:estar[ée]|estoy) (?:en la oficina|disponible)|me encuentro (?:fuera|de|ausente)",
    r"fuori (?:ufficio|sede|stanza)|assente|in (?:ferie|vacanza|trasferta|malattia|maternit[àa])|mia assenza|"
    r"mio (?:rientro|ritorno)|non sar[òo] (?:in ufficio|disponibile|raggiungibile)|chiusura",
    r"afwezig|niet (?:aanwezig|op kantoor|bereikbaar)|(?:op|met) (?:vakantie|verlof)|buiten kantoor|mijn afwezigheid|"
    r"(?:weer|terug) op kantoor",
    r"semester|inte p[åa] (?:kontoret|plats)|inte tillg[äa]nglig|tillbaka (?:p[åa]|igen|den|m[åa]ndag)|"
    r"f[öo]r[äa]ldraledig|tj[äa]nstledig|bortrest|fr[åa]nvarande|p[åa] ferie|(?:holder|har|tar) ferie|ikke (?:p[åa] kontoret|tilstede|"
    r"til stede|tilgjengelig|tilg[æa]ngelig)|tilbage|tilbake|frav[æa]r\w*|barsel|permisjon|orlov",
    r"fora d[oa] (?:escrit[óo]rio|empresa|cidade)|de (?:f[ée]rias|licen[çc]a)|em (?:f[ée]rias|viagem|licen[çc]a)|ausente|"
    r"minha aus[êe]ncia|meu (?:retorno|regresso)",
    r"lomalla|poissa|en ole (?:tavoitettavissa|toimistolla|paikalla)|vuosiloma|vanhempainvapaa|palaan",
    r"na urlopie|nieobecn\w+|poza biurem|urlop\w*|wracam|powr[óo]c\w+|nep[řr][íi]tom\w+|dovolen\w+|mimo kancel\w+|"
    r"szabads[áa]g\w*|h[áa]zon k[íi]v[üu]l|t[áa]voll[ée]t\w*|concediu|odsoten|na godišnjem|odmoru",
    r"в отпуск\w*|отсутству\w*|вне офиса|буду (?:отсутствовать|недоступ)|командировк\w*|нет на рабочем|у відпустці|"
    r"відсутн\w*|отпуск\w*|больничн\w*|вернусь|извън офиса",
    r"ofis d[ıi][şs][ıi]nda|izin(?:de|li)\w*|tatil\w*|εκτός γραφείου|άδεια|απουσ\w+",
    r"不在|休暇|お休み|休業|外出|出張|夏季休業|年末年始|休假|外出|出差|不在办公室|度假|年假|부재|휴가|출장|자리를 비",
    r"خارج المكتب|إجازة|בחופש|בחופשה|מחוץ למשרד|ไม่อยู่|ลาพักร้อน|nghỉ phép|vắng mặt|cuti\b|"
    r"di luar kantor|bortreist|frav[æa]rende|nisam u uredu|izvan ureda|مرخصی|عطلة",
)

# The same said of oneself, or of the person whose address it is: what a request about a holiday does not say.
I_AM_AWAY: Final = _any(
    r"\b(?:i(?:'m|'ll| am| will be| shall be|'m currently| am currently)?|we are|we will be|he is|she is|office is) "
    r"(?:\w+ ){0,4}?"
    r"(?:out (?:of (?!(?:\w+ ){0,3}(?:slots?|stock|paper|time|budget|money|date|ideas|space)\b)|today|"
    r"tomorrow|sick|until|till|from|for|this|all|with)\b|away|absent|on (?:\w+ ){0,2}(?:leave|"
    r"vacation|holidays?|business|pto)|back (?:on|in|at)|"
    r"not (?:in|at|checking|available|reading)|travel|unavailable|returning|closed|ooo)|out of (?:the )?office (?:from|until|"
    r"till|through|between|on|today|this|and|with|\()|i have (?:limited|no) access|limited access|my (?:absence|return)\b|"
    r"not (?:be )?(?:reading|checking) my|is (?:currently )?(?:out of (?:the )?office|away|on (?:\w+ )?leave|on vacation|"
    r"on holiday)|will (?:be )?return\w* (?:on|to)|"
    r"no longer (?:with|work)|(?:is|are|be|remains?) closed (?:for|from|until|till|due|between|over|on|today)|we are closed|"
    r"offices? (?:is|are|will be|remains?) [^.\n]{0,30}closed|i (?:only )?work (?:part[ -]?time|(?:on )?"
    r"(?:mon|tues|wednes|thurs|fri)days?)|my (?:working|office) (?:days|hours) are|i(?:'m| am) (?:\w+ ){0,2}(?:offline|off\b|"
    r"sick|ill\b)",
    r"(?:ich|wir) (?:bin|sind|befinde|befinden|werde|habe)\b.{0,80}?(?:nicht (?:im|am|erreichbar)|abwesend|urlaub|au(?:ß|ss)er haus|"
    r"elternzeit|dienstreise|krank|wieder|zur[üu]ck|unterwegs|frei|ferien|offline|erkrankt|verreist|verhindert|dienstfrei|"
    r"mutterschutz|sabbatical)|(?:meine|meiner) abwesenheit|bin ich .{0,40}"
    r"(?:nicht|wieder|abwesend|erkrankt|krank|eingeschr[äa]nkt)|(?:genie(?:ß|ss)e|habe) .{0,20}urlaub|(?:b[üu]ros?|praxis|"
    r"betrieb|firma|"
    r"gesch[äa]ft) (?:ist|sind|bleib\w+) .{0,60}geschlossen|abwesend (?:bis|vom|am|und)|im urlaub (?:bis|vom)",
    r"je (?:suis|serai|reviens|reviendrai)\b.{0,60}?(?:absent|cong[ée]|vacances|d[ée]placement|bureau|retour|formation|mission|"
    r"pas en mesure|arr[êe]t)|je prends .{0,30}(?:repos|cong)|arr[êe]t maladie|"
    r"mon (?:absence|retour)|(?:nos bureaux|notre (?:bureau|agence|soci[ée]t[ée])) .{0,40}ferm|absente? (?:du|jusqu|le)|"
    r"actuellement (?:absent|en cong)",
    r"(?:estoy|estar[ée]|me encuentro|estou|estarei|encontro-me)\b.{0,60}?(?:fuera|ausente|vacaciones|viaje|baja|descanso|"
    r"f[ée]rias|fora|viagem|"
    r"licen[çc]a|permiso)|mi (?:ausencia|regreso|vuelta)|minha aus[êe]ncia|meu (?:retorno|regresso)|regres(?:o|ar[ée]) (?:el|a)",
    r"(?:sono|sar[òo]|saremo|siamo)\b.{0,60}?(?:fuori|assente|ferie|vacanza|trasferta|malattia|congedo|maternit|chius)|"
    r"mi[oa] (?:assenza|rientro|ritorno)|"
    r"rientr(?:o|er[òo]) (?:il|in)",
    r"ik werk niet|(?:ik ben|wij zijn|ik heb)\b.{0,60}?(?:afwezig|niet|vakantie|verlof|buiten|terug|weer)|mijn afwezigheid|"
    r"(?:jag|jeg|vi) (?:[äe]r|har|holder|tager|tar|h[åa]ller)\b.{0,60}?(?:semester|ferie|inte|ikke|bortrest|bortreist|"
    r"fr[åa]nvarande|frav[æa]rende|sjukskriven|sy[kg]e?meldt|resande fot|ute av|ledig|tillbaka|fri\b|"
    r"tilbage|tilbake|permisjon|barsel|orlov|utanf)|min (?:fr[åa]nvaro|frav[æa]r)|f[öo]r[äa]ldraledig",
    r"olen\b.{0,60}?(?:lomalla|poissa|vapaalla|tavoit|ty[öo]matk|takaisin)|en ole\b|palaan",
    r"(?:jestem|b[ęe]d[ęe]|przebywam)\b.{0,60}?(?:urlop|nieobecn|poza|dost[ęe]pn)|wracam|mojej nieobecno|(?:jsem|budu|som|"
    r"sem)\b.{0,60}?"
    r"(?:dovolen|nep[řr][íi]tom|mimo|zp[ěe]t|odsoten)|"
    r"(?:čerp[áa]m|m[áa]m|čerpať|čerpat) (?:\w+ )?dovolen|nejsem|nie som (?:v|na)|nie ma mnie|nisam|odsut|godišnjem|"
    r"szabads[áa]go[nm]|nem vagyok|t[áa]vol|visszat|"
    r"(?:sunt|voi fi)\b.{0,60}?"
    r"(?:concediu|absent|plecat|birou)|revin",
    r"меня не(?:т| будет)\b|(?:я|буду|нахожусь)\b.{0,60}?(?:отпуск|отсутств|командировк|больничн|недоступ|вне)|вернусь|выйду|"
    r"моего отсутствия|відпустці|відряджен|лікарнян|мене не(?:має| буде)|"
    r"відсутн|отпуск(?:е|у) (?:до|по|с)|d[ıi][şs][ıi]nday[ıi]m|izindeyim|tatildeyim|izinli|d[öo]nece[ğg]im|απουσι[άα]ζω|λείπω|άδεια",
    r"我(?:在|正在|将|目前)?.{0,8}(?:假|差)|不在|休暇を|休暇中|お休みを|休業|外出し|出張(?:中|し|の)|休假|"
    r"出差|不在办公室|度假|年假|부재|휴가|출장|휴직|자리를 비|"
    r"خارج المكتب|إجازة|בחופש|ไม่อยู่|ลาพักร้อน|nghỉ phép|vắng mặt|saya (?:sedang )?cuti|di luar kantor|مرخصی",
)

# Sentences that say that the person is gone for good. Strong enough to stop a sequence, so that they name person and place.
LEFT: Final = _any(
    r"no longer (?:\w+ )?(?:work(?:s|ing)?|employed|with|at|part of|an? (?:employee|member)|associated|"
    r"affiliated)\b(?! (?:on|at) (?:this|the|that) (?:project|matter|ticket|case|account|topic))"
    r"|not (?:any ?(?:longer|more) )?(?:employed|an? employee|working) (?:by|at|of|for|with|here)\b|(?:does|"
    r"do) not work (?:here|at|for|with)|(?:doesn't|don't) work (?:here|at|for|with)",
    r"(?:has|have|had) (?:\w+ )?left (?:the |our |my |his |her )?(?:role|position|job|company|organi[sz]ation|firm|business|"
    r"employ|team|agency|"
    r"university|school|[A-Z][\w&]+)|i(?:'ve| have) left [A-Z]|left (?:the company|the organi[sz]ation|our company|"
    r"his (?:position|role)|her (?:position|role))",
    r"\bleft (?:[\w.]+ ){1,4}(?:as of|effective)\b|"
    r"(?:has|have) (?:retired|resigned|moved on(?: from| to)?|departed|transferred|changed (?:jobs|roles|companies))|"
    r"(?:i|he|she) (?:am|is) (?:now )?retired|i have moved to a (?:new|different)|(?:my|his|her|"
    r"their) last (?:working )?day (?:was|at|with|in the)|ceased (?:to be employed|working|employment)|"
    r"employment (?:has )?(?:ended|terminated)",
    r"(?:this|my|the) (?:e-?mail |mail)?(?:address|account|mailbox|inbox)(?: [^\s@]{1,64}@[^\s@]{1,200})? (?:is|will be|"
    r"has been)(?: \w+){0,4} (?:no longer (?:in use|active|valid|used|monitored|checked|available|maintained)|"
    r"inactive|deactivated|discontinued|retired|decommissioned|not (?:in use|active))|(?:has|"
    r"have) (?:a )?new e-?mail address|(?:my|our) (?:e-?mail|mail)(?: address)? has changed|changed my e-?mail|"
    r"new e-?mail address is|please update your (?:records|address book|contacts)",
    r"nicht mehr (?:bei|f[üu]r|in|im|unter|als|t[äa]tig|besch[äa]ftigt|aktiv|erreichbar|g[üu]ltig)\b.{0,60}|(?:das |"
    r"unser )?unternehmen verlassen|(?:unternehmen|firma|betrieb|haus)\b[^!?\n]{0,30} verlassen|ausgeschieden|in (?:den |"
    r"(?:den )?wohlverdienten )?(?:ruhestand|rente)|"
    r"e-?mail-?adresse (?:wird|ist) (?:ab sofort )?nicht mehr|neue e-?mail-?adresse",
    r"ne (?:fai[ts]|travaille|fais)?\s?(?:plus partie|plus (?:chez|pour|dans|au sein))|(?:a|ai) quitt[ée] (?:la|l'|"
    r"notre|mes|ses|le)|n'est plus (?:employ|en poste|active|utilis|valide|valable|consult|parmi|dans)|n'(?:exerce|"
    r"occupe|travaille) plus|ne travaille plus|parti(?:e)? (?:[àa] la|en) retraite|nouvelle adresse (?:e-?mail|mail|"
    r"[ée]lectronique)|chang[ée] d'adresse",
    r"(?:account|adres|mailbox|postvak)\b[^.\n]{0,24}niet meer|(?:cuenta|conta|direcci[óo]n|buz[óo]n|"
    r"casilla)[^.\n]{0,40}(?:deshabilitad|desactivad|inactiv|desativad|cerrad|ya no)|"
    r"ya no (?:trabaj\w+|form\w+ parte|pertenec\w+|labora|presta|est[áa] en|se encuentra|est[áa] activ)|(?:ha|"
    r"he) dejado (?:la|de trabajar|la empresa)|(?:ha|he) (?:dejado|abandonado) la (?:empresa|compa[ñn][íi]a)|"
    r"jubil(?:ado|ada|é)|nueva direcci[óo]n de correo",
    r"non (?:lavor[oa]|fa|faccio|collabora|collaboro|opera|[èe]) pi[ùu]|ha lasciato (?:l'azienda|la (?:societ[àa]|"
    r"nostra))|(?:[èe]|sono) andat[oa] in pensione|nuovo indirizzo (?:e-?mail|di posta|mail)|"
    r"indirizzo.{0,40}non [èe] pi[ùu]",
    r"(?:werkt|werk|is) niet (?:meer|langer) (?:bij|voor|in|werkzaam|actief|in gebruik)|niet (?:meer|"
    r"langer) werkzaam|(?:heeft|heb) .{0,40} verlaten|met pensioen|nieuwe? e-?mail\s?adres",
    r"(?:har slutat|arbetar (?:inte|ej) l[äa]ngre|jobbar (?:inte|ej) l[äa]ngre|inte l[äa]ngre (?:kvar|anst[äa]lld|"
    r"aktiv)|g[åa]tt i pension|har sluttet|er sluttet|(?:arbejder|jobber|arbeider) ikke (?:l[æa]ngere|lenger)|"
    r"ikke (?:l[æa]ngere|lenger) (?:ansat|ansatt|hos|i)|fratr[åa]dt|har fratr[åa]dt|ny e-?(?:post|mail)\s?adress?e?|"
    r"slutat p[åa])",
    r"n[ãa]o (?:trabalh\w+|fa[çz]\w*|pertence|integra) mais|j[áa] n[ãa]o (?:trabalh\w+|fa[çz]|colabor\w+|exerce)|"
    r"n[ãa]o faz(?:\s?em)? (?:mais )?parte|deixou (?:a|de fazer parte|de trabalhar)|desligad[oa] da|se desligou|"
    r"novo e-?mail",
    r"ei (?:ole en[äa][äa]|ty[öo]skentele en[äa][äa])|en ole en[äa][äa]|ty[öo]skentele en[äa][äa]|"
    r"siirtynyt (?:el[äa]kkeelle|pois)",
    r"(?:nie pracuj[eę]|ju[żz] nie prac|nie jest ju[żz] pracownikiem|zako[ńn]czy[łl]\w* (?:prac[ęe]|"
    r"wsp[óo][łl]prac[ęe])|ji[žz] nepracuj\w*|u[žz] nepracuj\w*|m[áa]r nem (?:dolgozik|dolgozom)|nu mai lucr\w+)",
    r"больше не работа\w*|уволил\w*|не работа(?:ет|ю) (?:больше )?в|покинул\w* компани|более не явля|"
    r"новый адрес (?:электронной|почты)|більше не працю|адрес (?:больше )?не (?:используется|действует)",
    r"art[ıi]k .{0,40}(?:çal[ıi][şs]m[ıi]yor|g[öo]rev)|退職|"
    r"退社|異動|転職|離職|离职|已离开|不再(?:在|任|使用|担任)|調職|退休|퇴사|퇴직|이직|"
    r"メールアドレス.{0,20}(?:変更|使用)",
    r"δεν εργάζ\w+ πλέον|δεν εργάζεται|nav (?:vairs )?darb|nebedirba|enam ei tööta|ne radi više|ni več zaposlen",
)

# Whom to write to instead: names and addresses stand behind these words.
INSTEAD: Final = _any(
    r"(?:please |kindly |you can |you may )?(?:contact|e-?mail|write to|reach(?: out)? to|get in touch with|"
    r"direct (?:all |your |any )?\w* ?\w* ?to|forward \w+ \w* ?to|address \w+ \w* ?to|send \w+ \w* ?\w* ?to|"
    r"speak (?:to|with)|connect with|refer to|replaced by|successor(?: is)?|taken over by|my (?:colleague|"
    r"replacement)|new contact(?: person)?(?: is)?)",
    r"(?:wenden sie sich (?:bitte )?(?:an|direkt an)|richten sie [^.\n]{0,40} an|kontaktieren sie|ansprechpartner(?:in)?|"
    r"nachfolger(?:in)?|"
    r"vertret(?:ung|en)|kolleg(?:e|in|en)|schreiben sie (?:bitte )?an|weiterleiten? an)",
    r"(?:contacte[rz]|adresse[rz](?:-vous)? [àa]|vous adresser [àa]|[ée]crire [àa]|joindre|successeur|"
    r"remplac[ée]e? par|mon coll[èe]gue|ma coll[èe]gue)",
    r"(?:contactar? (?:con|a)?|p[óo]ngase en contacto con|dirigirse a|dir[íi]j[ae](?:se| \w+ \w+)? a|escrib[aei]r? a|"
    r"comun[íi]quese con|sustitut[oa]|contate|contacte|entr(?:e|ar) em contat?o com)",
    r"(?:contattare|rivolgersi a|scrivere a|sostitut[oa]|fare riferimento a)",
    r"(?:contact op(?:nemen)? met|neem contact op met|(?:mailen|sturen|richten) (?:naar|aan)|terecht bij|opvolger|kontakta|"
    r"v[äa]nligen kontakta|"
    r"kontakt(?:ér|e)?|henvend\w* (?:til|dig)|ersätt\w+|etterf[øo]lger|ota yhteytt[äa]|skontaktowa\w+|kontaktuj\w+|"
    r"обра(?:щайтесь|титесь) (?:к|по)|свяжитесь с|пишите)",
)

# Automatic confirmations of systems: ticket numbers, "we have received your message".
ACKNOWLEDGED: Final = _any(
    r"(?:we|i) (?:have )?(?:successfully )?(?:received|got) your (?:e-?mail|message|request|enquiry|inquiry|support|"
    r"ticket|application|submission|question|feedback|order|query|note|mail)|your (?:e-?mail|message|request|enquiry|"
    r"inquiry|ticket|case|incident|issue|application|submission|query)[^.\n]{0,60} (?:has|have|was|"
    r"is) (?:been )?(?:successfully )?(?:received|created|opened|logged|registered|submitted|assigned|forwarded)|"
    r"this is (?:an? )?(?:auto\w*|automated|automatic\w*)[^.\n]{0,60}(?:confirm|acknowledg|respon|repl|message|"
    r"e-?mail|notification)|thank(?:s| you) for (?:contacting|your (?:e-?mail|message|enquiry|inquiry|request|"
    r"interest|mail|query)|reaching out|getting in touch|writing|e-?mailing)",
    r"(?:ticket|case|request|reference|incident|enquiry|inquiry|tracking|issue) ?(?:id|number|no\.?|nr\.?|"
    r"#)? ?[:#\[]? ?[\[#]?[A-Z]{0,6}-?\d{3,}|\[(?:ticket|case|request)?[ :]?#?\w{0,6}-?\d{3,}\]|"
    r"##- please type your reply above",
    r"(?:do not|don't|please do not) (?:reply|respond) to this (?:e-?mail|message|mail|automated)|this (?:mailbox|"
    r"inbox|e-?mail address|address|account) is (?:not monitored|unattended|unmonitored)|we (?:will|aim to|"
    r"endeavou?r to|try to|strive to|shall) (?:get back|respond|reply|be in touch|answer|contact you)|(?:a member of|"
    r"someone from|one of) (?:our|the) (?:\w+ )?(?:team|staff|agents|representatives) will",
    r"(?:haben|habe) (?:wir |ich )?ihre? (?:e-?mail|nachricht|anfrage|mail|anliegen)[^.\n]{0,40} erhalten|"
    r"ihre (?:anfrage|nachricht|e-?mail) (?:ist|wurde)[^.\n]{0,40}(?:eingegangen|eingetroffen|erhalten|"
    r"weitergeleitet)|eingangsbest[äa]tigung|vielen dank f[üu]r ihre (?:anfrage|nachricht|e-?mail|mail|mitteilung|"
    r"kontaktaufnahme)|(?:diese|dies ist eine) (?:e-?mail|nachricht|automatisch)[^.\n]{0,40}(?:automatisch|"
    r"generiert)|automatisch (?:generiert|erstellt|erzeugt)",
    r"(?:avons|ai) bien re[çc]u votre|votre (?:demande|message|courriel|e-?mail|mail) a (?:bien )?[ée]t[ée]|"
    r"accus[ée] de r[ée]ception|merci (?:de|pour) (?:votre (?:message|demande|e-?mail|courriel)|nous avoir contact)|"
    r"message automatique|merci de ne pas r[ée]pondre|ne pas r[ée]pondre [àa] ce",
    r"hemos recibido su|su (?:mensaje|solicitud|consulta|correo|petici[óo]n) ha sido|acuse de recibo|"
    r"gracias por (?:[st]u (?:mensaje|correo|consulta|e-?mail|inter[ée]s)|contactar|ponerse|escribir|comunicarse)|"
    r"mensaje autom[áa]tico|no responda a este|recebemos (?:o seu|a sua|seu|sua)|(?:sua|seu) (?:mensagem|"
    r"solicita[çc][ãa]o|e-?mail|pedido) foi|obrigad[oa] pel[oa] (?:seu|sua|contat)",
    r"abbiamo ricevuto (?:la (?:sua|tua|vostra)|il)|la (?:sua|tua|vostra) (?:richiesta|e-?mail|mail) [èe] stata|"
    r"conferma di ricezione|grazie per (?:averci|la (?:sua|tua|vostra)|il (?:suo|tuo))|messaggio automatico|"
    r"non rispondere a quest",
    r"(?:hebben|heb) (?:uw|je|jouw) (?:e-?mail|bericht|vraag|mail|aanvraag)[^.\n]{0,40} ontvangen|"
    r"ontvangstbevestiging|bedankt voor (?:uw|je|het)|automatisch (?:gegenereerd|verzonden)|(?:vi|"
    r"jag) har (?:mottagit|tagit emot|f[åa]tt) (?:ditt|din|er)|tack f[öo]r (?:ditt|din|att)|har modtaget din|"
    r"tak for din (?:mail|e-?mail|henvendelse|besked)|takk for (?:din|e-?posten|henvendelsen|at)|har mottatt|kiitos (?:viestist|"
    r"yhteydenot|s[äa]hk[öo]postist)|olemme vastaanottaneet",
    r"otrzymali[śs]my (?:twoj|pa[ńn]stwa|pana)|dzi[ęe]kujemy za (?:kontakt|wiadomo|zg[łl]oszenie|przes[łl]anie)|"
    r"potwierdzenie otrzymania|obdr[žz]eli jsme|d[ěe]kujeme za|k[öo]sz[öo]nj[üu]k|am primit|мы получили ваш|"
    r"ваш\w* (?:письмо|обращение|запрос|заявка|сообщение)[^.\n]{0,40}(?:получен|принят|зарегистр)|спасибо за (?:ваше|"
    r"обращение|письмо)|благодарим|talebiniz|mesaj[ıi]n[ıi]z",
    r"受け付けました|受信しました|お問い?合わせ(?:いただき|ありがとう|を受)|承りました|自動(?:送信|返信|配信)|このメールは|"
    r"已收到(?:您|你)|感谢您的(?:来信|邮件|咨询)|您的(?:邮件|请求|"
    r"来信)(?:已|我们)|本邮件(?:由|为)系统|접수되었습니다|문의해 주셔서",
)

# Received, and when strangers will be answered: what offices let their programs say.
IN_DUE_TIME: Final = _any(
    r"(?:received|got) your [^.!]{2,30}(?:[.!] ?| and )(?:\w+ ){0,6}(?:reply|respond|answer|get back|be in touch|"
    r"contact you)\b[^.!]{0,40}"
    r"(?:within|as soon as possible|shortly|soon)\b",
    r"(?:one of our|a member of|someone (?:from|on|in)|our team|we)[^.!]{0,30} will (?:be in touch|get back|reply|respond|contact you)"
    r"[^.!]{0,20}(?:within|as soon as|shortly)",
    r"ihre? (?:e-?mail|mail|nachricht|anfrage|anliegen)[^.]{1,40}(?:erhalten|"
    r"eingegangen)[^.]{0,6}\.?[^.]{0,40}(?:schnellstm[öo]glich|umgehend|in k[üu]rze|so schnell wie m[öo]glich|"
    r"innerhalb von|zeitnah)",
    r"re[çc]u votre [^.]{2,30}(?:\.| et )[^.]{0,40}(?:meilleurs d[ée]lais|plus brefs d[ée]lais|rapidement|sous \d)|"
    r"recibido su [^.]{2,30}"
    r"(?:\.| y )[^.]{0,40}(?:brevedad|lo antes posible|en breve)|ricevuto (?:la|il) [^.]{2,30}(?:\.| e )[^.]{0,40}(?:prima possibile|"
    r"al pi[ùu] presto|a breve)|ontvangen[^.]{0,4}\.?[^.]{0,40}zo (?:snel|spoedig) mogelijk",
)

# What a message says of itself: written by a program.
SAYS_AUTOMATIC: Final = _any(
    r"this (?:is|was) an? auto\w*[- ]?(?:\w+[- ]){0,2}(?:reply|response|message|e-?mail|mail|notification|answer|"
    r"acknowledge?ment|confirmation)|this (?:message|e-?mail|mail|reply|response|notification) (?:is|was|has been) (?:an )?"
    r"(?:auto(?:matically)?[- ]?(?:generated|sent|created)|generated automatically|sent automatically|automatic\b|automated)|"
    r"reply to this auto\w+|(?:apolog\w+|sorry) for (?:this|the) auto\w+ (?:reply|response)|reply above this line|"
    r"type your reply above",
    r"(?:dies|das|hier|hierbei|es)(?:e|er|es)? (?:\w+ ){1,6}automatisch\w* (?:generiert|erstellt|erzeugt|versendet|verschickt|"
    r"versandt|gesendet|antwort|nachricht|e-?mail|eingangsbest|empfangsbest)|automatisch (?:generierte|erstellte|erzeugte|"
    r"versendete|versandte)\w* (?:e-?mail|nachricht|antwort|mail|best[äa]tigung)",
    r"(?:message|r[ée]ponse|courriel|e-?mail|mail|notification) (?:est |a [ée]t[ée] )?(?:automatique|(?:g[ée]n[ée]r|envoy|"
    r"adress)[ée]e? (?:automatiquement|de (?:mani[èe]re|fa[çc]on) automatique))",
    r"(?:mensaje|respuesta|correo|notificaci[óo]n|mensagem|resposta|e-?mail)(?: \w+){0,3} (?:autom[áa]tic[oa]\b|(?:generad|enviad|"
    r"gerad)[oa] (?:autom[áa]ticamente|de forma autom[áa]tica))",
    r"(?:messaggio|risposta|e-?mail|mail|notifica)(?: \w+){0,3} (?:automatic[oa]\b|(?:generat|inviat)[oa] (?:automaticamente|"
    r"in automatico))|dit is een automatisch|automatisch (?:verzonden|gegenereerde?|verstuurde?|aangemaakte?) (?:bericht|e-?mail|"
    r"antwoord|mail)",
    r"(?:detta|dette|det) [äe]r (?:ett|et|en) auto|automat(?:iskt?|)[ -]?(?:genererat|genereret|generert)|t[äa]m[äa] on automaat",
    r"(?:wiadomo[śs][ćc]|odpowied[źz]|e-?mail)(?: \w+){0,3} (?:automatyczn\w+|automatycznie)|to (?:jest )?automatyczn\w+|"
    r"automaticky (?:generovan|vygenerov|odeslan|zas[íi]lan)\w+|(?:toto|to) je automatick|ez egy automatikus|automatikusan "
    r"(?:gener[áa]lt|k[üu]ld[öo]tt)|(?:mesaj|r[ăa]spuns)(?: \w+){0,2} (?:automat\b|generat automat)",
    r"(?:письмо|сообщение|ответ|уведомление|лист|повідомлення)(?: \w+){0,3} автоматич\w+|это автоматическ|це автоматичн|otomatik "
    r"(?:olarak |bir )?(?:mesaj|yan[ıi]t|g[öo]nderil|olu[şs]turul)|αυτόματο μήνυμα|自動(?:送信|返信|応答|配信)(?:です|されて|にて|"
    r"メールです)|自動的に(?:送信|返信)|系统自动|自动(?:回复|发送|生成)的|자동(?:으로)? ?(?:발송|회신|응답|생성)(?:된|되)",
)
# What people leave behind for strangers when they go, and do not write to the one who asks.
LEFT_BEHIND: Final = _any(
    r"(?:limited|no|intermittent|restricted) access to (?:my )?e-?mails?\b(?!,? (?:so|but))",
    r"(?:will|is|are|be) not (?:be )?(?:forwarded|redirected)|(?:for|in|with) (?:(?:any|case of) )?(?:urgent|emergenc|immediate)"
    r"[^.\n]{0,40}(?:contact|call|please|reach)|if (?:it is|it's|this is|your \w+ is|you need|"
    r"you require)[^.\n]{0,40}(?:urgent|immediate|"
    r"assistance)|(?:upon|on|after) (?:my|our) return|when i (?:return|get back|am next)|in my absence|during my absence|(?:will|"
    r"may|might) be (?:slow(?:er)?|delayed) (?:to|in) (?:re(?:ply|spond)|answer)|"
    r"(?:will|are|is) not (?:be )?(?:read|monitored|checked)|not (?:be )?(?:checking|monitoring|reading) (?:this|my|the)|"
    r"on my next working day|(?:i|we) will (?:reply|respond|answer) (?:to )?(?:all|your) [^.]{0,30}(?:from|after|on|when|upon|"
    r"tomorrow|then)\b|"
    r"(?:if you need|need) (?:anything|something|help|assistance)[^.\n]{0,40}(?:before|meantime|meanwhile|while|then|sooner)|your "
    r"(?:e-?mail|message)s? will be (?:dealt with|answered|read|processed|handled|attended to)",
    r"(?:wird|werden) nicht (?:automatisch )?(?:weitergeleitet|gelesen|bearbeitet)|in dringenden (?:f[äa]llen|angelegenheiten)|"
    r"(?:w[äa]hrend|in) (?:meiner|unserer) abwesenheit|nach (?:meiner|unserer) (?:r[üu]ckkehr|abwesenheit)|meine[r]? vertretung|"
    r"vertritt mich|vertreten werde "
    r"ich|vertreten wird mich|werde ich (?:\w+ )?vertreten",
    r"merci (?:d'adresser vos|(?:de bien vouloir|de) les adresser)|(?:veuillez|merci de) (?:bien vouloir )?(?:contacter|"
    r"vous adresser|joindre)|kiireelli\w+ (?:asio|tapau)\w+|"
    r"(?:pentru|[îi]n caz de) urgen[țt]|για επείγο|επείγοντ|за спешн|(?:u|za) hitn\w+|(?:v|za) nujn\w+|steidzam|"
    r"skubi\w+ (?:atvej|klausim)|"
    r"en cas d'urgence|pour toute urgence|(?:[àa]|d[èe]s) (?:mon|notre) (?:retour|r[ée]ouverture)|(?:en|pendant|durant) (?:mon|"
    r"notre) absence|(?:asunto|caso)s? (?:urgente|de "
    r"urgencia)|(?:durante|en) mi ausencia|a (?:mi|nuestro) (?:regreso|vuelta)|(?:caso|assunto)s? (?:urgente|de urg[êe]ncia)|"
    r"na minha aus[êe]ncia",
    r"per (?:urgenze|qualsiasi urgenza|comunicazioni urgenti)|in caso di urgenza|al mio (?:rientro|ritorno)|in mia assenza|voor "
    r"dringende|bij spoed|in dringende gevallen|word(?:t|en) niet (?:doorgestuurd|gelezen)|tijdens mijn afwezigheid|"
    r"l[eäæ]s(?:er)? (?:ikke|inte) (?:e-?post|mail)|vid br[åa]dskande|"
    r"i br[åa]dskande|ved (?:haste\w*|presserende|behov)|haster det|w pilnych|sprawach? piln|spraw pilnych|w nag[łl]ych|"
    r"podczas mojej nieobecno|"
    r"(?:v|pri) (?:nal[ée]hav|urgentn|s[úu]rn)|s[üu]rg[őo]s "
    r"(?:esetben|[üu]gyben)|(?:по|в|для) срочн|во время моего|(?:у|з|із|в) термінов|acil (?:durum|konu|i[şs])",
    r"(?:aren't|isn't|won't be|not being) (?:being )?(?:monitored|read|checked)|(?:stand(?:s|ing)? in|cover(?:s|ing)?) for me|"
    r"replac(?:es|ing) me|"
    r"vertretung\s*:|kann (?:ich )?(?:ihre|deine|eure) [^.]{0,30}nicht (?:sofort|gleich|umgehend|zeitnah)|"
    r"(?:repl(?:y|ies)|responses?|answers?) (?:may|might|will) be (?:delayed|slow)|(?:meine aufgaben|f[üu]r mich) [üu]bern[io]m|"
    r"wird [^.]{0,30}nicht bearbeitet|me rempla(?:ce|cera)|"
    r"mi sostituisce|me (?:sustituye|substitui)|vervangt mij|zastupuje|"
    r"zast[ęe]puje|moje obowi[ąa]zki|helyettes[íi]t|m[ăa] [îi]nlocuie|(?:меня|мене) з?а?м[іе]ща|на время моего|на час моєї|"
    r"enk[äa] lue|en lue|"
    r"sijaise|tarvittaessa|vikar(?:ierar)? f[öo]r mig|begr[äaæe]ns\w+ (?:tillg[åa]ng|adgang|tilgang) til",
    r"お急ぎ|緊急の|急用|如有(?:急事|紧急|緊急|要事)|紧急(?:事|情况|联系)|급한|긴급|דחופ|العاجل|عاجل|الطارئ|فوری|"
    r"เร่งด่วน|กรณีด่วน|khẩn|mendesak|keadaan darurat|"
    r"kiireloomuli",
)

# What cannot wait: counts beside an absence, with an address, a number or a colleague near it.
URGENT: Final = _any(
    r"(?<!very )(?<!quite )\b(?:urg[eêé]n\w+|immediate (?:assistance|attention|help)|"
    r"emergenc\w+|pressing\b|time[- ]sensitive|(?:can(?:no|')t|can not|"
    r"nicht|pas|ikke kan|kan ikke|inte kan|kan inte|niet kan) (?:wait|warten|attendre|vente|v[äa]nta|wachten))|\b(?:dringend\w*|"
    r"eilig\w*|eilt|haast|"
    r"eilf[äa]ll\w*|notf[äa]ll\w*|es brennt|spoed\w*|br[åa]dskande|akut\w*|haster|haste(?:sak|t)\w*|presserende|kiireel\w+|piln\w+|"
    r"nag[łl]\w+|nal[ée]hav\w+|s[úu]rn\w+|neodk?lad\w+|s[üu]rg[őo]s\w*|halaszthatatlan\w*|срочн\w+|неотложн\w+|термінов\w*|"
    r"невідкладн\w+|спешн\w+|acil|"
    r"επε[ίι]γ\w+|hitn\w+|nujn\w+|steidzam\w*|skubi\w+|kiireloomuli\w*)",
    r"急ぎ|至急|緊急|急用|急事|紧急|緊急|加急|급[한하]|긴급|דחופ|דחוף|عاجل|طارئ|الطارئ|فوری|เร่งด่วน|khẩn|mendesak|darurat",
)
# An absence in the loosest words: enough beside what cannot wait.
GONE: Final = _any(
    r"\b(?:vacation|holidays?|leave|sabbatical|pto|out sick|off sick|business trip|trade show|off-?site|jury duty|in meetings|"
    r"limited access|"
    r"no access)\b|fortbildung|seminar\b|schulung|messe\b|tagung|am platz|eingeschr[äa]nkt|krank|verreist|dienstreise|"
    r"en formation|s[ée]minaire|maladie|maternit|cong[ée]|descanso|vacaciones|de viaje|sin acceso|acceso limitado|cerrad[oa]s?\b|"
    r"malattia|ferie|trasferta|congedo|f[ée]rias|viagem|licen[çc]a|acesso (?:restrito|limitado)|afwezig|verlof|vakantie|ziek|beperkt",
    r"sjukskriven|urlaub|semester|ledig|borta|st[äa]ngt|utbildning|kursus|\bkurs\b|ferie|\bfri\b|sykmeldt|sygemeldt|ute av|"
    r"resa(?:nde)?\b|m[øo]ter\b|begrenset|begr[äa]nsad|begr[æa]nset|"
    r"loma|vapaalla|matkalla|sairas|koulutu|zwolnieni|urlop|delegacj|szkoleni|dovolen|cest[ěe]|nemoc|[šs]kolen|p[řr][íi]stup|mimo|"
    r"nem vagyok|szabads[áa]g|t[áa]vol|concediu|deplasare|nu sunt|odmor|odsut|odsot|dopust|slu[žz]ben|отпуск|командиров|"
    r"больнич|не будет|"
    r"нет в|нет на|отсутств|відпуст|відряджен|не буде|лікарнян|izin|seyahat|tatil|rapor|άδεια|εκτ[όο]ς|απουσ|ταξ[ίι]δι",
    r"休|不在|出張|外出|出差|휴가|출장|부재|휴무|חופש|חופשה|נעדר|إجازة|خارج|غائب|مرخصی|ลา|nghỉ|"
    r"công tác|cuti|dinas|puhkus|atvaļinājum|atostog",
)
# That they will be answered, or late: beside thanks and an absence what people leave behind for everybody.
PROMISED: Final = _any(
    r"(?:will|shall|'ll) (?:\w+ ){0,3}(?:reply|respond|answer|get back|go through|read|be in touch|deal with)|(?:delayed|delay|"
    r"slow) (?:in|to|response)|"
    r"(?:antworte|beantworte|melde|bearbeite|lese)\b|werde(?:n)? [^.]{0,60}(?:antworten|beantworten|melden|bearbeiten|lesen)|"
    r"(?:r[ée]pondrai|r[ée]pondrons|traiterai|traiterons|prendrai connaissance|lirai)|responder[ée]|responderemos|contestar[ée]|"
    r"contactar[ée]|"
    r"risponder[òo]|risponderemo|ricontatter[òo]|retornarei|(?:zal|zullen) [^.]{0,60}(?:beantwoorden|reageren|lezen|antwoorden)|"
    r"(?:svarar|svarer|besvarer|besvarar|vender tilbage|[åa]terkommer)|vastaan|odpowiem|odpisz[ęe]|odpov[íi]m|odpoviem|v[áa]laszol|"
    r"r[ăa]spund|отвечу|ответим|відповім|yan[ıi]tla|cevap|d[öo]nece[ğg]im|απαντ[ήη]σω|返信|ご連絡|回复|答复|회신|답변|답장",
)
THANKS: Final = _any(
    r"\bthank(?:s| you)\b[^.!\n]{0,20}\b(?:e-?mail|mail|message|writing|note|contact)|(?:dank\w*|"
    r"danke) f[üu]r [^.!\n]{0,20}(?:mail|nachricht|anfrage)|"
    r"merci (?:de|pour) [^.!\n]{0,20}(?:message|mail|courriel)|gracias por [^.!\n]{0,20}(?:correo|mensaje|mail|escrib|"
    r"contact)|grazie per "
    r"[^.!\n]{0,20}(?:mail|messaggio|scritto)|obrigad[oa] pel[oa] [^.!\n]{0,20}(?:mail|mensagem|contat)|(?:be)?dankt? (?:voor|je voor) "
    r"[^.!\n]{0,20}(?:mail|bericht)|dank voor|ta(?:ck|k|kk) f(?:[öo]r|or) [^.!\n]{0,20}(?:mail|meddelande|besked|e-?post|melding|"
    r"henvendelse)|"
    r"kiitos [^.!\n]{0,20}(?:viesti|s[äa]hk|posti)|dzi[ęe]kuj\w+ za|d[ěe]kuj\w+ za|[ďd]akujem za|"
    r"k[öo]sz[öo]n\w+ [^.!\n]{0,20}(?:level|[üu]zenet|"
    r"e-?mail)|mul[țt]umesc pentru|hvala (?:na|vam|za)|спасибо за|благодар\w+ за|"
    r"дякую за|te[şs]ekk[üu]r|ευχαριστ\w+ για|感谢您?的?来|お問い合わせ|"
    r"ご連絡ありがとう|메일 (?:감사|주셔)|תודה|شكر",
)

# Whom strangers may ask: counts when an address or a number follows.
FOR_QUESTIONS: Final = _any(
    r"(?:for|with) (?:(?:any|all|your|other|general|further|sales|support|\w+) ){0,2}(?:questions?|enquir\w+|inquir\w+|"
    r"matters?|requests?|"
    r"issues?|assistance|everything else|anything)\b|(?:if|should) you (?:need|have|require)|reach out to|in the meantime|"
    r"instead (?:please )?(?:write|e-?mail|contact)|"
    r"for (?!the\b|this\b|your\b|our\b|my\b)[\w ]{3,24},? (?:please |kindly )?(?:e-?mail|contact|write to)\b|(?:should|"
    r"to be) (?:be )?(?:sent|directed|addressed) to",
    r"bei (?:r[üu]ck)?fragen|f[üu]r (?:r[üu]ck|an)?fragen|in der zwischenzeit|bis dahin|until then|d'ici l[àa]|hasta entonces|"
    r"zwischenzeitlich|wer nicht warten|pour (?:toute|vos) "
    r"(?:question|demande|information)s?|entre-?temps|para (?:cualquier|toda|consultas|asuntos|qualquer|d[úu]vidas)|(?:durante|"
    r"n)(?:o| ?e[sn][st]e) per[ií]odo|entretanto|"
    r"mientras tanto",
    r"per (?:qualsiasi|ogni|informazioni|domande)|nel frattempo|voor (?:vragen|andere|overige)|intussen|ondertussen|vid fr[åa]gor|"
    r"i stedet til|ist[äa]llet|i st[äa]llet|stattdessen|ved (?:sp[øo]rsm[åa]l|sp[øo]rgsm[åa]l)|(?:pod|w) (?:moj[ąa] )?nieobecno|"
    r"w sprawach|v p[řr][íi]pad[ěe]|v pr[íi]pade|k[ée]rd[ée]s|"
    r"pentru (?:orice|[îi]ntreb[ăa]ri)|по (?:всем |любым |другим )?вопрос|з (?:усіх )?питан|sorular[ıi]n|휴직|문의는|για (?:οποι|απορ)",
)
# A person goes on: away, and yet.
CONTRAST: Final = _any(
    r"\bthough\.|\b(?:but|aber|jedoch|mais(?! (?:breve|r[áa]pid|detalh|inform|cedo|tarde))|pero|ma(?! (?:messagerie|bo[îi]te|coll|"
    r"r[ée]pon|part|ligne|rempl))|per[òo]|maar|men|ale|"
    r"mutta|но|але|ama|fakat|mas|dar|αλλά)\b(?!,? (?:i |we |ich |"
    r"je )?(?:will|if|for|in case|"
    r"should|wenn|falls|bei|si|en cas|please (?:allow|bear with)))|ですが|但是|하지만",
    # Nevertheless: said to one who was told of an obstacle.
    r"\b(?:trotzdem|dennoch|anyway|nevertheless|all the same|quand m[êe]me|tout de m[êe]me|de todas (?:formas|maneras)|comunque|"
    r"mesmo assim|ändå|alligevel|likevel|mimo to|přesto|yine de)\b|вс[её] равно|все одно",
)
ADDRESS_OR_NUMBER: Final = re.compile(r"[^\s@<(]{1,64}@[\w-]{1,63}\.\w|(?<![\w/.])[+(]?\d[\d ()/-]{5,18}\d")

# What a person says of the matter itself, and a program that stands in for one does not.
MATTER: Final = _any(
    r"\b(?:your|ihr|euer|votre|uw|din|vost?ra|waszą?) (?:\w+ )?(?:offer|quot\w+|pric\w+|proposal|demo|product|tool|software|"
    r"contract|invoice|angebot|"
    r"produkt|vertrag|vorschlag|offre|devis|proposition|offerte|voorstel|offerta|oferta|ofert[ęa]|tilbud|offert)\b|"
    r"(?:i|we) (?:have|'ve) (?:put|given|passed|shown|told|asked)\b|\byou (?:sent|wrote|asked|mentioned|told|offered|quoted)\b|"
    r"\b(?:the|your|this) (?:offer|quot\w+|contract|prices?|draft|"
    r"proposal|numbers?|figures|documents?|invoice|sample|meeting|appointment) (?:is|are|was|were|you|looks?|seems?|says?)\b|by "
    r"the way|(?<!and )(?<!and the )(?<!until )(?<!till )(?<!for the )(?<!back )(?<!return )(?<!through )next week|"
    r"n[äa]chste woche|semaine prochaine|pr[óo]xima semana|prossima settimana|volgende week|"
    r"n[äa]sta vecka|n[æa]ste uge|neste uke|przysz[łl]ym tygodniu|p[řr][íi][šs]t[íi] t[ýy]den|\b(?:works|"
    r"suits?)(?: (?:for )?(?:me|us|fine))?[.!]|"
    r"\b(?:will|'ll) (?:then )?(?:sign|pay|order|buy|decide)\b|unterschreibe\b|je signe\b|signerai|firmar[ée]\b|firmer[òo]\b|"
    r"teken ik|podpisz[ęe]\b|podep[íi][šs]u|подпишу|"
    r"nous avons besoin|necesitamos|precisamos de|abbiamo bisogno|wij? hebben [^.]{0,20}nodig|vi (?:beh[öo]ver|trenger|har brug for)|"
    r"pot[řr]ebuj\w+|potrzebuj\w+|sz[üu]ks[ée]g\w+ van|tarvitsemme|avem nevoie|нам (?:нуж|потр)\w+|ihtiyac[ıi]m[ıi]z|"
    r"what we need|had a look|\bwe need\b|\bi can (?:do|make|come)\b|\blet us\b|kommen sie|kommt (?:ruhig|doch)|\bvenez\b|"
    r"\bvenga\b|kom (?:maar|gerust)|"
    r"приезжайте|proszę przyjechać|\bi (?:read|looked at|like|agree|accept|signed|want|would like|will sign)\b|\blet'?s\b|\bwe (?:want|"
    r"accept|agree|"
    r"would like|are interested|'d like)\b|sounds good|fine (?:with|for) me|"
    r"\binterested\b|i(?:'ll| will) (?:call|phone|ring) you|ich rufe (?:sie|dich)|je vous appelle|te llamo|ti chiamo|bel me\b|zadzwoni",
    r"(?<!if )(?<!when )\b(?:it|this|that)(?:'s| is) (?:\w+ )?urgent|\b(?:not?|isn't|nicht|kein\w*|pas|non [èe]|no es|n[ãa]o [ée]|niet|"
    r"ikke|inte) (?:\w+ )?(?:urgen\w+|dringend\w*|eilig|pressant|haast)|eilt nicht|dringend (?:brauch|ben[öo]tig)|"
    r"rem(?:ind|ember) me|int[ée]ress|intress|интерес|zainteresow|kiinnost",
    r"(?:ihr|das|dieses|den|der) (?:angebot|vertrag|preis|entwurf|vorschlag|termin)\w* (?:ist|sind|war|passt|gef|sieht|habe)|"
    r"[üu]brigens|habe ich (?:gelesen|gesehen|erhalten|weitergegeben|ihm|ihr)|einverstanden|passt (?:mir|uns)|lassen sie uns|"
    r"\bwir (?:m[öo]chten|nehmen|wollen|brauchen)",
    r"(?:votre|l') ?(?:offre|proposition|devis) (?:est|me|nous)|au fait\b|d'accord|j'ai (?:lu|vu)|(?:su|la|el) (?:oferta|"
    r"propuesta|contrato) (?:es|est[áa]|me|nos)|de acuerdo|he (?:le[íi]do|visto)|(?:la|il) (?:vostra |sua )?(?:offerta|proposta|"
    r"contratto) (?:[èe]|va|mi|ci)|va bene|d'accordo|(?:a|o) (?:sua )?(?:proposta|contrato) (?:[ée]|est[áa])|de acordo|"
    r"(?:uw|de|het) (?:offerte|voorstel|contract) (?:is|ziet)|akkoord|ustalimy|всё устраивает|высылайте|согласн",
)

ACK_SUBJECT: Final = _any(
    PREFIX
    + r"(?:your |ihre |votre |su |uw |la sua )?(?:ticket|case|request|incident|issue|support request|enquiry|inquiry|message|"
    r"anfrage|demande|solicitud|richiesta|e-?mail|mail|nachricht)\b[^\n]{0,60}(?:received|created|opened|"
    r"registered|has been|eingegangen|erhalten|re[çc]u|recibid[oa]|ricevut[oa]|ontvangen|mottaget|modtaget|"
    r"registr)",
    r"(?:eingangs|empfangs)best[äa]tigung|accus[ée] de r[ée]ception|acuse de recibo|conferma (?:di )?ricezione|"
    r"ontvangstbevestiging|(?:mottagnings|modtagelses)?bekr[äe]ftelse|acknowledge?ment of (?:receipt|your)|"
    r"confirmation of receipt|we(?:'ve| have)? (?:received|got) your|thank(?:s| you) for (?:contacting|"
    r"your (?:e-?mail|message|enquiry|inquiry|request|interest|query)|reaching out|getting in touch|writing to)|"
    r"vielen dank f[üu]r ihre (?:anfrage|nachricht|e-?mail|mail)|merci (?:de|pour) (?:votre|nous avoir)|"
    r"gracias por (?:su|contactar|tu)|受付|受信確認|お問い?合わせ",
    r"(?:nous )?avons bien re[çc]u (?:votre|ta)|hemos recibido (?:su|tu)|abbiamo ricevuto (?:la|il)|recebemos (?:o |a )?(?:seu|sua)|"
    r"(?:uw|je) (?:bericht|e-?mail|aanvraag|vraag) is ontvangen|wij hebben uw|(?:tagit emot|mottagit|modtaget|mottatt) (?:ditt|din|"
    r"er)|otrzymali[śs]my|ваш\w* (?:обращение|запрос|заявка|письмо|сообщение)|мы получили|お問い?合わせ|(?:request|ticket|"
    r"message|e-?mail|enquiry|inquiry) received\b",
    r"\[(?:ticket|case|request|incident)[ :#-]*\w*\d{3,}\]|^\s*\[[a-z]{2,10}-\d{2,}\]|(?:ticket|case|incident|request) ?(?:id|number|"
    r"no\.?)? ?[#:] ?\w{0,5}-?\d{3,}",
)

CHALLENGE: Final = _any(
    r"(?:confirm|verify|prove|authenticate)[^.\n]{0,60}(?:you are|you're|that you|yourself|your (?:address|e-?mail|"
    r"identity|message))[^.\n]{0,40}(?:human|person|sender|not a (?:robot|spam)|real|legitimate|not an automated)|"
    r"(?:click|follow|visit|reply)[^.\n]{0,80}(?:to (?:have|get|release|deliver|ensure|allow|be added)|"
    r"so that)[^.\n]{0,40}(?:your (?:message|e-?mail|mail)|approved|delivered|whitelist|white list|safe|allowed|"
    r"senders? list)|(?:your|this) (?:message|e-?mail) (?:is|has been) (?:being )?(?:held|quarantined|withheld|"
    r"on hold)[^.\n]{0,80}(?:until|pending|confirm|verif|approv)|spam (?:arrest|blocker|protection|"
    r"gate)[^.\n]{0,80}(?:verify|confirm|click)|boxbe|spamarrest|sender verification|challenge[ -/]response|(?:not|"
    r"isn't) (?:yet )?on (?:my|the|his|her) (?:approved|allowed|safe|guest|white)[ -]?(?:sender)?s? ?list|"
    r"one[ -]time (?:verification|confirmation)[^.\n]{0,60}(?:send|message|mail)|active spam killer|"
    r"sender address verification|please confirm your (?:message|e-?mail to)|passwort-?captcha|"
    r"best[äa]tigen sie[^.\n]{0,60}(?:absender|nachricht zugestellt)|confirmez[^.\n]{0,60}(?:exp[ée]diteur|"
    r"votre message|que vous [êe]tes)|mailinblack|uol antispam|antispam[^.\n]{0,60}(?:confirm|verif)",
)
CHALLENGE_SUBJECT: Final = _any(
    r"(?:sender|e-?mail|message|mail|arrest) verification(?: required)?|(?:requires?|needs?) verification|verification required|"
    r"verify#|please (?:confirm|"
    r"verify) (?:your|that|you)|confirm (?:your|this) (?:e-?mail|message|delivery)|"
    r"authorization required|spamarrest|boxbe|mailinblack|action required: ?(?:confirm|verify) (?:your|sender)|"
    r"your (?:message|email|e-mail) (?:is|to .{1,80}) (?:awaiting|waiting|on hold|pending|requires)|"
    r"confirmation (?:required|n[ée]cessaire) (?:for|pour|to)|"
    r"best[äa]tig(?:en sie|ung) (?:bitte )?(?:ihre[rn]? )?(?:nachricht|e-?mail|absender)|anti-?spam",
)
# Sentences that only a program that holds a letter back writes: enough without a subject.
CHALLENGE_ALONE: Final = _any(
    r"(?:require\w*|need\w*|ask\w*) (?:that )?you (?:to )?(?:verify|confirm|prove)[^.]{0,40}(?:human|real person|live person)|"
    r"(?:only|incoming \w+) from senders? (?:\w+ ){0,3}(?:approved|accepted|known)|list of approved senders|protecting \w+ from "
    r"(?:receiving )?(?:junk|spam)[^.]{0,20}\.[^.]{0,40}(?:click|reply|follow)|guest list|(?:just|only) this once[^.]{0,20}click",
    r"(?:spam-?schutz|spamfilter|anti-?spam)\w*[^.]{0,60}\.?[^.]{0,40}(?:klicken|antworten|best[äa]tigen)|nachricht[^.]{0,60}"
    r"(?:zur[üu]ckgehalten|in quarant[äa]ne|wartet)[^.]{0,80}\.?[^.]{0,40}(?:klicken|best[äa]tigen|antworten)|message[^.]{0,40}"
    r"(?:en attente|retenu|bloqu)[^.]{0,60}\.?[^.]{0,20}(?:cliquez|confirmez|r[ée]pondez|authentifi)|(?:mensaje|correo)[^.]{0,40}"
    r"(?:retenido|en espera|pendiente)[^.]{0,60}\.?[^.]{0,20}(?:haga clic|confirme|pulse|responda)|messaggio[^.]{0,40}(?:in attesa|"
    r"trattenut|sospes)[^.]{0,60}\.?[^.]{0,20}(?:clicc|conferm)",
    r"(?:click|follow|visit|reply|respond|go to)[^.]{0,100}(?:to|and|will)[^.]{0,30}(?:have )?(?:your|the) (?:e-?mail )?"
    r"(?:address|message|e-?mail|mail)[^.]{0,30}(?:added to|placed (?:on|in)|put on)[^.]{0,40}(?:allowed|approved|accepted|"
    r"white|safe|friends?)[ -]?(?:senders?)?\s?list",
    r"your (?:message|e-?mail|mail)(?: to [^\s]{1,80})? (?:is|has been|was|will be)(?: \w+){0,3} (?:held|withheld|quarantined|"
    r"on hold|not (?:be )?delivered)[^.]{0,60}(?:until|unless|pending)[^.]{0,40}(?:you|your)[^.]{0,40}(?:confirm|verif|prove|"
    r"authenticat|respond|reply|click|authori)",
    r"(?:click|reply|respond|visit|follow|enter)[^.]{0,80}(?:verify|confirm|prove)[^.]{0,40}(?:you are|you're|that you)[^.]{0,20}"
    r"(?:human|(?:a )?(?:real|live) person|not a (?:robot|spammer|machine))",
    r"que (?:vous [êe]tes|usted es|lei [èe]|voc[êe] [ée]) (?:bien )?(?:un |une |uma? )?(?:[êe]tre )?(?:humain|personne|human|pessoa|"
    r"umano|persona)|dass sie (?:ein mensch|kein (?:roboter|spammer)) sind|confirmer (?:votre|l')\s?(?:envoi|exp[ée]dition|message|"
    r"identit[ée]|adresse)[^.]{0,40}cliqu",
    r"first time[^.]{0,80}(?:click|reply|follow)[^.]{0,60}(?:deliver|whitelist|allow|approve)",
)

UNSUBSCRIBE_SUBJECT: Final = _any(
    r"^\s*(?:please |bitte )?(?:unsubscribe(?: me)?|un-subscribe|opt[ -]?out|remove(?: me)?|abmelden|abmeldung|"
    r"abbestellen|austragen|d[ée]sinscription|d[ée]sabonnement|se d[ée]sinscrire|d[ée]sabonner|baja|darse? de baja|"
    r"cancelar (?:suscripci[óo]n|inscri[çc][ãa]o)|cancella(?:mi|zione)?|disiscrizione|disiscrivi(?:mi)?|uitschrijven|"
    r"afmelden|avregistrera|avprenumerera|avsluta prenumeration|afmeld|avmeld|descadastrar|remover|peruuta tilaus|"
    r"wypisz|odhl[áa]sit|отписаться|отписка|退订|配信停止|解除|list-?unsubscribe|mailto unsubscribe)\b[^\n]{0,60}$",
)
BOUNCE_SUBJECT: Final = _any(
    r"(?:mail|message|nachricht|courriel|mensaje|messaggio) (?:to|an|[àa]|para) \S{3,100} (?:could not|cannot|can't|was not|"
    r"has not|failed|konnte "
    r"nicht|wurde nicht|n'a pas|no se|non [èe])\b",
    r"undeliver(?:ed|able|ability)|non[- ]?deliver|(?:mail|message|delivery|e-?mail|letter|"
    r"nachricht)[\w ,:'\"-]{0,40} (?:fail(?:ed|ure|ing)?|not delivered|could not be delivered|cannot be delivered|"
    r"rejected|refused|error|returned|problem|undelivered|bounced|delayed|delay)|fail(?:ed|ure) (?:notice|"
    r"notification|delivery|mail|to deliver|permanent|delivering|report)|deliver(?:y|ed)[\w ]{0,12} (?:status|"
    r"fail\w*|notification|report|problem|error|delay\w*|incomplete|has failed|attempt|unsuccessful|exception)|"
    r"return(?:ed|ing) (?:mail|message|e-?mail|to sender|undeliver)|(?:user|mailbox|recipient|address|host|"
    r"domain) (?:unknown|not found|unavailable|full|does not exist)|mail (?:system|delivery|routing) (?:error|"
    r"notification|report|subsystem)|could not (?:send|deliver)|(?:was|is|has) not (?:been )?delivered|"
    r"bounce[d]? (?:mail|message|e-?mail)|delayed mail|mail delivery|mailer[- ]daemon|(?:ndn|ndr|dsn)\b|"
    r"message (?:status|delivery) (?:notification|report)|unzustellbar\w*|nicht (?:zugestellt|zustellbar)|"
    r"zustell(?:ung|fehler|bericht|ungsfehler)\w*|fehlgeschlagen|unzustellbare?r?s?|non remis|[ée]chec (?:de|d')|"
    r"non[- ]?distribu|non livr|non d[ée]livr|retour(?:n[ée])? (?:de )?(?:courrier|mail|message)|rapport de non|"
    r"no (?:entregado|se (?:ha )?pudo|se ha podido)|devuelt[oa]|error (?:de|en la) entrega|fallo (?:de|en)|"
    r"n[ãa]o (?:entregue|foi poss[íi]vel)|falha (?:na|de) entrega|mancat[ao] (?:consegna|recapito)|"
    r"impossibile recapitare|non recapitabil|consegna non|onbestelbaar|niet (?:bezorgd|afgeleverd|besteld)|"
    r"kan inte levereras|olevererbar|oleverer\w*|ikke (?:leveres|levert|leveret)|kunne ikke|leveringsfeil|"
    r"levering\w* mislyk\w*|ei voitu toimittaa|toimittaminen ep[äa]onn|nie dostarczon\w*|niedostarcz\w*|"
    r"nedoru[čc]\w*|k[ée]zbes[íi]thetetlen|недоставлен\w*|не доставлен\w*|недоставка|ошибка доставки|"
    r"teslim edilemedi|iletilemedi|配信(?:不能|エラー|失敗)|送信(?:エラー|"
    r"失敗|不能)|(?:エラー|不達)(?:通知|メール|メッセージ)|戻り|宛先不明|投递失败|退信|系统退信|"
    r"無法(?:傳送|投遞|遞送)|无法(?:传送|投递|送达)|未送达|未傳遞|退件|"
    r"배달(?:되지| 실패|불능)|반송|전송 ?실패|発信エラー|メール ?システム ?エラー",
)
DAEMON: Final = _any(
    r"^(?:mailer[-_. ]?daemon|mail[-_.]?daemon|post[-_.]?master|post[-_.]?office|maildaemon|mdaemon|mailer|mail-?(?:system|"
    r"router|gateway|server|delivery\S*)|daemon|bounces?(?:[-+=].*)?|double-bounce|smtp|smtpd|smtp-?(?:server|daemon|"
    r"gateway)|dsn|mta|exchange|microsoftexchange\w*|system\s?attendant|systemadministrator|administrator|listserv|"
    r"majordomo|amavis\w*|ndr|nullmail|qmail|courier|groupwise|non-?delivery\S*|undeliver\S*|mail)@",
    r"^(?:mail delivery (?:sub)?system|mail delivery service|mail (?:system|administrator|router|daemon)|"
    r"mailer[- ]daemon|postmaster|internet mail (?:delivery|service)|delivery (?:subsystem|system|reports?)|"
    r"microsoft (?:outlook|exchange)|system administrator|systemadministrator|mail ?delivery ?\w*|returned mail.*|"
    r"e-?mail server|message (?:router|transfer agent)|zustelldienst|メール.{0,10}システム)$",
)
BOUNCE_BODY: Final = _any(
    r"(?:could ?n[o']t|cannot|can ?not|can't|was not|has not been|wasn't|unable to|failed to|"
    r"not) (?:be )?(?:able to )?(?:deliver|sen[dt]|reach|transmit|accept|process|complete)|delivery (?:to|has|of|"
    r"status|attempt|failed|error|failure)|undeliver|permanent (?:fatal )?(?:error|failure)|fatal error|giving up on|"
    r"user (?:unknown|not found|doesn't exist)|unknown user|mailbox (?:unavailable|full|not found)|quota|"
    r"does not exist|no such (?:user|mailbox|recipient|address)|rejected|returned|bounced?|recipient (?:unknown|"
    r"address|not)|address (?:not found|unknown|failed|rejected|had)|(?:unrout|undeliver)able|nicht zugestellt|"
    r"unzustellbar|unbekannt|non remis|n'a pas (?:pu|été)|no se (?:ha )?pudo|no existe|impossibile|non [èe] stato|"
    r"не (?:доставлен|удалось|найден)|niet (?:worden|bezorgd)|kunde inte|ikke leveres|無法|无法|不存在|エラー|届けられ|"
    r"配信でき|送信でき|"
    r"did not reach|not be delivered|550[ -]|5\.\d\.\d",
)
# Read receipts of programs that write no report: a subject and what the text says.
READ_SUBJECT: Final = _any(
    r"^\s*(?:(?:not )?read|return receipt|read receipt|(?:nicht )?gelesen|ungelesen|lesebest[äa]tigung|(?:non )?lue?|accus[ée] de "
    r"lecture|(?:no )?le[íi]do|confirmaci[óo]n de lectura|(?:non )?letto|conferma di lettura|gelezen|leesbevestiging|l[äa]st|"
    r"l[æa]st|lest|lid[oa]|confirma[çc][ãa]o de leitura|przeczytan[oae]|прочитано|開封済み|已读)\s*[:：]|"
    r"^\s*(?:return|read) receipt\b|^\s*(?:lesebest[äa]tigung|conferma di lettura|confirmaci[óo]n de lectura|accus[ée] de lecture)\b",
)
READ_BODY: Final = _any(
    r"return receipt|was (?:read|displayed|deleted without being read)|wurde .{0,60}(?:gelesen|angezeigt|gel[öo]scht)|a [ée]t[ée] "
    r"(?:lue?|supprim|affich)|se ley[óo]|fue le[íi]do|ha sido le[íi]do|[èe] stato (?:letto|visualizzato|eliminato)|is (?:op .{0,30})?"
    r"gelezen|l[äa]stes|blev l[æa]st|ble lest|foi lid[oa]|zosta[łl]a? (?:odczytan|przeczytan)|было прочитано|прочитано|開封|"
    r"已(?:被)?阅读",
)
