"""What stands below somebody's words and is not of them: signatures, lines of phones and apps, disclaimers, footers.

Two kinds of evidence: a mark that says so (``-- ``, "Sent from my ...", a disclaimer), and the shape of what follows a
rule or a closing (a name, telephone numbers, links).  Whoever goes on writing below a mark keeps every sentence.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

# Stands in the lines where a quotation was taken out; nobody can send it, for it is dropped from what arrives.
GAP: Final = "\ufdd0"

DELIMITER: Final = re.compile(r"^[ \t]{0,2}(?:--|––|—|—-|--=20|- -|_{2,7})[ \t\u00a0]*$")
RULE: Final = re.compile(r"^[ \t]{0,4}(?:[-_=*]{4,}|[—–─━]{3,}|\*{0,2}(?:\. ?){5,40}\*{0,2})[ \t]*$")
DEVICE: Final = (
    r"(?:(?:iphon|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|motorola|oneplus|xperia|windows|outlook|"
    r"hotmail|yahoo|proton|gmail|superhuman|sparrow|mailbird|airmail|thunderbird|tutanota|hubspot|missive|mailspring|mailbox|"
    r"edison mail|canary|k-9|fairemail|verizon|t-mobile|vodafone|telekom|wireless|handheld|"
    r"mobil|m[óo]vil|celular|cellulare|t[ée]l[ée]phon|telefon|tel[ée]fon|puhelim|smart-?phon|smartfon|tablet|ger[äa]t|"
    r"телефон|смартфон|мобил|почт|приложен|устройств|айфон|айпад|ноутбук|aplikac|za[rř][ií]zen|urz[ąa]dzen|ure[đd]aj|laite|laitte|"
    r"携帯|スマートフォン|手机|网易|腾讯|κινητ)\w*|(?:ios|htc|oppo|pixel|sony|lg|web\.de|gmx|aol|spark|newton|front|zoho|tuta|at&t|"
    r"phone|handy|app|mac|qq)\b)"
)
NEAR: Final = rf"[^.!?\n]{{0,30}}\b{DEVICE}[^!?\n]{{0,60}}"
OPENING: Final = (
    r"(?:sen[td] (?:from|via|with|using)|sent by|from my|(?:gesendet|verschickt) (?:von|mit|[üu]ber|via|aus|vom)|"
    r"envoy[ée]e? (?:d['’]|[àa] partir d['’]|(?:de|depuis|avec|via|[àa] partir de))|"
    r"enviado (?:desde|de|do|da|a partir d[eo]|con|com|via|por|pelo)|inviat[oa] (?:da|dal|dallo|con|tramite)|"
    r"(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via|van)|(?:skickat|skickades|sendt) (?:fr[åa]n|fra|med|via|min)|l[äa]hetetty|"
    r"(?:wys[łl]an[eo]|odesl[áa]no|odoslan[ée]|poslan[oé]) (?:z|ze|zo|s|sa|iz|przez)|"
    r"(?:отправлено|надіслано|послано|изпратено) (?:с|со|из|через|от|з|із)|(?:el)?k[üu]ldve|trimis (?:de pe|din)|"
    r"(?:στάλθηκε|εστάλη) από)"
)
# A line of a phone or an app, whole: an opening in some language and, not far behind, the name of such a thing.
SENT_FROM: Final = re.compile(
    r"^[ \t*_<\[(]{0,4}(?:"
    r"sen[td] (?:from|via|with|using|by) my [\w’'.-]{1,30}(?: [\w’'.-]{1,30}){0,3}"
    rf"|{OPENING} ?{NEAR}|sent from (?:mail|my)\b[^.!?\n]{{0,20}}"
    r"|(?:get|download|hol|t[ée]l[ée]charger|obt\w{1,8}|baixe|scarica|ottieni|skaffa|h[äa]mta|hent|last ned|pobierz|hanki|"
    r"lataa|nainštalova\w*|z[íi]skat|загрузить|скачать|下载|取得|outlook).{0,16}\boutlook\b.{1,16}\b(?:ios|android|mac).{0,80}"
    r"|outlook .{1,8} (?:ios|android|mac) (?:beziehen|herunterladen|downloaden|installieren|hankkiminen|letöltése).{0,80}"
    rf"|(?:von|vom|mit|[üu]ber|diese (?:nachricht|e-?mail) wurde) {NEAR}(?:gesendet|gesandt|geschickt|verschickt|versendet)"
    rf"|via (?:my )?{DEVICE}|(?:az? )?{DEVICE}(?:[^!?\n]{{0,16}} (?:el)?k[üu]ldve|['’]?\w* g[öo]nderildi)"
    r"|(?:iphone|ipad|android|携帯|スマートフォン|xperia|galaxy).{0,12}から送信(?:されました)?|发自(?:我的|我|网易|手机|腾讯).{0,30}"
    r"|(?:從我的|从我的).{1,20}(?:傳送|发送|寄出)|.{0,20}에서 보냄|gửi từ .{1,40}|dikirim dari .{1,40}|נשלח מ.{1,30}"
    r"|(?:أُرسلت|أرسلت|تم الإرسال) من .{1,30}|ส่งจาก.{1,30}"
    r"|yahoo mail: search, organi[sz]e, conquer|\[?https?://\S{1,80}\]?\s*sent (?:with|from).{0,40}"
    r")(?:[.,;]? (?:please |kindly )?(?:excuse|pardon|forgive|sorry|apolog)[^\n]{0,100})?[>\])*_ .!]{0,4}$"
    r"|^<<?sent by \w+>>?$",
    re.IGNORECASE,
)
CLOSING: Final = re.compile(
    r"^[ \t]{0,2}(?:(?:with )?(?:many |kind(?:est)?|best|warm(?:est)?|very best|my best)? ?(?:regards|wishes|rgds)|"
    r"best|thanks?(?: you)?(?: and (?:kind |best )?regards| again| in advance| so much| very much)?|many thanks|"
    r"cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cordially|respectfully|"
    r"(?:mit )?(?:freundliche[mn]?|beste[mn]?|herzliche[mn]?|viele[nr]?|liebe[nr]?|sch[öo]ne[nr]?)(?: \w+)? (?:gr[üu](?:ß|"
    r"ss)en?|gr[üu]ß|gru(?:ß|ss))|(?:beste|viele|liebe|herzliche) gr[üu](?:ß|ss)e|gru(?:ß|ss)|mfg|lg|vg|"
    r"(?:bien |tr[èe]s )?cordialement|cdlt|bien [àa] vous|salutations(?: distingu[ée]es)?|sinc[èe]res salutations|"
    r"merci|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|atte|gracias|(?:cordiali|distinti) saluti|saluti|"
    r"grazie|cordialmente|"
    r"met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|mvg|groet(?:en|jes)?|(?:med )?(?:v[äa]nliga?|b[äa]sta|"
    r"venlig(?:e)?|vennlig(?:e)?|de bedste) h[iä]lsn?ing(?:ar|er)?|mvh|hilsen|h[äa]lsningar|"
    r"atenciosamente|abra[çc]os?|obrigad[oa]|cumprimentos|pozdrawiam|z powa[żz]aniem|s pozdravem|с уважением|спасибо|"
    r"yst[äa]v[äa]llisin terveisin|terveisin|[üu]dv[öo]zlettel|tisztelettel|cu stim[ăa]|"
    r"sayg[ıi]lar[ıi]mla|s pozdravom|pozdrav|(?:lijep|lep|srda[čc]an) pozdrav|[üu]dv|з повагою|поздрави|с поздрави|με εκτίμηση|"
    r"בברכה|تحياتي|مع (?:أطيب )?(?:التحيات|تحياتي)|감사합니다|敬具|此致|祝好|谢谢|謝謝|cu respect|salut[ăa]ri|parhain terveisin|kh|bh)"
    r"[ \t,.!:،，！]*$",
    re.IGNORECASE,
)
DISCLAIMER: Final = re.compile(
    r"^[ \t*_]{0,4}(?:confidentiality (?:notice|note)|disclaimer|this (?:e-?mail|message|communication|"
    r"transmission)(?: \(?(?:and|including|or|together)[^.]{0,60})? (?:is|are|may|contains?|might|"
    r"was)[^.]{0,80}(?:confidential|privileged|intended|proprietary)|the (?:information|"
    r"content)s? (?:contained )?(?:in|of) this (?:e-?mail|message|communication)|"
    r"diese (?:e-?mail|nachricht|information)[^.]{0,60}(?:enth[äa]lt|ist)[^.]{0,40}(?:vertraulich|f[üu]r den adressaten)|"
    r"ce (?:message|courriel|mail)[^.]{0,80}(?:confidenti|destin|exclusiv)|este (?:mensaje|correo)[^.]{0,100}(?:confidencial|destinatario|"
    r"dirigid)|esta mensagem[^.]{0,100}(?:confidencia|destin)|(?:questo messaggio|questa e-?mail|"
    r"il presente messaggio|le informazioni)[^.]{0,100}(?:riservat|confidenzial|destinat)|"
    r"dit (?:bericht|e-?mail)[^.]{0,80}(?:vertrouwelijk|bestemd)|detta (?:e-?post|meddelande)|virus-?free\.|"
    r"this (?:e-?mail|message) (?:has been|was) (?:scanned|checked|sent (?:to|by|on behalf))|(?:please )?(?:consider|think of|"
    r"think about) the environment|bitte (?:denken|pr[üu]fen) sie[^.]{0,40}(?:umwelt|drucken|ausdrucken)|"
    r"avant d'imprimer|antes de imprimir|caution: this (?:e-?mail|message)|настоящее сообщение|本邮件|この(?:電子)?メール(?:に|"
    r"は))",
    re.IGNORECASE,
)
LEGAL: Final = re.compile(
    r"confidential|privileged|intended|recipient|disclaim|unauthori[sz]ed|virus|delete|registered (?:in|office)|liab|"
    r"vertraulich|empf[äa]nger|gesch[äa]ftsf[üu]hr|handelsregister|umwelt|amtsgericht|destinata|confidenti|riservat|"
    r"vertrouwelijk|print|unsubscribe|mailing list|vat (?:no|id)|ust-?id|siren|capital",
    re.IGNORECASE,
)
CONTACT: Final = re.compile(
    r"\b(?:tel|phone|mobile|mob|fax|cell|direct|office|telefon|t[ée]l|m[óo]vil|cellulare|gsm|handy|skype|port|m|t|p|f|e|w|d|o)"
    r"[ \t]*[.:|][ \t]?:?[ \t]*[+(\d]|\b0\d(?:[ .]\d\d){4}\b|\+\d{1,3}[ \t.\-(]?\d|\(\d{3}\)[ \t]?\d{3}-\d{4}|"
    r"\b\d{3}[.-]\d{3}[.-]\d{4}\b|^\W{0,4}0[\d ()/.-]{6,20}\W{0,2}$|^skype:|"
    r"www\.\S+\.|https?://|\S+@\S+\.\w{2,}|\b(?:gmbh|ag|inc|ltd|llc|s\.?a\.?r?\.?l|b\.v\.|kg|corp|co\.|plc|s\.p\.a|"
    r"s\.r\.l)\b|linkedin|\b\d{4,5} [A-ZÄÖÜ][a-zäöü]+",
    re.IGNORECASE,
)
BANNER: Final = re.compile(
    r"^[ \t*_\[\]⚠️]{0,6}(?:caution|warning|external|attention|achtung|vorsicht|extern)\b[^\n]{0,40}"
    r"(?:e-?mail|message|sender|absender|mail)[^\n]{0,40}(?:outside|external|extern|unknown|au[ßs]erhalb)",
    re.IGNORECASE,
)
EMBEDDED_LINK: Final = re.compile(r"[ \t]?[<\[(]https?://[^\s<>]{1,400}[>\])]")
PLAIN_WORD: Final = re.compile(r"(?:(?<=\s)|^)[^\W\d_A-ZÄÖÜ]{2,}(?=[\s,.;?!]|$)")
LINK: Final = re.compile(r"^[ \t]{0,4}[<\[(]{0,2}https?://\S{1,400}[>\])]{0,2}$")
AFTERTHOUGHT: Final = re.compile(r"^[ \t]{0,2}p\.?\s?(?:p\.?\s?)?s\.?[ \t]?[:.\-–)]", re.IGNORECASE)
SENTENCE_END: Final = re.compile(r"[.?!:。？！…،؟]['\")\]»”]{0,2}[ \t]*$")
MAX_SIGNATURE: Final = 40


def split_signature(text: str) -> tuple[str, str]:
    """The words and the signature, in every stretch between two quotations by itself."""
    words, signature, apart = "", "", False
    for number, piece in enumerate(text.rstrip().split(GAP)):
        own, other = _split(piece, below=number > 0)
        if own.strip():
            words += ("\n\n" if apart or piece.startswith("\n\n") else "\n") + own if words else own
            apart = False
        apart = apart or piece.endswith("\n\n")
        signature += f"\n{other}" if other.strip() else ""
    signature = signature.strip("\n")
    if words.strip():
        return words, signature
    first = next((line for line in signature.split("\n") if line.strip()), "")
    return ("", signature) if _is_of_a_phone(first) else (text.replace(GAP, ""), "")


def _split(piece: str, below: bool) -> tuple[str, str]:
    """``below``: a quotation stands above, so that a footer may be all there is."""
    lines = piece.strip("\n").split("\n")
    start = _banner(lines)
    above, lines = lines[:start], lines[start:]
    cut = _behind_mark(lines)
    for footer in (_behind_rule(lines[:cut], below), _behind_closing(lines[:cut]), _block_of_details(lines[:cut])):
        cut = min(cut, footer if footer is not None else cut)
    while cut and cut < len(lines) and (not lines[cut - 1].strip() or _is_advert(lines[cut - 1])):
        cut -= 1
    more = next((at for at in range(cut, len(lines)) if AFTERTHOUGHT.match(lines[at])), len(lines))
    own = [*lines[:cut], *(["", *lines[more:]] if more < len(lines) else [])]
    return "\n".join(own).strip("\n").rstrip(), "\n".join(
        [*(above if not BANNER.match("".join(above)) else ()), *lines[cut:more]]
    )


def _banner(lines: Sequence[str]) -> int:
    """The lines on top that are no words: the warning of the recipient's own gateway, or what a phone put there."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines and _is_of_a_phone(lines[first]) and first + 1 < len(lines) and not lines[first + 1].strip():
        return first + 1
    if not lines or not BANNER.match(lines[first]):
        return 0
    return next((at for at in range(first, min(len(lines), first + 6)) if not lines[at].strip()), first)


