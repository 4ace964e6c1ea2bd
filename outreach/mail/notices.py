"""The words that a server wrote itself above the letter that it returns: whom they name, and what they say of each.

Families of servers name the failed recipient in their own way; one ordered table has them all.
"""

import re
from functools import cached_property
from typing import Final

from outreach.core import bounces as rules

from .addresses import in_text
from .htmltext import html_to_text
from .parse import Inbound, Part

MAX_RECIPIENTS: Final = 100
MAX_BODY: Final = 64 * 1024
MAX_TRANSCRIPT: Final = 16 * 1024
MAX_EXPLAINED: Final = 20  # so many recipients of one report get their own words; the others their fields alone
MAX_PLACES: Final = 5

RETURNED_COPY: Final = re.compile(
    r"^[ \t>*#=_~.-]*(?:"
    r"this is a copy of (?:the|your) message|below this line is (?:a copy|the original|the header)|the (?:original|"
    r"following) message (?:follows|header)|"
    r"original message (?:follows|header|text|below)|returned message (?:follows|header)?|unsent message (?:follows|"
    r"below)?|"
    r"(?:a )?copy of (?:the|your) (?:original )?(?:message|mail|letter)|message (?:header|text|content)s? follows?|"
    r"headers? (?:of|from) (?:the|your) (?:original )?(?:message|mail)|"
    r"the (?:header|body|text|first \d+ lines) of (?:the|your) (?:original )?(?:message|mail)|included is a copy|"
    r"received header|start of (?:returned|message)|"
    r"original (?:e-?mail|letter|headers?)\b|your (?:original )?message (?:follows|is (?:attached|below|included|"
    r"enclosed))|text of (?:your )?message|"
    r"message (?:as|was) (?:sent|received)|---+ ?(?:original|returned|undelivered|message|forwarded)|"
    r"urspr[üu]ngliche nachricht|message original|mensaje original|messaggio originale|исходное сообщение|原邮件|元のメッセージ"
    r")",
    re.I | re.M,
)
HEADER_BLOCK: Final = re.compile(
    r"^(?:return-path|received|message-id|dkim-signature|mime-version|x-mailer|content-type):[ \t].{0,998}\n"
    r"(?:[ \t].{0,998}\n){0,40}[\w-]{2,60}:",
    re.I | re.M,
)
DIAGNOSTIC_LINE: Final = re.compile(
    r"(?<![\d.])[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}|\S)|[45]\.\d{1,3}\.\d{1,3}\b|"
    r"error|reason|unknown|fail|reject|refus|quota|not found|full|exist|unreach",
    re.I,
)

