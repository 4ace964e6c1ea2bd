"""How mail clients mark the letter that somebody answers: attributions, separators and header blocks by language.

Lists of words and shapes only; ``plaincut`` says how they are used.
"""

import re
from typing import Final

VERBS: Final = (
    r"wrote|writes|said|responded|replied|schrieb(?:en)?|geschrieben|a [ée]crit|[ée]crivait|escribi[óo]|ha escrito|"
    r"va escriure|ha scritto|scrive|scriveva|schreef|het volgende geschreven|geschreven|"
    r"skrev(?: f[öo]ljande)?|skreiv|skrifaði|kirjoitti|napisa[łl](?:a|\(a\)|/a)?|pisze|napsal(?:a|\(a\))?|"
    r"nap[íi]sal(?:a|\(a\))?|escreveu|[íi]rta|a scris|yazd[ıi]|şunu yazdı|έγραψε|"
    r"написал(?:а|\(а\)|и)?|пишет|писал(?:а)?|написав(?:\(ла\))?|пише|написа|napisao(?:\(la\))?|napisala|je napisao|"
    r"piše|je napisal(?:/-a)?|rakst[īi]ja|para[šs][ėe]|kirjutas|"
    r"写道|寫道|寫了|写了|写到|のメール|は書きました|wrote\s*:|님이 작성|이\(가\) 작성|작성|에 쓴 글|님이 씀|님이 쓴 글|"
    r"đã viết|menulis|كتب|كتبت|כתב(?:/ה)?|כתבה|เขียนว่า|تكتب|"
    r"إليه"
)
START: Final = (
    r"on|am|um|le|el|il|op|den|d\.|em|a|o|w dniu|dnia|dne|d[ňn]a|pe|în data de|na|u|ons|tor|fre|m[åa]n|tir|l[øo]r|"
    r"s[øo]n|in data|il giorno|vào|pada|στις|в|у|во|kl|ke|pe|ma|ti|to|la|su|"
    r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|pon|wt|[śs]r|czw|pt|pi[ąa]tek|пн|вт|ср|чт|пт|сб|вс|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|at|from|dana|lørdag|søndag|mandag|tirsdag|onsdag|"
    r"torsdag|fredag|"
    r"på|às|no dia|на|у|в|בתאריך|ב|في|بتاريخ|เมื่อ|"
    r"quoting|zitat von|citando a?|citat fr[åa]n|quoth|in (?:a )?message|in article|begin|hi"
)
ADDRESS: Final = r"[<\[(]?[^\s<>\[\]()@\"']{1,100}@[\w.-]{2,150}[>\])]?"