def _is_of_a_phone(line: str) -> bool:
    return bool(SENT_FROM.match(EMBEDDED_LINK.sub("", line[:800])[:240]))


def _is_advert(line: str) -> bool:
    return bool(LINK.match(line)) and bool(re.search(r"sig-email|avast|aka\.ms|onelink", line, re.IGNORECASE))


def _behind_mark(lines: Sequence[str]) -> int:
    """Where a line begins the signature that says so; the length when none does."""
    for at, line in enumerate(lines):
        if len(line) > 240:
            continue
        if (
            DELIMITER.match(line)
            and len(lines) - at <= MAX_SIGNATURE
            and (line.endswith("-- ") or _ends(lines[at + 1 :]))
        ):
            return at
        if RULE.match(line) and len(lines) - at <= MAX_SIGNATURE and _closed(lines[:at]):
            return at
        if _is_of_a_phone(line) and not any(map(_is_sentence, _before_legal(lines[at + 1 :]))):
            return at
        if DISCLAIMER.match(line) and _only_legal(lines[at:]):
            return at
    return len(lines)


def _closed(lines: Sequence[str]) -> bool:
    """Whether the last words are a closing, or a name below one."""
    filled = [line for line in lines if line.strip()][-2:]
    return bool(filled) and bool(CLOSING.match(filled[-1]) or (CLOSING.match(filled[0]) and _is_name(filled[-1])))