# Each says where the failed recipient stands in the letter of a family; the first family that finds one decides.
FAMILIES: Final[tuple[tuple[str, str], ...]] = (
    ("xxx-failed", r"^x-failed-recipients?:\s*(.+)$"),
    ("final-recipient", r"^[ \t>]*final-recipient:\s*(?:rfc822;)?\s*QUOTED"),
    ("original-recipient", r"^[ \t>]*original-recipient:\s*(?:rfc822;)?\s*QUOTED"),
    ("qmail, postfix, zimbra, mailgun", r"^[ \t]{0,8}[<\"]QUOTED[>\"](?:[ \t]*\([^)\n]{0,200}\))?[ \t]*:"),
    ("exim", r"^ {1,4}\(?(?:generated|ultimately generated) from ADDRESS\)?"),
    ("exim", r"^ {2}ADDRESS:?[ \t]*\n {4}\S"),
    ("zoho", r"^[ \t]*ADDRESS[ \t]+[^\n@]{0,60}[ :](?<![\d.])[45]\d\d\b"),
    (
        "exim",
        r"(?:following address(?:\(?es\)?)? failed|address(?:es)? failed|"
        r"could not be delivered to (?:one or more of )?(?:its|the following) recipients?|"
        r"not (?:yet )?been delivered to (?:the following|all)[^\n]{0,80}|"
        r"delivered to the following addresses?[^\n]{0,60}|"
        r"address to which the message has not yet been delivered(?: is)?)"
        r"[^\n]{0,120}\n(?:[^\n@]{0,160}\n){0,4}[ \t]*<?ADDRESS",
    ),
    ("exchange", r"^c=[^\n]{0,120};(?:dda:)?smtp=ADDRESS"),
    ("exchange", r"^[ \t]*['\"]?(?:smtp:)?QUOTED['\"]?[ \t]+on[ \t]+(?:\w{3},[ \t])?\d"),
    (
        "exchange",
        r"(?:following recipient\(s\)|following recipients?|"
        r"the following organization)[^\n]{0,80}\n(?:[^\n@]{0,120}\n){0,5}[ \t]*(?:to:[ "
        r"\t]*)?['\"<]?(?:[^\n<@]{0,80}<)?ADDRESS",
    ),
    ("exchange", r"your message to ['\"<]?QUOTED['\">]?[ \t]+(?:couldn|could not|was not|has been|cannot|wasn)"),
    (
        "gmail",
        r"(?:wasn't delivered to|not be delivered to|delivering your message to|permanently to|"
        r"could not deliver (?:your )?(?:message|mail) to|delivery to|deliver message to|"
        r"failed to deliver (?:your )?(?:message|mail)? ?to|unable to deliver (?:your )?(?:message|mail)? ?to|"
        r"sending (?:your )?(?:message|mail) to|addressed to|message to)"
        r"(?: the)?(?: following)?(?: recipients?\b| address(?:es)?\b|"
        r" user\b)?[:\s]*(?:failed[^\n:]{0,40}:\s*)?<?\"?'?ADDRESS",
    ),
    ("sendmail", r"^[ \t]*(?:[45]\d\d[ -])?(?:[45]\.\d\.\d+[ ])?<QUOTED>\.\.\."),
    ("sendmail", r"----- The following addresses had[^\n]{0,80}-----\n(?:[ \t]*\n)?[ \t]*<?QUOTED"),
    ("sendmail", r"^[ \t]*(?:>>> )?RCPT TO:[ \t]*<QUOTED>"),
    (
        "domino",
        r"(?:was not delivered to|could not be delivered to|"
        r"not delivered to):?[ \t]*\n?[ \t]*(?:[^\n@<]{0,80}<)?ADDRESS",
    ),
    (
        "domino",
        r"(?:recipient|intended recipient|destinataire|empf[äa]nger|destinatario)s?(?: name|"
        r" address)?[ \t]*[:=][ \t]*\n?[ \t]*(?:[^\n@<]{0,80}<)?\[?(?:smtp:)?ADDRESS",
    ),
    (
        "groupwise",
        r"^[ \t]+ADDRESS[ \t]*(?:\((?:user|mailbox|recipient|[\w .]+)\b[^)]{0,100}\)|:?[ \t]*[45]\d\d\b|"
        r"[-:])",
    ),
    (
        "others",
        r"\b(?:user|account|mailbox|recipient|address|e-?mail|addressee|rcpt|"
        r"to)[ \t]*[:=]?[ \t]*[<\"'\[(]ADDRESS[>\"'\])]",
    ),
    (
        "others",
        r"^[ \t]*(?:to|address|user|mailbox|email|rcpt to|failed recipient|failed address|undelivered to|"
        r"undeliverable to|収信者|宛先|收件人|收件人地址)[ \t]*[:\uFF1A][ \t]*<?ADDRESS",
    ),
    ("others", r"^[ \t>*-]*[<'\"]?ADDRESS[>'\"]?[ \t]*(?:$|:|\(|[-,;][ \t])"),
    ("others", r"(?:[45]\d\d|[45]\.\d\.\d{1,3})[^\n@]{0,80}<QUOTED>"),
)
PLACES: Final = {
    "ADDRESS": r"([^\s<>:;,\"'()\[\]@]{1,128}@[^\s<>:;,\"'()\[\]@]{1,255})",
    "QUOTED": r"([^\s<>@'\"]{1,128}@[^\s<>@'\"]{1,255})",
}
COMPILED: Final = tuple(
    (name, re.compile(re.sub("ADDRESS|QUOTED", lambda place: PLACES[place[0]], pattern), re.I | re.M))
    for name, pattern in FAMILIES
)
ROWS: Final = tuple(family for family in COMPILED[:6] if "generated" not in family[1].pattern)