# One or more joined lines that introduce a quotation.
NOT_THEMSELVES: Final = r"(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bthey )(?<!\bhe )(?<!\bshe )(?<!\bi've )"
NAME_AFTER: Final = r"(?!\s(?:ich|wir|sie|ik|wij|jag|jeg|vi|io|eu|yo|je|to|in|that|about|down)\b)"
ATTRIBUTION: Final = re.compile(
    rf"^[ \t>*_\-—–]{{0,8}}(?:{START})\b.{{0,360}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS})[ \t]*[:\uFF1A]?[ \t*_\-]{{0,8}}$"
    rf"|^[ \t>*_\-—–]{{0,8}}(?:{START})\b.{{0,200}}?\d.{{0,160}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS})(?!\w){NAME_AFTER}.{{0,160}}?(?:[:"
    rf":]|{ADDRESS})[ \t*_\-]{{0,8}}$"
    rf"|^[ \t*_\-]{{0,8}}\S.{{0,300}}?(?:{ADDRESS}|"
    rf"\d{{1,4}}).{{0,120}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS})(?!\w)[ \t]*[:\uFF1A][ \t*_\-]{{0,8}}$"
    rf"|^[ \t*_\-]{{0,8}}\d.{{4,200}}?(?<!\w)(?:{VERBS})(?!\w){NAME_AFTER}.{{0,120}}?[:\uFF1A][ \t*_\-]{{0,8}}$"
    rf"|^[ \t]{{0,4}}(?:(?:{START})\b[^\n]{{0,40}}|)\d{{1,4}}[-/. 年].{{4,200}}?{ADDRESS}[ \t]*[)>]?[ \t]*[:\uFF1A][ \t]*$"
    rf"|^[ \t]{{0,4}}(?:在|于|於)?.{{0,160}}?\d.{{0,200}}?(?:写道|寫道|寫了|写了)[ \t]*[:\uFF1A]?[ \t]*$"
    rf"|^[ \t]{{0,4}}.{{0,40}}\d{{1,2}}.{{0,200}}?(?:のメール|は書きました|"
    rf"さんが書きました|からのメッセージ|님이 작성|작성했습니다|작성)[ \t]*[:\uFF1A]?[ \t]*$"
    rf"|^[ \t]{{0,4}}(?:quoting|zitat von|citando|quoth)\b.{{1,200}}[:\uFF1A][ \t]*$",
    re.IGNORECASE | re.DOTALL,
)
HINT: Final = re.compile(
    rf"^\* \w|(?<!\w)(?:{VERBS})(?!\w)|(?:写道|寫道|寫了|写了|メール|書きました|メッセージ|작성)|[:\uFF1A>)*_\- ]{{1,8}}$",
    re.IGNORECASE,
)
# Where a wrapped attribution may begin, so that lines are joined only there.
ATTRIBUTION_START: Final = re.compile(
    rf"^[ \t*_\-—–]{{0,8}}(?:(?:{START})\b.{{0,80}}\d|\d{{1,4}}[-/.年 ]|(?:在|于|於).{{0,40}}\d|.{{1,120}}{ADDRESS})",
    re.IGNORECASE,
)
DATED_START: Final = re.compile(
    rf"^[ \t]{{0,8}}(?:{START})[ \t,]+(?:[^\W\d_]{{1,12}}[.,]{{0,2}}[ \t]){{0,3}}\d", re.IGNORECASE
)
DATED_OR_ADDRESSED: Final = re.compile(r"@|\b(?:19|20)\d\d\b|\d{1,2}[:.]\d{2}|[年月日]")
SHORT_ATTRIBUTION: Final = re.compile(
    rf"^[ \t]{{0,4}}[^\s>].{{0,100}}?(?<!\w)(?:{VERBS}|quoted|mentioned|asked|stated|noted|typed)(?!\w)[ \t]*[:\uFF1A]?[ \t]*$",
    re.IGNORECASE,
)
# Whatever the verb, right above a marked quotation: an address, or a day with its time, and a colon.
STARRED_NAME: Final = re.compile(r"^\* [^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*){1,3}(?: <\S{3,200}>)?[ \t]*$")
HEAD_OF_MARKED: Final = re.compile(
    r"^(?=[^\n]{0,240}(?:[^\s<>@]@[\w-]{1,60}\.\w|(?:19|20)\d\d[^\n]{1,40}\d{1,2}[:.]\d{2}|\d{1,2}[:.]\d{2}[^\n]{1,40}(?:19|20)\d\d))"
    r"[^\n]{8,240}[:\uFF1A][ \t]*$",
)

FROM: Final = (
    r"from|von|de|de la|da|van|fr[åa]n|fra|od|от|від|l[äa]hett[äa]j[äa]|felad[óo]|exp[ée]diteur|remitente|mittente|"
    r"t[ừu]|saatja|nuo|отправитель|"
    r"afzender|avs[äa]ndare|kimden|g[öo]nderen|από|寄件者|寄件人|发件人|差出人|送信者|보낸 ?사람|发送人|s[ae]nder|absender|dari|من|מאת|จาก|"
    r"ze strony|o[dt]esílatel|nadawca|di"
)
SENT: Final = (
    r"sent|date|gesendet|datum|envoy[ée](?: le| [àa])?|date d'envoi|enviado(?: el| em)?|enviada(?: em)?|fecha|data|"
    r"inviato|verzonden|skickat|sendt|dato|wys[łl]ano|odesl[áa]no|дата|отправлено|надіслано|l[äa]hetetty|"
    r"p[äa]iv[äa]ys|k[üu]ldve|d[áa]tum|trimis|g[öo]nderme tarihi|g[öo]nderilen|tarih|στάλθηκε|ημερομηνία|已傳送|傳送日期|"
    r"odoslan[ée]|elk[üu]ldve|g[öo]nderildi|đã gửi|ngày|تم الإرسال|التاريخ|saadetud|kuup[äa]ev|nos[ūu]t[īi]ts|i[šs]si[ųu]sta|日付|"
    r"p[äa]iv[äa]m[äa][äa]r[äa]|"
    r"寄件日期|发送时间|日期|時間|时间|送信日時|日時|보낸 ?날짜|날짜|تاريخ|נשלח|תאריך|ส่ง|poslano|poslané|dikirim|tanggal"
)
TO: Final = (
    r"to|an|[àa]|para|a|aan|till|til|do|komu|кому|vastaanottaja|c[íi]mzett|către|kime|đến|saaja|kam|za|получатель|al[ıi]c[ıi]|"
    r"προς|收件者|收件人|宛先|"
    r"받는 ?사람|إلى|אל|ถึง|kam|nhận|kepada|destinataire|destinatario|empf[äa]nger|prima|adresat|för"
)
SUBJECT: Final = (
    r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|[äa]mne|emne|temat|p[řr]edm[ěe]t|predmet|тема|aihe|"
    r"t[áa]rgy|subiect|konu|θέμα|主旨|主题|主題|件名|제목|الموضوع|נושא|เรื่อง|subjek|perihal|sujet|chủ đề|teema|t[ēe]ma|tiedot|nimi"
)
CC: Final = (
    r"cc|kopie|copie|cópia|kopia|копия|másolat|副本|抄送|참조|reply-to|antwort an|importance|attachments?|anlagen?|"
    r"priorit[äéà]\w*|bcc"
)