def _ends(rest: Sequence[str]) -> bool:
    """Whether nothing is said below a bare rule: it begins with no sentence, and has hardly one."""
    filled = [line for line in _before_legal(rest) if line.strip()]
    if not filled:
        return True
    return not _is_sentence(filled[0]) and sum(map(_is_sentence, filled)) < 2


def _before_legal(lines: Sequence[str]) -> Sequence[str]:
    end = next((at for at, line in enumerate(lines) if DISCLAIMER.match(line) or _is_of_a_phone(line)), len(lines))
    return lines[:end]


def _is_sentence(line: str) -> bool:
    """Words that somebody says, as opposed to a name, an address or a heading."""
    if CONTACT.search(line[:400]) and len(line) < 100:
        return len(PLAIN_WORD.findall(line)) >= 6
    words = len(line.split())
    letters = len(re.findall(r"[\u3040-\u9fff\uac00-\ud7af\u0e00-\u0e7f]", line[:200]))
    return words >= 12 or (bool(SENTENCE_END.search(line)) and (words >= 5 or letters >= 10))


def _only_legal(lines: Sequence[str]) -> bool:
    """Whether no paragraph behind a disclaimer's first is somebody's words."""
    paragraphs = [part for part in re.split(r"\n[ \t]*\n", "\n".join(lines)) if part.strip()]
    return all(LEGAL.search(part) or not any(map(_is_sentence, part.split("\n"))) for part in paragraphs[1:])


