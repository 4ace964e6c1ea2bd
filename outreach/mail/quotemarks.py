"""How mail clients mark the letter that somebody answers: attributions, header blocks and signatures by language.

Lists of words and shapes only; ``replytext`` says how they are used.
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
    r"写道|寫道|寫了|写了|写到|のメール|は書きました|wrote\s*:|님이 작성|이\(가\) 작성|작성|"
    r"đã viết|menulis|كتب|كتبت|כתב(?:/ה)?|כתבה|เขียนว่า|تكتب|"
    r"إليه"
)
START: Final = (
    r"on|am|um|le|el|il|op|den|d\.|em|a|o|w dniu|dnia|dne|d[ňn]a|pe|în data de|na|u|ons|tor|fre|m[åa]n|tir|l[øo]r|"
    r"s[øo]n|in data|il giorno|vào|pada|στις|в|у|во|kl|ke|pe|ma|ti|to|la|su|"
    r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|pon|wt|[śs]r|czw|pt|pi[ąa]tek|пн|вт|ср|чт|пт|сб|вс|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|at|from|dana|lørdag|søndag|mandag|tirsdag|onsdag|"
    r"torsdag|fredag|"
    r"quoting|zitat von|citando a?|citat fr[åa]n|quoth|in (?:a )?message|in article|begin|hi"
)
ADDRESS: Final = r"[<\[(]?[^\s<>\[\]()@\"']{1,100}@[\w.-]{2,150}[>\])]?"
DIGITS: Final = r"\d{1,4}[./:\-年月日. ]|\b\d{1,2}\b"

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
    rf"(?<!\w)(?:{VERBS})(?!\w)|(?:写道|寫道|寫了|写了|メール|書きました|メッセージ|작성)|[:\uFF1A>)*_\- ]{{1,8}}$",
    re.IGNORECASE,
)
# Where a wrapped attribution may begin, so that lines are joined only there.
ATTRIBUTION_START: Final = re.compile(
    rf"^[ \t*_\-—–]{{0,8}}(?:(?:{START})\b.{{0,80}}\d|\d{{1,4}}[-/.年 ]|(?:在|于|於).{{0,40}}\d|.{{1,120}}{ADDRESS})",
    re.IGNORECASE,
)
SHORT_ATTRIBUTION: Final = re.compile(
    rf"^[ \t]{{0,4}}[^\s>].{{0,100}}?(?<!\w)(?:{VERBS})(?!\w)[ \t]*[:\uFF1A]?[ \t]*$", re.IGNORECASE
)

FROM: Final = (
    r"from|von|de|de la|da|van|fr[åa]n|fra|od|от|від|l[äa]hett[äa]j[äa]|felad[óo]|exp[ée]diteur|remitente|mittente|"
    r"afzender|avs[äa]ndare|kimden|g[öo]nderen|από|寄件者|寄件人|发件人|差出人|送信者|보낸 ?사람|发送人|s[ae]nder|absender|dari|من|מאת|จาก|"
    r"ze strony|o[dt]esílatel|nadawca|di"
)
SENT: Final = (
    r"sent|date|gesendet|datum|envoy[ée](?: le| [àa])?|date d'envoi|enviado(?: el| em)?|enviada(?: em)?|fecha|data|"
    r"inviato|verzonden|skickat|sendt|dato|wys[łl]ano|odesl[áa]no|дата|отправлено|надіслано|l[äa]hetetty|"
    r"p[äa]iv[äa]ys|k[üu]ldve|d[áa]tum|trimis|g[öo]nderme tarihi|g[öo]nderilen|tarih|στάλθηκε|ημερομηνία|已傳送|傳送日期|"
    r"寄件日期|发送时间|日期|時間|时间|送信日時|日時|보낸 ?날짜|날짜|تاريخ|נשלח|תאריך|ส่ง|poslano|poslané|dikirim|tanggal"
)
TO: Final = (
    r"to|an|[àa]|para|a|aan|till|til|do|komu|кому|vastaanottaja|c[íi]mzett|către|kime|đến|saaja|kam|za|получатель|al[ıi]c[ıi]|προς|收件者|收件人|宛先|"
    r"받는 ?사람|إلى|אל|ถึง|kepada|destinataire|destinatario|empf[äa]nger|prima|adresat|för"
)
SUBJECT: Final = (
    r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|[äa]mne|emne|temat|p[řr]edm[ěe]t|predmet|тема|aihe|"
    r"t[áa]rgy|subiect|konu|θέμα|主旨|主题|主題|件名|제목|الموضوع|נושא|เรื่อง|subjek|perihal|sujet|tiedot|nimi"
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

SEPARATOR: Final = re.compile(
    r"^[ \t>]{0,6}(?:[-_=*~‐‑–—]{2,}[ \t]*)(?:original(?:[- ]?(?:message|nachricht|mail|e-?mail|meddelelse|melding|"
    r"meddelande|bericht|mensaje))?|message (?:d['’]origine|original|initial|transf[ée]r[ée]|ursprung)|"
    r"mensaje original|mensagem original|messaggio originale|"
    r"urspr[üu]ngliche (?:nachricht|mail|e-?mail)|originalnachricht|original ?meddelande|ursprungligt meddelande|"
    r"urspr[uü]ngligt meddelande|originele? bericht|origineel bericht|oprindelig (?:meddelelse|besked)|"
    r"opprinnelig melding|oorspronkelijk bericht|"
    r"alkuper[äa]inen viesti|"
    r"wiadomo[śs][ćc] oryginalna|p[ůu]vodn[íi] (?:zpr[áa]va|e-?mail)|p[ôo]vodn[áa] spr[áa]va|eredeti [üu]zenet|"
    r"mesaj original|исходное сообщение|пересылаемое сообщение|переслане|пересланное сообщение|(?:конец )?original|"
    r"orijinal (?:mesaj|ileti)|原始邮件|原始郵件|原邮件|原始邮件信息|元のメッセージ|original ?message|원본 ?(?:메시지|메일)|반송|"
    r"forwarded (?:message|by)|weitergeleitete nachricht|message transf[ée]r[ée]|mensaje reenviado|"
    r"messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|vidarebefordrat|videresendt|przekazana wiadomo|"
    r"転送(?:メッセージ)?|转发|轉寄|"
    r"reply (?:message|above|to message)|replied message|回复的?(?:原)?邮件|on .{4,160} wrote|in reply to|"
    r"reply above this line|please reply above|antwort)[^\n]{0,60}?[ \t]*(?:[-_=*~‐‑–—]{2,})?[ \t]*:?$"
    r"|^[ \t>]{0,6}(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|inicio del mensaje reenviado|"
    r"inizio messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev|videresendt besked|"
    r"in[íi]cio da mensagem (?:encaminhada|reencaminhada)|начало переадресованного сообщения|"
    r"転送されたメッセージ)[ \t]*:?[ \t]*$"
    r"|^[ \t]{0,4}(?:##- please type your reply above this line|[-=_]{2,} ?(?:please )?(?:reply|type|"
    r"write) (?:your reply )?above this line.{0,40})$",
    re.IGNORECASE,
)
ANY_ATTRIBUTION: Final = re.compile(
    r"^(?=.{12,260}$)(?=.*(?:\b(?:19|20)\d\d\b|\d{1,2}[:.]\d{2}))"
    r"(?=.*[<(\[][^\s<>()\[\]]{1,100}@[\w.-]{2,150}[>)\]])(?!.*[^\W\d]{4}[.!?] +(?-i:[A-Z]))"
    r"(?!\w{1,12}[ \t]?:).{0,260}[:\uFF1A][ \t]*$"
    rf"|^[^\s>].{{1,60}}?(?<!\w){NOT_THEMSELVES}(?:{VERBS}) (?:am|on|le|el|il|op|den|em|dnia|dne) .{{0,40}}\d.{{0,60}}"
    r"[:\uFF1A][ \t]*$",
    re.IGNORECASE,
)
LABELLED: Final = re.compile(r"^[ \t>|*_]{0,6}[^\W\d_][^\n:\d@.]{0,24}[:\uFF1A][*_]{0,2}[ \t]?\S")
WROTE_BETWEEN_RULES: Final = re.compile(
    rf"^[ \t]{{0,4}}-{{2,12}}[ \t]?(?:{START})?.{{0,120}}?(?<!\w)(?:{VERBS})(?!\w)[ \t]?-{{2,12}}[ \t]*$", re.IGNORECASE
)
# A client without a line break: the attribution stands behind the last words of the answer.
SHARED_LINE: Final = re.compile(
    r"^(?P<own>[^@>\n]{1,300}?\S)[ \t]*(?:-{2,4}[ \t]*|[ \t]+)(?=(?:On|Am|Le|El|Il|Op|Den|Em|W dniu|Dne) "
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
QUOTE_LINE: Final = re.compile(r"^[ \t]{0,3}(?:>|&gt;|\|[ \t]|[A-Z]{1,3}>)")

SIGNATURE_LINE: Final = re.compile(r"^[ \t]{0,2}(?:--|––|—|--=20|- -|_{2,7})[ \t\u00a0]*$")
SENT_FROM: Final = re.compile(
    r"^[ \t*_<\[]{0,4}(?:(?:sent|send) (?:from|via|with|using|by) (?:my |the |a |an )?(?:\w+ )?(?:iphone|ipad|ipod|"
    r"ios|android|blackberry|samsung|galaxy|mobile|phone|smartphone|tablet|huawei|xiaomi|nokia|htc|windows|mail|"
    r"outlook|yahoo|proton|gmail|spark|superhuman|mailbird|hubspot|front|verizon|at&t|t-mobile|wireless|pixel|"
    r"oneplus|motorola|lg|sony|handheld|my|mac|aol|workspace|tutanota|canary|airmail|newton|edison|k-9|fairemail|"
    r"zoho|boxer|nine)"
    r"|get outlook for|outlook f[üu]r (?:ios|android|mac) (?:beziehen|herunter)|t[ée]l[ée]charger outlook|"
    r"obtenir outlook|obtener outlook|obtenga outlook|scarica outlook|ottieni outlook|outlook (?:voor|f[öo]r|til|"
    r"para) (?:ios|android)|h[äa]mta outlook|hent outlook|download outlook|baixe o outlook|obtenha o outlook|"
    r"pobierz outlook|"
    r"(?:von|vom|mit|[üu]ber) (?:meinem|meiner|mein|der|unserem)? ?.{0,30}(?:gesendet|gesandt|geschickt|verschickt|"
    r"versendet)|gesendet (?:von|mit|[üu]ber|via|aus|vom)|diese nachricht wurde von .{0,60} gesendet|"
    r"envoy[ée]e? (?:de|depuis|avec|via|[àa] partir) |enviado (?:desde|de|do|a partir|con|com|via|por) |"
    r"inviato (?:da|dal|dallo|con|tramite) |verstuurd (?:vanaf|met|via) |verzonden (?:vanaf|met|via|met behulp) |"
    r"skickat fr[åa]n |skickades fr[åa]n |sendt (?:fra|via|med) |sendt min |"
    r"l[äa]hetetty |wys[łl]ane (?:z|przez) |wys[łl]ano z |odesl[áa]no z |odoslan[ée] z |отправлено (?:с|из|через|"
    r"от) |надіслано з |k[üu]ldve |elk[üu]ldve |trimis (?:de pe|din) |(?:iphone|ipad)['’]?(?:[iıu]mdan|"
    r"[iı]mden|den|dan) g[öo]nderildi|poslano (?:z|s) |изпратено от |"
    r"στάλθηκε από|εστάλη από|(?:iphone|ipad|android|携帯|"
    r"スマートフォン).{0,12}から送信|发自(?:我的|我|网易|手机|腾讯)|從我的 ?(?:iphone|ipad)|"
    r"从我的.{0,10}发送|나의 .{0,20}에서 보냄|.{0,20}에서 보냄|gửi từ|dikirim dari|נשלח מ|أُرسلت من|أرسلت من"
    r"|\[?https?://\S{1,80}\]?\s*sent (?:with|from))",
    re.IGNORECASE,
)
CLOSING: Final = re.compile(
    r"^[ \t]{0,2}(?:(?:with )?(?:many |kind(?:est)?|best|warm(?:est)?|very best|my best)? ?(?:regards|wishes|rgds)|"
    r"best|thanks?(?: you)?(?: and (?:kind |best )?regards| again| in advance| so much| very much)?|many thanks|"
    r"cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cordially|respectfully|"
    r"(?:mit )?(?:freundlichen?|besten?|herzlichen?|viele[nr]?|liebe[nr]?|sch[öo]ne[nr]?)(?: \w+)? (?:gr[üu](?:ß|"
    r"ss)en?|gr[üu]ß|gru(?:ß|ss))|(?:beste|viele|liebe|herzliche) gr[üu](?:ß|ss)e|gru(?:ß|ss)|mfg|lg|vg|"
    r"(?:bien |tr[èe]s )?cordialement|cdlt|bien [àa] vous|salutations(?: distingu[ée]es)?|sinc[èe]res salutations|"
    r"merci|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|atte|gracias|(?:cordiali|distinti) saluti|saluti|"
    r"grazie|cordialmente|"
    r"met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|mvg|groet(?:en|jes)?|(?:med )?(?:v[äa]nliga?|b[äa]sta|"
    r"venlig(?:e)?|vennlig(?:e)?|de bedste) h[iä]lsn?ing(?:ar|er)?|mvh|hilsen|h[äa]lsningar|"
    r"atenciosamente|abra[çc]os?|obrigad[oa]|cumprimentos|pozdrawiam|z powa[żz]aniem|s pozdravem|с уважением|спасибо|"
    r"yst[äa]v[äa]llisin terveisin|terveisin|[üu]dv[öo]zlettel|tisztelettel|cu stim[ăa]|"
    r"sayg[ıi]lar[ıi]mla)[ \t,.!:]*$",
    re.IGNORECASE,
)
DISCLAIMER: Final = re.compile(
    r"^[ \t*_]{0,4}(?:confidentiality (?:notice|note)|disclaimer|this (?:e-?mail|message|communication|"
    r"transmission)(?: \(?(?:and|including|or|together)[^.]{0,60})? (?:is|are|may|contains?|might|"
    r"was)[^.]{0,80}(?:confidential|privileged|intended|proprietary)|the (?:information|"
    r"content)s? (?:contained )?(?:in|of) this (?:e-?mail|message|communication)|"
    r"diese (?:e-?mail|nachricht)[^.]{0,60}(?:enth[äa]lt|ist)[^.]{0,40}vertraulich|ce (?:message|courriel|"
    r"mail)[^.]{0,80}(?:confidenti|destin|exclusiv)|este (?:mensaje|correo)[^.]{0,100}(?:confidencial|destinatario|"
    r"dirigid)|esta mensagem[^.]{0,100}(?:confidencia|destin)|(?:questo messaggio|questa e-?mail|"
    r"il presente messaggio|le informazioni)[^.]{0,100}(?:riservat|confidenzial|destinat)|"
    r"dit (?:bericht|e-?mail)[^.]{0,80}(?:vertrouwelijk|bestemd)|detta (?:e-?post|meddelande)|virus-?free|"
    r"this (?:e-?mail|message) (?:has been|was) (?:scanned|checked|sent)|(?:please )?(?:consider|think of|"
    r"think about) the environment|bitte (?:denken|pr[üu]fen) sie[^.]{0,40}(?:umwelt|drucken|ausdrucken)|"
    r"avant d'imprimer|antes de imprimir|caution: this (?:e-?mail|message)|настоящее сообщение|本邮件|この(?:電子)?メール(?:に|"
    r"は))",
    re.IGNORECASE,
)
CONTACT: Final = re.compile(
    r"(?:tel|phone|mobile|mob|fax|cell|direct|office|telefon|t[ée]l|m[óo]vil|cellulare|gsm|handy|m|t|p|f|e|w|d|"
    r"o)[ \t]*[.::|][ \t]*[+(\d]|\+\d{1,3}[ \t.\-(]?\d|\(\d{3}\)[ \t]?\d{3}-\d{4}|\b\d{3}[.-]\d{3}[.-]\d{4}\b|"
    r"www\.\S+\.|https?://|\S+@\S+\.\w{2,}|\b(?:gmbh|ag|inc|ltd|llc|s\.?a\.?r?\.?l|b\.v\.|kg|corp|co\.|plc|s\.p\.a|"
    r"s\.r\.l)\b|linkedin|\b\d{4,5} [A-ZÄÖÜ][a-zäöü]+",
    re.IGNORECASE,
)