def _label(words: str) -> str:
    return rf"^[ \t>|]{{0,6}}[*_]{{0,2}}(?:{words})[ \t]?[*_]{{0,2}}[ \t]?[:\uFF1A][*_]{{0,2}}(?:[ \t]|$|(?=\S))"


FROM_LINE: Final = re.compile(_label(FROM), re.IGNORECASE)
HEADER_LINE: Final = {
    "from": FROM_LINE,
    "sent": re.compile(_label(SENT), re.IGNORECASE),
    "to": re.compile(_label(TO), re.IGNORECASE),
    "subject": re.compile(_label(SUBJECT), re.IGNORECASE),
    "cc": re.compile(_label(CC), re.IGNORECASE),
}

ORIGINAL: Final = (
    r"(?:original(?:[- ]?(?:message|nachricht|mail|e-?mail|meddelelse|melding|meddelande|bericht|mensaje))?|"
    r"message (?:d['’]origine|original|initial|transf[ée]r[ée])|mail original|mensaje original|mensagem original|"
    r"messaggio originale|urspr[üu]ngliche (?:nachricht|mail|e-?mail)|originalnachricht|original ?meddelande|"
    r"ursprungligt meddelande|originele? bericht|origineel bericht|oorspronkelijk bericht|oprindelig (?:meddelelse|besked)|"
    r"opprinnelig melding|alkuper[äa]inen viesti|wiadomo[śs][ćc] oryginalna|p[ůu]vodn[íi] (?:zpr[áa]va|e-?mail)|"
    r"p[ôo]vodn[áa] spr[áa]va|eredeti [üu]zenet|mesaj original|orijinal (?:mesaj|ileti)|исходное сообщение|"
    r"пересылаемое сообщение|переслане|пересланное сообщение|вихідне повідомлення|оригинално писмо|"
    r"原始邮件(?:信息)?|原始郵件|原邮件|邮件原件|郵件原件|元のメッセージ|원본 ?(?:메시지|메일)|"
    r"forwarded (?:message|by)|weitergeleitete nachricht|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|"
    r"doorgestuurd bericht|vidarebefordrat|videresendt|przekazana wiadomo|転送(?:メッセージ)?|转发|轉寄|"
    r"reply (?:message|above|to message)|replied message|回复的?(?:原)?邮件|on .{4,160} wrote|in reply to|"
    r"reply above this line|please reply above|antwort)"
)
SEPARATOR: Final = re.compile(
    rf"^[ \t>]{{0,6}}[-_=*~‐‑–—]{{2,}}(?:[ \t]|&nbsp;)*{ORIGINAL}[^\n]{{0,60}}?(?:[ \t]|&nbsp;)*[-_=*~‐‑–—]{{2,}}[ \t]*:?(?:$|"
    rf"[^\W\d_]\w*:)"
    r"|^-{0,2}[ \t]?reply message[ \t]?-{3,}"
    rf"|^[ \t>]{{0,6}}[-_=*~‐‑–—]{{5,}}[ \t]*{ORIGINAL}[^\n]{{0,60}}?:?[ \t]*$"
    r"|^[ \t>]{0,6}(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|inicio del mensaje reenviado|"
    r"inizio messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev|videresendt besked|"
    r"in[íi]cio da mensagem (?:encaminhada|reencaminhada)|начало переадресованного сообщения|"
    r"転送されたメッセージ)[ \t]*:?[ \t]*$"
    r"|^[ \t]{0,4}(?:##- ?please type your reply above this line.{0,8}|[-=_]{2,} ?(?:please )?(?:reply|type|"
    r"write) (?:your reply )?above this line.{0,40})$",
    re.IGNORECASE,
)
REPLY_ABOVE: Final = re.compile(
    r"^[ \t]{0,4}(?:##-|[-=_]{2,})[^\n]{0,40}(?:above this line|reply above)[^\n]{0,40}$", re.IGNORECASE
)
# The day and the hour by themselves, where the writer stands on the next line.
DATE_ALONE: Final = re.compile(
    rf"^[ \t]{{0,4}}(?:{START})[ \t,]+[^\n@]{{0,40}}\d{{4}}[^\n@]{{0,8}} \d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?"
    r"(?: ?[AP]M)?(?: \S{1,8})?,?[ \t]*$",
    re.IGNORECASE,
)
GLUED_SEPARATOR: Final = re.compile(rf"(?<=[^\s>-])[ \t]?(?=-{{4,}}[ \t]?{ORIGINAL}[ \t]?-{{4,}})", re.IGNORECASE)
# Words between rules; that it separates is told by the labels below it.
ANY_SEPARATOR: Final = re.compile(r"^[-_=*]{2,}(?:[ \t]|&nbsp;)*[^\W\d_][^\n]{2,40}?(?:[ \t]|&nbsp;)*[-_=*]{2,}[ \t]*$")
ANY_ATTRIBUTION: Final = re.compile(
    r"^(?=.{12,260}$)(?=.*(?:\b(?:19|20)\d\d\b|\d{1,2}[:.]\d{2}))"
    r"(?=.*[<(\[][^\s<>()\[\]]{1,100}@[\w.-]{2,150}[>)\]])(?!.*[^\W\d]{4}[.!?] +(?-i:[A-Z]))"
    r"(?![^\W\d]\w{0,11}[ \t]?:).{0,260}[:\uFF1A][ \t]*$"
    rf"|^[^\s>].{{1,100}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS})(?:/?-?\w{{1,2}})? [^\d\n]{{0,24}}\d{{1,4}}[-./ ].{{0,60}}[:\uFF1A][ \t]*$"
    r"|^[^\s>].{1,60} 이\(가\) \d{4}.{2,30}에 쓴 글[ \t]*[:\uFF1A][ \t]*$",
    re.IGNORECASE,
)
# A day with its year, or with its hour, as mail programs begin a head with it.
WHOLE_DAY: Final = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[./-]\d{1,2}[./-]\d{1,2}\b|\d[年년]|"
    r"\b(?:19|20)\d\d\b.*\d|\d.*\b(?:19|20)\d\d\b|\d.*[ \t]\d{1,2}[:.]\d{2}(?: ?[ap]\.? ?m\.?)?\W*$",
    re.IGNORECASE,
)
# What a head alone has: an address or an id in brackets, or the colon that ends it.
HEADS_ON: Final = re.compile(r"<[^\s<>]{1,200}@[^\s<>]{1,200}>|[:\uFF1A]\s*$")
SENTENCE_STOP: Final = re.compile(r"[!?]\s*$|[^\W\d_]{3}\.\s*$")
GOES_ON_WITH_TIME: Final = re.compile(
    r"\d(?!\d{3}[年./-])|(?:at|um|[àa]|om|kl|alle|a las?|o godz|г|в)\b", re.IGNORECASE
)
# A verb of writing, then a whole date with its time, and a colon: a head, though nothing sets it apart.
TIMED_VERB: Final = re.compile(
    rf"(?<!\w)(?:{VERBS})[ \t][^\d\n]{{0,24}}\d{{1,4}}[-./ ][^\n]{{0,40}}\d{{1,2}}[:.]\d{{2}}[^\n]{{0,8}}[:\uFF1A][ \t]*$",
    re.IGNORECASE,
)
# A head without its end, where a block of headers follows.
UNFINISHED: Final = re.compile(
    rf"^[ \t]{{0,4}}(?:{START})[ \t,]+[^\n]{{0,60}}\d[^\n]{{0,100}}(?<!\w)(?:{VERBS})(?!\w)", re.IGNORECASE
)
LABELLED: Final = re.compile(r"^[ \t>|*_]{0,6}[^\W\d_][^\n:\d@.]{0,24}[:\uFF1A][*_]{0,2}[ \t]?\S")
WROTE_BETWEEN_RULES: Final = re.compile(
    rf"^(?=[^\n]*--[ \t]*$)[ \t]{{0,4}}-{{2,12}}[ \t]?(?:{START})?.{{0,120}}?(?<!\w)(?:{VERBS})(?!\w)[ \t]?-{{2,12}}[ \t]*$",
    re.IGNORECASE,
)
# A client without a line break: the attribution stands behind the last words of the answer.
SHARED_LINE: Final = re.compile(
    r"^(?P<own>[^@>\n]{1,300}?\S)[ \t]*(?:-{2,4}[ \t]*|[ \t]+|(?<=[a-z.!?]))(?=(?:On|Am|Le|El|Il|Op|Den|Em|W dniu|Dne) "
    r"(?:[^\W\d_]{2,12}[.,]{0,2} ){0,3}\d)"
)
DATED_ADDRESS: Final = re.compile(rf"^[ \t]{{0,4}}\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}[ \t].{{2,120}}{ADDRESS}[ \t]*$")
SENT_VERB: Final = re.compile(
    rf"^[ \t]{{0,4}}(?:{START})\b.{{0,80}}?\d.{{0,200}}?(?<!\w)sent[ \t]*:[ \t]*$", re.IGNORECASE
)
FORWARDED_LINE: Final = re.compile(
    r"^[ \t]{0,4}(?:forwarded message|weitergeleitete nachricht|message transf[ée]r[ée]|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht)[ \t]*:?[ \t]*$",
    re.IGNORECASE,
)
RULE_LINE: Final = re.compile(r"^[ \t]{0,4}(?:_{8,}|-{10,}|={10,}|\*{10,}|[─━]{5,})[ \t]*$")
QUOTE_LINE: Final = re.compile(
    r"^[ \t]{0,8}(?:>(?![^\n]{0,300}<<<[ \t]*$)|&gt;|\.{2,3}[ \t]?>)"
    r"|^[ \t]{0,3}\|(?:[ \t](?![^\n]*\|)|$)|^[ \t]{0,8}(?:[A-Z]{1,3}>|[A-Z][\w.]{1,14}>(?=[ \t]|$))|^--\]"
)