def _behind_rule(lines: Sequence[str], below: bool) -> int | None:
    """A footer: behind a rule only short lines to the end, with details of contact or a name and what it does."""
    rules = [at for at, line in enumerate(lines) if RULE.match(line) and not _underlines(lines, at)]
    if not rules:
        return None
    above = _filled(lines[: rules[-1]])
    rest = [line.strip() for line in lines[rules[-1] + 1 :] if line.strip()]
    if not rest:
        return rules[-1]
    if len(rest) > 16 or any(len(line) > 100 or _is_sentence(line) for line in rest) or not (above or below):
        return None
    if any(re.match(r"[-*•\d(]", line) and not CONTACT.search(line) for line in rest):
        return None
    named = above and len(rest) > 1 and all(len(line.split()) <= 3 and len(line) <= 30 for line in rest)
    thanked = any(CLOSING.match(re.split(r"[,.!]", line)[0]) for line in rest)
    return rules[-1] if not thanked and (named or any(CONTACT.search(line) for line in rest)) else None


def _underlines(lines: Sequence[str], at: int) -> bool:
    """Whether a rule is the line under a heading."""
    heading = lines[at - 1].strip() if at else ""
    return bool(heading) and lines[at].strip()[0] in "=-" and abs(len(heading) - len(lines[at].strip())) <= 4