def notice(inbound: Inbound) -> str:
    """The words that the reporting server wrote itself: the text before the returned copy, capped."""
    own = [part for part in inbound.parts if _is_notice(part)]
    texts = [part.text for part in own if not part.name] or [part.text for part in own[:1]]
    if not any(text.strip() for text in texts):
        texts = [html_to_text(part.text) for part in inbound.parts if part.type == "text/html" and not part.enclosed]
    text = "\n".join(texts)[:MAX_BODY].replace("\r\n", "\n").replace("\r", "\n")
    return _before_copy(text)


def _is_notice(part: Part) -> bool:
    return (part.type == "text/plain" and not part.enclosed and part.disposition != "attachment") or part.undivided


def _before_copy(text: str) -> str:
    ends = [match.start() for pattern in (RETURNED_COPY, HEADER_BLOCK) for match in [pattern.search(text)] if match]
    head = text[: min(ends)] if ends else text
    return head if in_text(head, 1) or not ends or len(head.split()) > 12 else text


class Told:
    """What a notice says of each recipient. Made once for a report, however many it names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._near: dict[str, str] = {}
        self._budget = MAX_BODY

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _lowered(self) -> list[str]:
        return self.text.lower().split("\n")

    @cached_property
    def _spoken(self) -> str:
        return " ".join(self.text[:MAX_TRANSCRIPT].lower().split())

    @cached_property
    def _failing(self) -> str:
        return "\n".join(line for line in self._lines if DIAGNOSTIC_LINE.search(line[:500]))[: rules.TEXT_LIMIT]

    @cached_property
    def _stage(self) -> rules.Stage:
        return rules.stage_of(self._spoken)

    def explanation(self, recipient: str) -> str:
        """The words beside its address that say something, else all that speak of a failure."""
        if (near := self.beside(recipient)) or recipient not in self._near:
            return near
        known = rules.recognised(self._failing.lower().replace(recipient.lower(), " "))
        return self._failing if known else self.text[: rules.TEXT_LIMIT]

    def beside(self, recipient: str) -> str:
        """The words next to this recipient's address, where they say something; else empty."""
        if recipient not in self._near and len(self._near) < MAX_EXPLAINED:
            self._near[recipient] = self._look_beside(recipient.lower())
        return self._near.get(recipient, "")

    def _look_beside(self, wanted: str) -> str:
        if own := self._transcript(wanted):
            return own
        places = [index for index, line in enumerate(self._lowered) if wanted and wanted in line][:MAX_PLACES]
        said = spoken = ""
        for index in places:
            near = _paragraphs(self._lines, index, wanted)
            self._budget -= len(near)
            if self._budget < 0:
                return spoken or said
            bare = near.lower().replace(wanted, " ")
            if not rules.is_generic(rules.enhanced_code(bare)):
                return near  # Exchange says it in words above, and with its code below
            spoken = spoken or (near if rules.recognised(bare) else "")
            said = said or (near if (rules.reply_code(bare) or 0) >= 400 else "")
        return spoken or (said if self._names_another(wanted) else "")

    def _names_another(self, wanted: str) -> bool:
        """Whether the words elsewhere may be about somebody else."""
        return any((about := LINE_ABOUT.match(line)) and about["who"] != wanted for line in self._lowered)

    def _transcript(self, wanted: str) -> str:
        """What Sendmail wrote of this recipient, down to ``550 5.1.1 <jo@lead.example>... User unknown``."""
        ends = f"<{wanted}>... "
        own = next((i for i, line in enumerate(self._lowered) if ends in line and VERDICT_LINE.match(line)), 0)
        last = next((i for i in range(own - 1, -1, -1) if VERDICT_LINE.match(self._lowered[i])), -1)
        spoken = self._lines[last + 1 : own + 1] if own else []
        start = next((i for i in range(len(spoken) - 1, -1, -1) if spoken[i].lstrip().startswith("-----")), -1)
        return "\n".join(spoken[start + 1 :])[-rules.TEXT_LIMIT :]

    def stage(self, recipient: str, diagnostic: str = "") -> rules.Stage:
        """The SMTP command at which it was refused, as its diagnostic, its paragraph or the transcript tells."""
        wanted = recipient.lower()
        own = self._transcript(wanted)
        if re.search(rf"(?<!<<< )550 5\.1\.1 <{re.escape(wanted)}>\.\.\. user unknown", own.lower()):
            return "rcpt"  # Sendmail's own verdict, also where it shows DATA: it had sent both commands at once
        found = rules.stage_of(diagnostic) or rules.stage_of(own or self.beside(recipient))
        return found if found or own else self._stage_of_all(wanted)

    def _stage_of_all(self, wanted: str) -> rules.Stage:
        own = re.search(rf"rcpt to: ?<?{re.escape(wanted)}>?[^<>]{{0,40}}(?:<<<|>>>) ?[45]\d\d", self._spoken)
        return "rcpt" if own else self._stage


