"""What signatures look like: delimiters, lines of phones and apps, closings, disclaimers and details of contact by language.

Lists of words and shapes only; ``signature`` and ``signedblock`` say how they are used.
"""

import re
from typing import Final

DELIMITER: Final = re.compile(r"^[ \t]{0,2}(?:-{2,3}|––|—|—-|--=20|- -|_{2,7})[ \t\u00a0]*$")
RULE: Final = re.compile(
    r"^[ \t]{0,4}(?:[-_=*~]{4,}|(?:[-_=*~] ){3,20}[-_=*~]?|[—–─━]{3,}|\*{0,2}(?:\. ?){5,40}\*{0,2})[ \t]*$"
)
DEVICE: Final = (
    r"(?:(?:iphon|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|motorola|oneplus|xperia|windows|outlook|"
    r"hotmail|yahoo|proton|gmail|superhuman|sparrow|mailbird|airmail|thunderbird|tutanota|hubspot|missive|mailspring|mailbox|"
    r"typeapp|bluemail|l['’]appli|"
    r"edison mail|canary|k-9|fairemail|verizon|t-mobile|vodafone|telekom|wireless|handheld|"
    r"mobil|m[óo]vil|celular|cellulare|t[ée]l[ée]phon|telefon|tel[ée]fon|puhelim|smart-?phon|smartfon|tablet|ger[äa]t|"
    r"(?-i:Mail|E-Mail|Email|Webmail|Posta|Correo|Courrier)\b|телефон|смартфон|мобил|почт|приложен|устройств|айфон|айпад|"
    r"ноутбук|aplikac|za[rř][ií]zen|urz[ąa]dzen|ure[đd]aj|laite|laitte|"
    r"携帯|スマートフォン|手机|网易|腾讯|κινητ)\w*|(?:ios|htc|oppo|pixel|sony|lg|web\.de|gmx|aol|gsm|spark|newton|front|zoho|tuta|at&t|"
    r"phone|handy|app|mac|qq)\b)"
)
NEAR: Final = rf"(?:[^.!?\n]|\.(?=\w)){{0,30}}\b{DEVICE}[^!?\n]{{0,60}}"
OPENING: Final = (
    r"(?:sen[td] (?:from|via|with|using)|sent by|(?:gesendet|verschickt) (?:von|mit|[üu]ber|via|aus|vom)|"
    r"envoy[ée]e? (?:d['’]|[àa] partir d['’]|(?:de|depuis|avec|via|[àa] partir de))|"
    r"enviado (?:desde|de|do|da|a partir d[eo]|con|com|via|por|pelo)|(?:inviat|mandat)[oa] (?:da|dal|dallo|con|tramite)|"
    r"(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via|van)|(?:skickat|skickades|sendt) (?:fr[åa]n|fra|med|via|min)|l[äa]hetetty|"
    r"(?:wys[łl]an[eo]|odesl[áa]no|odoslan[ée]|poslan[oé]) (?:z|ze|zo|s|sa|iz|przez)|"
    r"(?:отправлено|надіслано|послано|изпратено) (?:с|со|из|через|от|з|із)|(?:el)?k[üu]ldve|trimis (?:de pe|din)|"
    r"(?:στάλθηκε|εστάλη) από)"
)
# A line of a phone or an app, whole: an opening in some language and, not far behind, the name of such a thing.
SENT_FROM: Final = re.compile(
    r"^[ \t*_<\[(]{0,4}(?:-{2,12} ?)?(?:dictated[^.\n]{0,30}[.,] ?)?(?:"
    r"sen[td] (?:from|via|with|using|by) my [\w’'.-]{1,30}(?: [\w’'.-]{1,30}){0,3}"
    rf"|from my (?:\w{{1,15}} ){{0,2}}{DEVICE}(?: [\w.]{{1,10}}){{0,2}}|{OPENING} ?{NEAR}|sent from (?:mail|my)\b[^.!?\n]{{0,20}}"
    r"|(?:get|download|hol|t[ée]l[ée]charger|obt\w{1,8}|baixe|scarica|ottieni|skaffa|h[äa]mta|hent|last ned|pobierz|hanki|"
    r"lataa|nainštalova\w*|z[íi]skat|загрузить|скачать|下载|取得|outlook).{0,16}\boutlook\b"
    r".{1,16}\b(?:ios|android|mac)\w{0,3}(?: ?[<\[(h].{0,80})?"
    r"|outlook .{1,8} (?:ios|android|mac) (?:beziehen|abrufen|holen|herunterladen|downloaden|installieren|"
    r"hankkiminen|letöltése|を入手).{0,80}"
    # An app by its name alone.
    r"|(?-i:[Ss]ent (?:from|with|via|using) [A-Z][\w.-]{1,20}(?: [A-Z][\w.-]{1,20}){0,3})"
    r"|get \w{2,20}(?: \w{2,20})? for (?:ios|iphone|android|mac|windows)"
    rf"|(?:von|vom|mit|[üu]ber|diese (?:nachricht|e-?mail) wurde) {NEAR}(?:gesendet|gesandt|geschickt|verschickt|versendet)"
    rf"|via (?:my )?{DEVICE}|(?:az? )?{DEVICE}(?:[^!?\n]{{0,16}} (?:el)?k[üu]ldve|['’]?\w*(?: \w{{1,15}})? g[öo]nderildi)"
    r"|(?:iphone|ipad|android|携帯|スマートフォン|xperia|galaxy).{0,12}から送信(?:されました)?|(?:发自|發自)(?:我的|我|网易|手机|腾讯).{0,30}"
    r"|(?:從我的|从我的).{1,20}(?:傳送|发送|寄出)|.{0,20}에서 보냄|gửi từ .{1,40}|dikirim dari .{1,40}|נשלח מ.{1,30}"
    r"|(?:أُرسلت|أرسلت|تم الإرسال) من .{1,30}|ส่งจาก.{1,30}"
    r"|sen[td] (?:from|via|with|using|by) [\w-]{1,20}(?: [\w-]{1,20}){0,2} ?[(\[<] ?https?://\S{1,100} ?"
    r"|sent on the (?:go|move|run|road)|on the (?:go|move|run|road) ?[-–—,;.] ?(?:please )?(?:excuse|pardon|forgive|"
    r"apolog)[^\n]{0,80}"
    r"|provenance ?: .{1,40}|(?:sent|typed|written) (?:from|on|with|by|using) (?:(?:a|an|the|my|two|both) )?"
    r"(?:\w{1,15} ){0,3}(?:device|keyboard|screen|touchscreen|thumbs?)(?: on [^.!?\n]{1,30})?"
    r"|(?:kurz (?:und knapp )?)?(?:von )?unterwegs (?:gesendet|geschrieben|getippt)"
    r"|(?:android|ios|iphone)\w{0,2}용 ?outlook[^\n]{0,16}|(?:获取|取得)(?:适用于|適用於).{0,14}outlook.{0,40}"
    r"|(?:الحصول على|تنزيل) outlook.{0,40}|(?:αποκτήστε|κατεβάστε|скачайте|získejte|zdobądź) .{0,12}outlook.{0,40}"
    r"|(?:ios|android) için outlook.{0,40}"
    r"|(?:please )?(?:excuse|pardon|forgive) (?:my |any |the )?(?:brevity|terseness|typos?|spelling)"
    r"(?:[ ,] ?(?:sent|typed|written|dictated|as|from|this|i['’]m)\b[^.!?\n]{0,60})?"
    r"|yahoo mail: search, organi[sz]e, conquer|\[?https?://\S{1,80}\]?\s*sent (?:with|from).{0,40}"
    r")(?:[.,;]? (?:please |kindly )?(?:excuse|pardon|forgive|sorry|apolog)[^\n]{0,100})?[>\])*_ .!]{0,4}$"
    r"|^<<?sent by \w+>>?$",
    re.IGNORECASE,
)
CLOSING: Final = re.compile(
    r"^[ \t]{0,2}(?:(?:with )?(?:many |kind(?:est)?|best|warm(?:est)?|very best|my best)?,? ?(?:wishes|rgds)|"
    r"best|(?:thanks?(?: you)?|thx)(?: ?(?:and|&|n|/|,) ?(?:kind |best |warm )?(?:regards|rgds)| again| in advance| so much|"
    r" very much| a lot| a million)?|many thanks|br|b\.?r\.?|k\.?r\.?|take care|talk soon|all the best|speak soon|yours|love|"
    r"cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cordially|respectfully|"
    r"mfg|lg|vg|i\. ?[av]\.|ppa\.?|bis bald|(?:(?:vielen|besten|herzlichen|lieben) )?"
    r"danke?(?: (?:im|in) [^\W\d_]+)?|"
    r"(?:bien |tr[èe]s )?cordialement|cdlt|bien [àa] vous|salutations distingu[ée]es|merci(?: d[’']avance)?|"
    r"(?:belle|bonne) journ[ée]e|[àa] bient[ôo]t|"
    r"(?:un )?(?:cordial )?saludos? cordiales|atentamente|atte|(?:muchas )?gracias|"
    r"grazie(?: mille)?|cordialmente|a presto|"
    r"mvg|grt(?:jes|z|n|en)?|gr|(?:alvast |hartelijk )?(?:be)?dankt|mvh|tac?k|takk|"
    r"atenciosamente|att|obrigad[oa]|"
    r"спасибо|дякую|поздрави|с поздрави|cu stim[ăa]|cu respect|salut[ăa]ri|[üu]dv|kh|bh|terv|t\.|kiitos|kiitoksin|"
    r"dzi[ęe]kuj[ęe]|d[ěe]kuji|[ďd]akujem|k[öo]sz[öo]n[öo]m|mul[țt]umesc|te[şs]ekk[üu]rler|hvala(?: lijepa)?|με εκτίμηση|"
    r"בברכה|تحياتي|مع (?:أطيب )?(?:التحيات|تحياتي)|감사합니다|敬具|此致|祝好|谢谢|謝謝|"
    r"顺祝商祺|顺颂商祺|商祺|祝(?:您)?(?:工作)?(?:顺利|愉快)|敬上|"
    r"(?:以上、?|何卒|どうぞ)*(?:よろしく|宜しく)お願い\w*|ありがとうございま(?:す|した)|"
    # What a closing wishes, in any words.
    r"(?:[^\W\d_]+,? ){0,4}(?:regards|gr[üu](?:ß|ss)e?|saludo|salut[oi]\b|salutation|groet|hilse?n|h[äa]lsning|sauda[çc][õo]es|"
    r"cumprimento|abra[çc]o|pozdrav|pozdraw|szacunk|powa[żz]ani|terveis|[üu]dv[öo]z|tisztelet|sayg[ıi]|уважени|поваг)\w*)"
    r"(?: (?:aus|from|de|depuis|da|uit|fr[åa]n|z) [^\W\d]\w{1,20}(?:[ -]\w{1,20})?)?[ \t,.!:،，！。]*$",
    re.IGNORECASE,
)
DISCLAIMER: Final = re.compile(
    r"^(?:confidentiality (?:notice|note)|disclaimer|aviso (?:legal|de confidencialidad)|(?:legal|important|"
    r"privacy) notice|"
    r"avertissement|nota legal|wichtiger hinweis|"
    r"(?!(?:we|i|yes|no|it|our company)\b)[^\n]{0,80}\bregistered (?:in (?:england|scotland|ireland|wales)|office\b)|"
    r"this (?:e-?mail|message|communication|"
    r"transmission)(?:,? \(?(?:and|including|or|together)[^.]{0,60})? (?:is|are|may|contains?|might|"
    r"was)[^.]{0,80}(?:confidential|privileged|intended|proprietary)|"
    r"diese (?:e-?mail|nachricht|information)[^.]{0,60}(?:enth[äa]lt|ist)[^.]{0,40}(?:vertraulich|f[üu]r den adressaten)|"
    r"ce (?:message|courriel|mail)[^.]{0,80}(?:confidenti|destin|exclusiv)|este (?:mensaje|correo)[^.]{0,100}(?:confidencial|"
    r"destinatario|"
    r"dirigid)|esta mensagem[^.]{0,100}(?:confidencia|destin)|(?:questo messaggio|questa e-?mail|"
    r"il presente messaggio|le informazioni)[^.]{0,100}(?:riservat|confidenzial|destinat)|"
    r"dit (?:bericht|e-?mail)[^.]{0,80}(?:vertrouwelijk|bestemd)|detta (?:e-?post|meddelande)|virus-?free\.|"
    r"(?:virenfrei|virusvrij|virusfri|(?:libre de|privo di|livre de|garanti sans|wolny od|без) "
    r"(?:v[ií]rus|wirus[óo]w|вирусов))\.|"
    r"(?:diese e-?mail wurde|questa e-?mail [èe]|ce (?:mail|courriel|message) (?:ne contient|a été))"
    r"[^.\n]{0,60} vir(?:us|en)\b|l[’']absence de virus|"
    r"this (?:e-?mail|message) (?:has been|was) (?:scanned|checked|sent (?:to|by|on behalf))|(?:please )?(?:consider|think of|"
    r"think about) the environment|bitte (?:denken|pr[üu]fen) sie[^.]{0,40}(?:umwelt|drucken|ausdrucken)|"
    r"(?:p )?(?:please )?(?:don[’']t|do not|only) print|think before you print|"
    r"(?:de conformidad con|de acuerdo con|en cumplimiento de|ai sensi d|in ottemperanza|conform[ée]ment [àa]|in accordance with|"
    r"pursuant to|gem[äa](?:ß|ss) )[^\n]{0,160}\b(?:les? (?:informamos|comunicamos)|se le informa|si (?:informa|precisa)|"
    r"la informiamo|"
    r"nous vous informons|"
    r"we (?:hereby )?inform you|"
    r"informieren wir)\b|"
    r"(?:pensez|pensons) [àa] l[’']environnement|n[’']imprimez|merci de n[’']imprimer|piens[ae] en el medio|"
    r"(?:pense|preserve|proteja) (?:n?o |em )?(?:seu )?(?:meio )?ambiente|(?:rispett|pens)\w{1,4} (?:all[’'])?[^.]{0,12}ambiente|"
    r"denk aan het milieu|t[äa]nk p[åa] milj[öo]n|t(?:æ|e)nk p[åa] milj[øo]et|(?:p )?save (?:a tree|trees)\b|prima di stampare|"
    r"zanim wydrukujesz|pomy[śs]l (?:o [śs]rodowisku|przed wydruk)|"
    # What some write below their name: of rights, of fraud, of their hours, of where to book.
    r"(?:copyright )?(?:©|\(c\)) ?\d{4}\b|(?:strictly )?(?:private|privileged) (?:&|and) confidential\b|"
    r"[^.\n]{1,60}\backnowledges? (?:and pays? respects? to )?the (?:traditional|first) (?:owners?|custodians?|peoples?|"
    r"nations?)\b|"
    r"nothing in this (?:e-?mail|message|communication)[^\n]{0,40}(?:constru|constitut|binding|contract|legal)|"
    r"this (?:e-?mail|message|communication) (?:does not constitute|is not an offer)|"
    r"if you are not the (?:intended|named|correct) (?:recipient|addressee)s?(?: of this \S{1,12})?,? (?:you (?:are|must|"
    r"should|may)|"
    r"please (?:notify|delete|inform|contact|advise|destroy))\b|"
    r"si vous n[’'][êe]tes pas (?:le|la) (?:\w{1,10} )?destinataire (?:de ce|du pr[ée]sent|vis[ée])|"
    r"si (?:usted )?no es (?:usted )?el destinatario (?:de este|del presente|indicado)|"
    r"(?:wenn|sollten|falls) sie nicht der (?:richtige|beabsichtigte|vorgesehene|bestimmungsgem[äa](?:ß|ss)e) (?:adressat|empf)|"
    r"(?:cyber[ -]?crime|(?:cyber|e-?mail|payment|bank) ?fraud|fraud) (?:alert|warning|notice)\b|"
    r"[^.\n]{1,40} will never ask (?:you )?(?:for|to) [^\n]{0,60}(?:password|bank|personal|security|details)|"
    r"i (?:work|am working) flexibl[ey][^\n]{0,160}(?:expect|respon|repl)|"
    r"my (?:working (?:hours|days|pattern|day)|work(?:ing)? schedule) may (?:not be|differ from) (?:the same as )?yours?\b|"
    r"book time to meet with me\W{0,4}$|"
    r"(?:(?:unsere|die|our|the|notre|nuestra|onze) )?(?:datenschutz(?:hinweise|erkl[äa]rung|bestimmungen|informationen)|"
    r"privacy (?:policy|notice|statement)|informativa (?:sulla )?privacy|politique de confidentialit[ée]|"
    r"pol[íi]tica de privacidad|privacyverklaring)(?: [^\n]{0,40})?(?: finden sie| can be found| is available|:| unter| qui| ici)"
    r"[^\n]{0,20}(?:https?://|www\.)|"
    r"avant d[’']imprimer|antes de imprimir|caution: this (?:e-?mail|message)|настоящее сообщение|本邮件|この(?:電子)?メール(?:に|"
    r"は))",
    re.IGNORECASE,
)
# Begins a disclaimer when a lawyer's words follow it: it speaks of this very message.
MILD: Final = re.compile(
    r"^[ \t*_]{0,4}(?:the (?:information|content)s? (?:contained )?(?:in|of) this (?:e-?mail|message|communication)|"
    r"(?:this|the) (?:e-?mail|message|communication|transmission)|notice|hinweis|wichtig|aviso|avis|"
    r"(?:diese[rs]?|der inhalt dieser) (?:e-?mail|nachricht|mail|mitteilung)|(?:ce|cet|le pr[ée]sent) (?:message|mail|e-?mail|"
    r"courriel|courrier)|"
    r"(?:este|el presente) (?:mensaje|correo|e-?mail)|(?:esta|a presente) (?:mensagem|comunica\w+)|(?:este|o presente) e-?mail|"
    r"(?:questo|il presente|questa|la presente) (?:messaggio|e-?mail|comunicazione)|(?:dit|deze|de inhoud van d\w+) (?:bericht|"
    r"e-?mail)|(?:die (?:in|mit) diese[rm]|de informatie in (?:deze|dit)|les informations contenues dans (?:ce|cet)|"
    r"la informaci[óo]n (?:contenida )?en este|a informa[çc][ãa]o contida neste|as informa[çc][õo]es contidas (?:nesta|neste)|"
    r"informacje zawarte w|informationen i (?:detta|det h[äa]r|denne)|информация, содержащаяся в) \w|"
    r"(?:niniejsz\w|ta|t[ae] tre[śs][ćc]) (?:wiadomo[śs][ćc]|e-?mail|korespondencja)|(?:tento|táto|tato) (?:e-?mail|mail|zpráva|"
    r"správa)|"
    r"(?:detta|det h[äa]r) (?:meddelande|e-post\w*|mejl\w*)|(?:denne|dette) (?:e-?mail|e-post\w*|mail|melding\w*|besked)|"
    r"t[äa]m[äa] (?:viesti|s[äa]hk[öo]posti\w*)|(?:ez az?|jelen) (?:e-?mail|[üu]zenet|lev[ée]l)|acest (?:mesaj|e-?mail)|"
    r"bu (?:e-?posta|mesaj|ileti)|"
    r"(?:это|данное|настоящее) (?:\w+ )?(?:сообщение|письмо)|(?:це|цей) (?:повідомлення|лист)|(?:το παρόν|"
    r"αυτό το) (?:μήνυμα|e-?mail)|"
    r"(?:この|本)(?:電子)?メール|(?:本|此)邮件|(?:本|此)郵件|(?:본|이) ?(?:메일|이메일|메시지)|הודעה זו|(?:هذه الرسالة|هذا البريد))",
    re.IGNORECASE,
)
LEGAL: Final = re.compile(
    r"confidential|privileged|intended|recipient|disclaim|unauthori[sz]ed|virus|delete|registered (?:in|office)|liab|"
    r"vertraulich|empf[äa]nger|gesch[äa]ftsf[üu]hr|handelsregister|umwelt|amtsgericht|destinata|confidenti|riservat|"
    r"vertrouwelijk|print|unsubscribe|mailing list|vat (?:no|id)|ust-?id|siren|capital|regulated by|authori[sz]ed and",
    re.IGNORECASE,
)
CONTACT: Final = re.compile(
    r"\b(?:tel|phone|mobile|mob|fax|cell|direct|office|telefon|t[ée]l|m[óo]vil|cellulare|gsm|handy|skype|port|m|t|p|f|e|w|d|o)"
    r"[ \t]*[.:|][ \t]?:?[ \t]*[+(\d]|\b0\d(?:[ .]\d\d){4}\b|\+\d{1,3}[ \t.\-(]?\d|\(\d{3}\)[ \t]?\d{3}-\d{4}|"
    r"\b\d{3}[.-]\d{3}[.-]\d{4}\b|^\W{0,4}0[\d ()/.-]{6,20}\W{0,2}$|^skype:|"
    r"www\.\S+\.|https?://|[^\s@]@[^\s@]{1,200}\.\w{2}|\b(?:gmbh|ag|inc|ltd|llc|s\.?a\.?r?\.?l|b\.v\.|kg|corp|co\.|plc|s\.p\.a|"
    r"s\.r\.l)\b|linkedin|\b\d{4,5} [A-ZÄÖÜ][a-zäöü]+",
    re.IGNORECASE,
)
# Stems of what lawyers let every mail say, by language; several of them together say it in any wording.
LAWYERS: Final = re.compile(
    r"confiden[tc]i|privileg|intended|recipient|unauthori[sz]|disclos|disseminat|distribut|copying|prohibited|in error|notif|"
    r"delete|destroy|liab|virus|freedom of information|\bfoi|vertraulich|empf[äa]nger|adressat|irrt[üu]mlich|unbefugt|"
    r"weitergabe|weiterleit|vernichten|"
    r"destinata|erreur|diffusion|interdi|divulg|autori[sz]|prohibid|copia|riservat|errore|vietat|eventuali|vertrouwelijk|"
    r"afzender|ontvanger|uitsluitend|onterecht|"
    r"datos personales|fichero|rectific|lopd|rgpd|gdpr|lgpd|dsgvo|donn[ée]es personnelles|dati personali|dados pessoais|"
    r"personenbezogen|"
    r"datenschutz|data protection|"
    r"geadresseerde|verstrekt|obsah|adresát|poufn|adresat|zakaz|addresse|by mistake|the sender|odbiorc|nieupraw|usuni|rozpowszech|"
    r"d[ůu]v[ěe]rn|p[řr][íi]jemc|neopr[áa]vn|konfiden[ts]i|fortrolig|mottatt|modtaget|mottagit|ved en fei?l|mottagar|"
    r"modtager|mottaker|avs[äa]ndar|afsender|avsender|radera|"
    r"slette?|"
    r"luottamuks|vastaanottaj|l[äa]hett[äa]j|poist|bizalmas|c[íi]mzett|jogosulatlan|t[öo]r[öo]l|confiden[țt]|[șs]terge|gizli|"
    r"al[ıi]c[ıi]|yetkisiz|yaln[ıi]zca|"
    r"конфиденциальн|адресат|получател|уничтож|удал|конфіденц|одержувач|видал|εμπιστευτικ|παραλ[ήη]πτ|αποστολ|διαγρ[άα]|機密|"
    r"受信者|削除|誤って|"
    r"保密|机密|收件人|删除|误|기밀|비밀|수신|수취|삭제|סודי|נמען|מחק|سري|المرسل إليه|حذف",
    re.IGNORECASE,
)
# The first words of what a gateway puts on top of mail from outside, or of what ranks a message as secret.
_LETTER: Final = (
    r"(?:e-?mails?|mail|mejl\w*|message|sender|nachricht|absender|courriel|exp[ée]diteur|correo|mensaje|remitente|messaggio|"
    r"mittente|"
    r"bericht|afzender|mensagem|remetente|wiadomo[śs][ćc]|nadawca|e-post\w*|meddelande|besked|melding|письмо|сообщение)"
)
_OUTSIDE: Final = (
    r"(?:outside|external|extern|ekstern|au(?:ß|ss)erhalb|ext[ée]rieur|estern|buiten|fuera|fora d|zewn|spoza|utenfor|utanf|"
    r"udefra|внешн)"
)
BANNER: Final = re.compile(
    r"^\W{0,8}(?:caution|warning|attention|achtung|vorsicht|hinweis|let op|attenzione|atenci[óo]n|advertencia|aten[çc][ãa]o|"
    r"cuidado|"
    r"prudence|uwaga|varning|advarsel|varoitus|pozor|figyelem|dikkat|внимание|увага|警告|注意)(?: notice)?[ \t]{0,2}"
    rf"(?:[:\]]{{1,2}}\*{{0,2}}$|[:!\]\-–—*]{{1,4}}[^\n]{{0,160}}(?:{_OUTSIDE}|unknown|phish|click|unbekannt|inconnu))"
    rf"|^\W{{0,8}}(?:caution|warning|achtung|vorsicht)\b[^\n]{{0,40}}{_LETTER}[^\n]{{0,40}}{_OUTSIDE}"
    r"|^\W{0,8}(?:this|diese|ce|cet|este|esta|questa|questo|deze|dit|ta|denne|dette|detta|det h[äa]r|это|данное) "
    rf"{_LETTER}[^\n]{{0,60}}{_OUTSIDE}"
    rf"|^\W{{0,8}}(?:external|extern\w{{0,2}}|estern[oa]|ext)\b\W{{0,3}}{_LETTER}\b\W{{0,6}}"
    r"(?:$|(?:do not|don['’]t|use|be|exercise|take|think|please|this|report|verify)\b)"
    r"|^\W{0,2}[\[(*]{1,3}(?:external|extern\w{0,2}|ext)[^\n\])*]{0,30}[\])*]{1,3}\W{0,3}(?:$|(?:do not|don['’]t)\b)"
    r"|^\W{0,4}(?:some people who received this message |you )don['’]t often get e-?mail from|"
    r"^\W{0,4}(?:sie erhalten nicht (?:h[äa]ufig|oft) "
    r"e-?mails? von|vous ne recevez pas souvent de courriers?|no suele recibir|non (?:si ricevono|ricevi) spesso|"
    r"alcune persone che hanno ricevuto questo messaggio|"
    r"einige personen, die diese nachricht|certaines personnes qui ont reçu ce message|"
    r"algunas personas que han recibido este mensaje|"
    r"algumas pessoas que receberam esta mensagem|sommige mensen die dit bericht|u ontvangt niet vaak|"
    r"voc[êe] n[ãa]o costuma receber|du f[åa]r (?:inte|ikke) ofte|nie otrzymujesz często)"
    r"|^\W{0,4}(?:classification|sensitivity|klassifizierung|klassifikation|einstufung|classificaci[óo]n|classificazione)[ \t]?[:|"
    r"][ \t]?"
    r"(?:\w[\w/&+-]{0,20}[ \t]?){1,5}$"
    r"|^\[(?=[^\]\n]{0,80}(?:\b(?:internal|public|confidential|restricted|official use|unclassified|tlp|intern|vertraulich|"
    r"confidentiel|"
    r"interno|confidencial|riservato)\b))[^\]\n]{4,80}\]$|(?-i:^(?:INTERNAL|PUBLIC|CONFIDENTIAL|RESTRICTED|"
    r"OFFICIAL|TLP)(?:[A-Z :/-]{0,30}|: ?[A-Z]\w{2,20})$)",
    re.IGNORECASE,
)
# How such a warning goes on: an order to take care, and where to read more.
WARNED: Final = re.compile(
    r"^\W{0,4}(?:please )?(?:do not|don['’]t|never|be (?:careful|cautious|wary|aware|vigilant)|(?:use|exercise|"
    r"take)(?: \w{1,10})? ca(?:ution|re)|think before|avoid|"
    r"beware)\b[^\n]{0,50}\b(?:click|open|respond|repl|follow|enter|download|enabl|provid|act(?:ing)?\b|links?\b|"
    r"attachments?\b|phish)"
    r"|^\W{0,4}(?:please )?(?:report|forward|when in doubt|if in doubt|if you (?:are|suspect|have|think|believe))\b"
    r"[^\n]{0,60}(?:suspicious|"
    r"phish|report|"
    r"security|help ?desk|it support)"
    r"|^\W{0,4}(?:learn why this is important|weitere informationen, warum|erfahren sie, warum|d[ée]couvrez pourquoi|"
    r"descubra por qu[ée]|obtenga informaci[óo]n|"
    r"scopri perch[ée]|saiba por que|meer informatie over waarom)"
    r"|^\W{0,4}(?:bitte )?(?:klicken sie|[öo]ffnen sie|seien sie|ne cliquez|n['’]ouvrez|soyez|veuillez ne pas|no haga|no abra|"
    r"non (?:fare|aprire|cliccare)|"
    r"prestare|klik niet|open geen|wees|n[ãa]o (?:clique|abra)|nie (?:klikaj|otwieraj)|klikk? ikke|ikke klikk?|klicka inte|"
    r"[öo]ppna inte)\b"
    r"[^\n]{0,80}(?:klick|links?\b|anh[äa]ng|[öo]ffn|absender|liens?\b|pi[èe]ces?|exp[ée]diteur|enlace|adjunt|archivo|remitente|"
    r"allegat|mittente|bijlage|"
    r"afzender|anexo|remetente|za[łl][ąa]cznik|nadawc|bilag|vedlegg|bifog|avs[äa]ndar|vorsicht|prudent|vigilant|voorzichtig)"
    r"|^\W{0,4}(?:будьте (?:осторожн|внимательн|пильн)|не (?:открывайте|переходите|нажимайте|відкривайте)|"
    r"если (?:вы )?(?:считаете|сомневаетесь)[^\n]{0,40}(?:письм|сообщ)|zachowaj ostrożn|bądź ostrożn|buďte opatrn|legyen óvatos|"
    r"dikkatli olun)"
    rf"|^\W{{0,4}}this {_LETTER}[^\n]{{0,60}}{_OUTSIDE}",
    re.IGNORECASE,
)
ITEM: Final = re.compile(r"^[ \t]{0,4}\w{1,2}[.)][ \t]")
ASKS: Final = re.compile(r"[?\uff1f][ \t]*$")
EMBEDDED_LINK: Final = re.compile(r"[ \t]?[<\[(]https?://[^\s<>]{1,400}[>\])]")
_CAPITAL: Final = "".join(filter(str.isupper, map(chr, range(0x0530))))  # Latin, Greek, Cyrillic
PLAIN_WORD: Final = re.compile(rf"(?:(?<=\s)|^)[^\W\d_{_CAPITAL}]{{2,}}(?=[\s,.;?!]|$)")
LINK: Final = re.compile(r"^[ \t]{0,4}[<\[(]{0,2}https?://\S{1,400}[>\])]{0,2}$")
AFTERTHOUGHT: Final = re.compile(
    r"^[ \t]{0,2}(?:p\.?\s?(?:p\.?\s?)?s(?:\.?[ \t]?[:.\-–)]|\.?,?[ \t]+[^\W\d_])|"
    # Not the Dutch tax on values.
    r"(?:btw(?![ :.-]{0,3}(?:nr|nummer|no|id|identific\w*|[NB][LE]|\d)\b|[ :]{1,3}(?:NL|BE) ?\d)|by the way|n\.?b\.)[ ,:])",
    re.IGNORECASE,
)
FIRM: Final = re.compile(
    r"\b(?:gmbh|mbh|kg|ohg|ltd|limited|inc|llc|llp|plc|corp|group|holdings?|bv|nv|sarl|srl|spa|oy|aps)\b", re.IGNORECASE
)
PARTICLES: Final = re.compile(
    r"(?:v[ao]n|d[ae][nrl]?|della|d[io]|d[oa]s|du|l[ae]|el|al|bin|ibn|te[rn]|zu|und|and|of|[yei]|for)"
)
# What an order says, and what asks: no words about who writes.
SAID: Final = re.compile(
    r"^\W{0,4}(?:(?:invoice|billing|shipping|delivery|order|rechnung|liefer|bestell|factur|livraison|entrega|spedizione|"
    r"adresse de|direcci[óo]n de)[\w /-]{0,30}[:：]|"
    r"(?:please|pls|kindly|bitte|merci de|veuillez|s[’']il|por favor|prego|per favore|graag|prosz[ęe]|пожалуйста|don[’']t|do not)"
    r"\b(?! (?:visit|follow|note|consider|think|print|see our|find us|rate|review|besuchen|folgen|beachten|denken|dr[uü]ck|"
    r"pr[üu]fen))"
    r"[ \t]+\w|(?:call|ring|e?-?mail|text|write|remove|take) me\b[ \t]+\w|(?:remove|take) us\b|"
    r"(?:new|neue\w?|nouve\w+|nuev\w+|nuov\w+)[ \t]+(?-i:[a-zà-ÿ]))",
    re.IGNORECASE,
)
# An end that is an abbreviation's.
DOTTED_FORM: Final = re.compile(
    r"(?:\b(?:[A-ZŠ]\. ?){2,}|\b(?:[a-z]\. ?){2,}|\bo\. ?o\.|\b(?:Ltd|Inc|Co|Corp|Cia|Kft|Zrt|SpA|GmbH)\.)[ \t]*$"
)
# Who speaks of themselves says something, and so does a farewell below a name.
MYSELF: Final = re.compile(
    r"\b(?:i|i[’'](?:m|ll|ve|d)|me|my|mine|myself|ich|mir|mich|meine?[rmns]?|je|j[’']\w+|moi|mon|mes|yo|mío?|mis?|io|mio|mia|"
    r"eu|meu|minha|ik|mij|mijn|jag|mig|min|jeg|meg|mitt|ja|mnie|mój|я|мне|меня|мой|моя|私|我)\b",
    re.IGNORECASE,
)
GOODBYE: Final = re.compile(
    r"^\W{0,4}(?:see|talk|speak|call|ring|text|bis|auf|à|a|até|hasta|tot|vi ses?|ses|do|до|z|thank\w*|thx|"
    r"danke|merci|gracias|"
    r"grazie|obrigad\w|bedankt|tack|tak|takk|dzięk\w+|attach\w*|encl\w*|anlagen?|anbei|anhang|p\.?j|allegat\w+|adjunt\w+|cc|"
    r"yes|no|ok|"
    r"and|or|but|for|from|on|in|at|with|und|oder|von|et|ou|y|o|e|en|och|og|i|и)\b",
    re.IGNORECASE,
)
# What a firm is: said of itself by its printer, and by nobody in an answer.
STANDING: Final = re.compile(
    r"\b(?:authori[sz]ed (?:and|&) regulated|regulated by|registered (?:with|by|as)|(?:is a |proud )?members? of|"
    r"mitglied (?:im|der|in|des)|"
    r"membre d|miembro de|membro d|socio d|lid van|medlem a[fv]|certified|certificat\w+|zertifizi\w+|certifi[ée]\w*|accredited|"
    r"available (?:on|upon) request|iso[ -]?\d{4,5}|award[- ]winning|established in|"
    r"seit \d{4}|since \d{4}|depuis \d{4}|desde \d{4}|dal \d{4})",
    re.IGNORECASE,
)
FOLLOW: Final = re.compile(
    r"\b(?:facebook|instagram|linkedin|twitter|youtube|xing|tiktok|telegram|whatsapp)\w{0,3}\b", re.IGNORECASE
)
# A meeting that a calendar invites to.
MEETING: Final = re.compile(
    r"^[ \t]{0,4}(?:[\w ]{0,24}\b(?:microsoft teams|zoom meeting|google meet|webex)\b)", re.IGNORECASE
)
# What asks for what follows: a colon, or a word that nothing ends with.
ANNOUNCED: Final = re.compile(
    r"[^\W\d_][ \t]?[:：][ \t]*$|\b(?:at|to|for|with|from|via|by|add|is|are|an|bei|unter|für|mit|über|ist|sind|lautet|à|chez|"
    r"pour|avec|"
    r"est|a|para|con|es|per|presso|è|aan|naar|voor|met|til|för|hos|dla|na|do|pro|для|на)[ \t]*$",
    re.IGNORECASE,
)
SENTENCE_END: Final = re.compile(r"[.?!:。？！…،؟]['\")\]»”]{0,2}[ \t]*$")
PHONE: Final = re.compile(r"(?:\d[ ()./-]{0,3}){7}")
COMPANY: Final = re.compile(
    r"\b(?i:llp|llc|ltda|lda|pvt|inc|corp|ohg|partg\w*|e\.k|sarl|sas|eurl|spa|srl|oyj?|kft|nyrt|zrt|pty|plc|gbr)\b|"
    r"(?<!\w)(?:AB|ApS|AS|A/S|A\.S\.|A\.Ş\.|S\.L\.|S\.A\.|C\.\s?A\.|SA|BV|B\.V\.|AG|(?i:sp\.? ?z ?o\.? ?o)|"
    r"s\.\s?r\.\s?o|a\.\s?s\.|d\.o\.o|ООО|ЗАО|ИП|ТОВ)(?!\w)|"
    r"株式会社|有限公司",
)
# A line of a signature: what somebody is, the firm's numbers, a picture's place.
TITLE: Final = re.compile(
    r"\b(?:manager|director|engineer|developer|consultant|president|officer|head of|lead(?:er)?|specialist|analyst|architect|"
    r"designer|administrator|assistant|coordinator|representative|advisor|professor|dr|founder|partner|owner|editor|editorial|"
    r"supervisor|technician|accountant|attorney|agent|ceo|cto|cfo|coo|cio|vp|university|department|dept|institute?|school|college|"
    r"faculty|team|sales|marketing|support|leiter(?:in)?|\w*leitung|gesch[äa]ftsf[üu]hr\w*|berater(?:in)?|entwickler(?:in)?|"
    r"sachbearbeit\w+|"
    r"vertrieb|abteilung|inhaber(?:in)?|prokurist(?:in)?|responsable|directeur|directrice|charg[ée]e?|ing[ée]nieure?|g[ée]rante?|"
    r"assistante?|conseill[eè]re?|gerente|directora?|ingenier[oa]|jef[ea]|coordinadora?|direttore|direttrice|ingegnere|"
    r"responsabile|ufficio|eigenaar|directeur|medewerk\w+|adviseur|teamleider|s[äa]ljare|chef|kierownik|specjalista|dyrektor|"
    r"prezes|менеджер|директор|инженер|руководитель|специалист|отдел|jednatel|ředitel\w*|m[üu]d[üu]r\w*|toimitusjohtaja|"
    r"部長|課長)\b|经理|經理|总监|主任|営業部|担当",
    re.IGNORECASE,
)
REGISTERED: Final = re.compile(
    r"^\W{0,4}(?:kvk|btw|iban|bic|ust|vat|siret|siren|rcs|hr[ab]\b|amtsgericht|st\.?-?nr|steuer|gesch[äa]ftsf|vertreten durch|"
    r"vorsitz|komplement|sitz|registered|company (?:no|reg)|p\.? ?iva|c\.?f\.|nip|regon|ičo?|org\.? ?nr|cvr|инн|огрн)\b",
    re.IGNORECASE,
)
# What a law asks firms to print below their letters; two of them in a line that says nothing else are such a line.
REGISTRY: Final = re.compile(
    r"sitz der ges|registergericht|amtsgericht|handelsregister|hr[ab] ?\d|gesch[äa]ftsf[üu]hr\w{0,4} ?:|vorstand ?:|aufsichtsrat|"
    r"ust-?id|registered (?:in|office|number|no)|company (?:number|no)|vat (?:no|number|reg)|\brcs\b|\bsire[nt]\b|"
    r"capital (?:social|de)|"
    r"p\. ?iva|\brea\b|\bkvk\b|\bbtw\b|\bnip\b|\bregon\b|\bkrs\b|registro mercantil|\b[cn]if\b|\bcnpj\b|org\.? ?n[ru]",
    re.IGNORECASE,
)
PICTURE: Final = re.compile(
    r"^\W{0,4}(?:logo(?:type)?\b[ \t:]?[^.!?\n:,]{0,40}|\[[\w ()-]{0,40}(?:signature|logo)[\w ()-]{0,20}\]|\[(?:image|cid|"
    r"inline image|logo|bild)\b[^\]\n]{0,120}\]|"
    r"\[?(?:image|inline image|bild|beschreibung|descri\w+)[ \t]?:[ \t][^\n]{0,160}|!?\[[^\]\n]{0,100}\]\(\S{1,400}\)|"
    # What a word processor's eyes say of it, on two lines.
    r"\[(?:an? |ein |une? |una |um |een |picture |bild,? |image |immagine |afbeelding )[^\]\n]{3,120}|"
    r"(?:description automatically generated|(?:ai|ki|ia)-\w+ [^\]\n]{5,60}|automatisch \w+ (?:beschreibung|beschrijving)|"
    r"description générée automatiquement|descri\w+ ge\w+ autom\w+|le contenu généré par l[’']ia [^\]\n]{5,60})"
    r"\](?:[<(]\S{1,400}[>)])?)\W{0,4}$",
    re.IGNORECASE,
)
LIST_FOOTER: Final = re.compile(
    r"^[ \t]{0,4}(?:<?https?://\S{1,200}(?:listinfo|mailman|unsubscribe)\S{0,200}|"
    # The number that a help desk finds its ticket by.
    r"\[[A-Z0-9]{4,12}-[A-Z0-9]{4,12}\]|ref:\S{8,80}:ref|\[(?:ticket|case|ref|vorgang|fall|request|dossier)[ #:]{1,3}[\w-]{3,20}\])[ \t]*$",
    re.IGNORECASE,
)
# The addresses of a letter's links, as a client numbers them below its text.
LINKS_HEAD: Final = re.compile(r"^(?:links|liens|enlaces|collegamenti|odnośniki)[ \t]?:$", re.IGNORECASE)
LINK_NUMBERED: Final = re.compile(r"^\[\d{1,3}\] (?:https?://|mailto:|www\.)\S{1,1000}$")
# A list's own paragraph below a letter; somebody who asks to be taken off writes otherwise.
LIST_LINE: Final = re.compile(
    r"^[ \t]{0,4}(?:to unsubscribe (?:from|send|click|visit|please|and|,)|you (?:are receiving|(?:have )?received) this "
    r"(?:e-?mail|message|because)|(?:un)?subscribe:[ \t]|list (?:owner|info|archives?):[ \t]|your use of yahoo|"
    r"reply to this e-?mail directly(?:,| or) view it|unsubscribe ?[|·•]|"
    r"have you read the faq\?)",
    re.IGNORECASE,
)
SPONSOR: Final = re.compile(r"sponsor|unsubscribe|advertis|powered by|mailing list", re.IGNORECASE)