def _behind_closing(lines: Sequence[str]) -> int | None:
    """Where contact lines begin behind a closing and a name; the closing and the name are words of a letter."""
    closings = [at for at, line in enumerate(lines) if CLOSING.match(line)]
    for at in closings[-2:]:
        end = next((more for more in range(at + 1, len(lines)) if AFTERTHOUGHT.match(lines[more])), len(lines))
        filled = [more for more in range(at + 1, end) if lines[more].strip()]
        if not 2 <= len(filled) <= 20 or not _is_name(lines[filled[0]]):
            continue
        rest = [lines[more].replace("*", "") for more in filled[1:]]
        if any(CONTACT.search(line) for line in rest) and not any(map(_is_sentence, _before_legal(rest))):
            return filled[1]
    return None


def _is_name(line: str) -> bool:
    return len(line.split()) <= 6 and not re.search(r"[?!:;,。？！：]\s*$", line)


def _block_of_details(lines: Sequence[str]) -> int | None:
    """A last paragraph of a name and at least three lines of contact, that nothing announced."""
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    start = next((at for at in range(last - 1, -1, -1) if not lines[at].strip()), -1) + 1
    block = lines[start:last]
    before = next((line for line in reversed(lines[:start]) if line.strip()), "")
    block = [line.replace("*", "") for line in block]  # what was bold
    if not 4 <= len(block) <= 10 or not before or before.rstrip().endswith((":", "：")) or CLOSING.match(before):
        return None
    details = sum(bool(CONTACT.search(line)) for line in block[1:])
    named = re.fullmatch(r"[ \t]*(?:[^\W\d_][\w.’'-]*[ \t]*){2,4}", block[0])
    return start if named and details >= 3 and not any(map(_is_sentence, block)) else None


def _filled(lines: Iterable[str]) -> bool:
    return any(line.strip() for line in lines)