VERDICT_LINE: Final = re.compile(
    r"[ \t]*[2-5]\d\d (?:[2-5]\.\d\.\d+ )?(?:<[^<>\s]{3,300}>|\S{3,300} \(\w{2,10}\))\.\.\. "
)


def _paragraphs(lines: list[str], start: int, wanted: str) -> str:
    """From ``start`` to the next line about somebody else, or to the end of the second paragraph."""
    out: list[str] = []
    gaps = 0
    for line in lines[start : start + 30]:
        if out and (about := LINE_ABOUT.match(line)) and (about["alone"] is not None or about["who"].lower() != wanted):
            break
        gaps += not line.strip()
        if gaps > 1 and len(out) > 3:
            break
        out.append(line)
    return "\n".join(out)[: rules.TEXT_LIMIT]


LINE_ABOUT: Final = re.compile(
    r"[ \t]*[<\"]?(?P<who>[^\s<>@\"]{1,128}@[^\s<>@\":]{1,255})(?:[>:\"]*(?P<alone>)[ \t]*$|[>\"]?:?[ \t])"
)


def from_words(
    text: str, ignored: frozenset[str], families: tuple[tuple[str, re.Pattern[str]], ...] = COMPILED
) -> tuple[str, ...]:
    """The recipients that a letter in plain words names, by the first family that fits."""
    for _, pattern in families:
        found: dict[str, None] = {}
        for match in pattern.finditer(text):
            for address in in_text(match[1], 20) or [plain(match[1])]:
                if "@" in address and plain(address) not in ignored:
                    found.setdefault(plain(address))
            if len(found) >= MAX_RECIPIENTS:
                break
        if found:
            return tuple(found)
    only = [plain(address) for address in in_text(text, 20) if plain(address) not in ignored]
    return tuple(only) if len(only) == 1 and families is COMPILED else ()


def listed(text: str, ignored: frozenset[str]) -> tuple[str, ...]:
    """The recipients in the shapes that nothing else has: a row each, with what became of it."""
    return from_words(text, ignored, ROWS)


def plain(address: str) -> str:
    """An address as we compare it: lower case, without the brackets, quotes and dots around it."""
    quoted = re.fullmatch(r'"([\w.+-]{1,64})"@(\S{3,255})', address.strip("<>"))
    return "@".join(quoted.groups()).lower() if quoted else address.strip("\"'<>").lower().rstrip(".")


DELAY_SUBJECT: Final = re.compile(
    r"\bdelay|still (?:being )?(?:retried|trying|queued)|warning: (?:could not send|message)|"
    r"not yet (?:been )?delivered|temporarily|verz[öo]ger|retard|ritard",
    re.I,
)
DELAY_WORDS: Final = re.compile(
    r"this is a warning (?:message )?only|you do not need to resend|delivery attempts will continue|"
    r"will (?:continue to )?(?:retry|try again|keep trying|be retried)|no action is required on your part",
    re.I,
)


def is_delay(subject: str, text: str) -> bool:
    """Whether a letter in words announces a delay and no failure."""
    final = re.search(
        r"(?:permanent(?:ly)?|giving up|gave up|final(?:ly)? failed|could not be delivered to one|"
        r"fatal error|failed\.$)",
        text,
        re.I,
    )
    return bool(DELAY_WORDS.search(text) or DELAY_SUBJECT.search(subject)) and not final