# The head and the first quoted words on one line.
QUOTED_BEHIND: Final = re.compile(
    rf"^[ \t]{{0,4}}(?:{START})\b.{{0,120}}?\d.{{0,120}}?<[^\s<>@]{{1,100}}@[\w.-]{{2,150}}>[ \t]?(?:{VERBS})[:\uFF1A][ \t]+\S",
    re.IGNORECASE,
)
# The same with no address, where the day and the hour stand.
DATED_BEHIND: Final = re.compile(
    rf"^[ \t]{{0,4}}(?:{START})[ \t](?=[^\n]{{0,60}}\b(?:19|20)\d\d\b)(?=[^\n]{{0,80}}\d{{1,2}}[:.]\d{{2}})"
    rf"[^\n:]{{0,60}}:?[^\n:]{{0,120}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS})[ \t]?[:\uFF1A][ \t]+\S",
    re.IGNORECASE,
)
# Nobody writes that to somebody: an address and a verb of writing, or a message that was written on a day.
NAMED_WRITER: Final = re.compile(
    rf"^(?:[^.!?\n<>]{{1,80}}<[^\s<>@]{{1,100}}@[\w.-]{{2,150}}>|[^\s<>@]{{1,100}}@[\w.-]{{2,150}})[ \t](?:{VERBS})[ \t]?[:\uFF1A]$"
    rf"|^[^.!?\n<>]{{1,80}}<[^\s<>@]{{1,100}}@[\w.-]{{2,150}}>,?[ \t](?:{VERBS})[ \t][^\n]{{0,24}}\d[^\n]{{0,40}}\d[:.]\d\d"
    r"[^\n]{0,12}[:\uFF1A]$"
    r"|^(?:quoting|zitat von|citando(?: a)?|citat fr[åa]n|citation de|citerar) .{1,120}[:\uFF1A]$"
    r"|^(?:wiadomość napisana przez|missatge de|zpráva od|messaggio (?:scritto )?da|mensaje de|mensagem de|message de|"
    r"nachricht von|bericht van|meddelande från|besked fra) .{2,160}(?:@|\d{1,2}[:.]\d{2}).{0,100}\d.{0,60}[:\uFF1A]$",
    re.IGNORECASE,
)
ADDRESS_FIRST: Final = re.compile(
    r"[^.!?:,]?<?[^\s<>@]{1,100}@[\w.-]{2,150}>"
)  # where a client broke before an address
ANY_VERB: Final = re.compile(rf"(?<!\w)(?:{VERBS})(?!\w{{3}})|이\(가\)", re.IGNORECASE)
# Without a verb: the day comes first, and the address last, with one word behind it at most.
DAY_FIRST: Final = re.compile(
    r"^(?:[^\s\d]{1,14}[ \t]){0,2}[^\s\d]{0,8}\d.*<[^\s<>]{3,240}>[^\w\n]{0,3}\w{0,20}[^\w\n]{0,3}$"
)
VERB_LAST: Final = re.compile(rf"(?<!\w)(?:{VERBS})[ \t]?[:\uFF1A]$", re.IGNORECASE)
# Somebody tells who wrote: a mail program knows no "your colleague".
TOLD_BY_SOMEBODY: Final = re.compile(
    r"\b(?:ich|wir|ik|wij|jag|jeg|я|мы|your|our|my|his|their|you|we|they|he|she|mir|mich|uns|ihnen|ihre?[rnms]?|unsere?[rnms]?|"
    r"meine?[rnms]?|"
    r"deine?[rnms]?|votre|vos|notre|nous|vous|mes|nuestr[oa]s?|vuestr[oa]s?|vostr[oaie]|nostr[oaie]|"
    r"onze|mijn|jullie|vår|vores|vårt|nosso|nossa|wasz|nasz|ваш[аеи]?|наш[аеи]?|нам|мне)\b(?![\w.-]*@)",
    re.IGNORECASE,
)
BLOCK_ON_ONE_LINE: Final = re.compile(
    rf"^[ \t]{{0,4}}[*_]{{0,2}}(?:{FROM})[ \t]?[:\uFF1A].{{1,160}}@.{{1,160}}?\b(?:{SENT})[ \t]?[:\uFF1A].{{0,40}}\d{{4}}",
    re.IGNORECASE,
)
# The label of a client that sends, where "date" may be anybody's.
SENT_FIELD: Final = re.compile(
    r"^[ \t>]{0,6}[*_]{0,2}(?:sent|gesendet|envoy|enviad|inviat|verzonden|skickat|sendt|wys|odesl|отправ|надісл|l[äa]het|elk|"
    r"trimis|g[öo]nder|στάλθ|已傳送|发送|傳送|送信|보낸)",
    re.IGNORECASE | re.MULTILINE,
)
WIRE_DATE: Final = re.compile(r"\w{3}, \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
NOTES_WRITER: Final = re.compile(
    r"^[^\n<>:]{1,80}<[^\s<>@]{1,100}@[\w.-]{2,150}>(?: (?:on|am|le) \d[^\n]{4,30})?[ \t]*$"
)
NOTES_DATE: Final = re.compile(r"(?:^|> (?:on|am|le) )\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}[:.]\d{2}")
NOTES_FIELDS: Final = tuple(re.compile(rf"^[ \t]*(?:{label})[ \t]*(?::|$)", re.IGNORECASE) for label in (TO, SUBJECT))
# The fields of a webmail's table, whose cells lost their colons.
BARE_FROM: Final = re.compile(
    rf"^[ \t]*(?:{FROM})[ \t]{{1,4}}[^:\uFF1A\n@]{{1,200}}@[\w.-]{{2,150}}>?[ \t]*$", re.IGNORECASE
)
BARE_FIELDS: Final = (
    re.compile(rf"^[ \t]*(?:{TO})[ \t]{{1,4}}[^:\n]*@[\w.-]", re.IGNORECASE),
    re.compile(rf"^[ \t]*(?:{SENT})[ \t]{{1,4}}[^\n]{{0,40}}\d{{4}}[^\n]{{0,10}}\d{{1,2}}[:.]\d{{2}}", re.IGNORECASE),
    re.compile(rf"^[ \t]*(?:{SUBJECT})[ \t]{{1,4}}\S", re.IGNORECASE),
)
# Who, by name and address in brackets: with the label of a client that sends on the next line, that is enough.
SENT_AFTER: Final = re.compile(
    rf"^[ \t>]{{0,6}}[*_]{{0,2}}(?:{FROM})[ \t]?[:\uFF1A][*_]{{0,2}} ?\S[^\n]{{0,100}}<[^\s<>@]{{1,100}}@[\w.-]{{2,150}}>[ \t]*$",
    re.IGNORECASE,
)
