"""What a mail server's refusal means: hard, soft, ours, delayed or delivered.

One table (RFC 3463 codes) and, where the code is silent or known to lie, the server's own words.  A bare ``5.x.x`` proves
nothing: only codes and words that say "this address does not exist" are hard, and words alone only where the recipient
itself was refused: filters say the same after they have read the letter.  Pure: the readers of delivery reports live in
``outreach.mail.dsn``, and SMTP answers come here as well.
"""

import re
from functools import cached_property
from typing import Final, Literal

from .bouncewords import (
    AT_RECIPIENT,
    DISABLED,
    DISABLED_AT_LAST,
    LOOKED_UP,
    MAILBOX_FULL,
    NO_DOMAIN,
    NO_USER,
    NOT_THE_RECIPIENT,
    NOT_THERE,
    POLICY,
    STAGES,
    STRONG_POLICY,
    TEMPORARY,
    TEMPORARY_NAME,
    TOO_LARGE,
)

Verdict = Literal["hard", "soft", "ours", "delayed", "delivered"]
Stage = Literal["rcpt", "data", "mail", ""]

HARD_CODES: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
OUR_CODES: Final = frozenset({"5.1.7", "5.1.8", "4.1.7", "4.1.8", "5.1.9"})
TEXT_LIMIT: Final = 4096

ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
REPLY_CODE: Final = re.compile(r"(?<![\d.:#-])([2-5][0-5]\d)(?=[ \-:#;.,]|$)(?!\.\d)")


def enhanced_code(text: str) -> str | None:
    """The first enhanced status code (RFC 3463) in ``text`` that says more than ``x.0.0``, else the first at all."""
    first: str | None = None
    for match in ENHANCED.finditer(text[:TEXT_LIMIT]):
        code = ".".join(match.groups())
        first = first or code
        if not code.endswith(".0.0"):
            return code
    return first


def reply_code(text: str) -> int | None:
    """The first SMTP reply code (RFC 5321 section 4.2) in ``text``; refusals before acceptances."""
    codes = [int(found) for found in REPLY_CODE.findall(text[:TEXT_LIMIT])]
    return next((code for code in codes if code >= 400), codes[0] if codes else None)


def is_generic(status: str | None) -> bool:
    """Whether a status says nothing beyond its class (none, ``5.0.0``, ``4.0.0``)."""
    return status is None or status.endswith(".0.0")


def recognised(text: str) -> bool:
    """Whether the words say anything that this table knows, so that a reader may look further when they do not."""
    words = _spoken(text)
    known = (MAILBOX_FULL, TOO_LARGE, NO_USER, NO_DOMAIN, DISABLED, POLICY, TEMPORARY)
    return not is_generic(enhanced_code(text)) or any(pattern.search(words) for pattern in known)


def stage_of(text: str) -> Stage:
    """The SMTP command that a text says was refused; empty when it tells none."""
    words = _spoken(text)
    found = STAGES.search(words)
    if found:
        return "rcpt" if found["rcpt"] else "data" if found["data"] else "mail"
    return "rcpt" if AT_RECIPIENT.search(words) else ""


def denies(text: str) -> bool:
    """Whether a text says that the recipient or its domain does not exist, whoever says so and when."""
    return _says_nobody(_spoken(text))


def verdict(status: str | None, smtp_code: int | None, text: str, stage: Stage = "") -> Verdict:
    """The meaning of one refusal.

    ``status`` is an RFC 3463 code, ``smtp_code`` an RFC 5321 reply code, ``text`` the server's words (any length, any
    language), ``stage`` the command that was refused where the caller knows it, else the words are asked.  The codes rule
    where they are precise; words decide under ``x.0.0`` and correct the codes that servers are known to misuse.  What
    nobody can tell is ``soft``: an address is never given up on a guess.
    """
    words = _spoken(text)
    if quoted := QUOTED_ANSWER.search(words):
        return verdict(None, int(quoted[1]), quoted[2], stage or "rcpt")
    code = status if status and ENHANCED.fullmatch(status) else enhanced_code(text)
    if is_generic(code) and (better := enhanced_code(text)) and not is_generic(better):
        code = better
    reply = smtp_code or reply_code(text)
    if code and code.startswith("2"):
        return "delivered"
    at = stage or stage_of(words)
    if at == "mail" and not (code or f"{reply or 5}").startswith("4"):
        return "soft" if MAILBOX_FULL.search(words) or TOO_LARGE.search(words) else "ours"
    heard = _Heard(words, at)
    if is_generic(code) and SAID_BY_NAME_SERVER.search(words) and heard.denied:
        return "hard"  # the domain's own word, whatever class of code stands beside it
    if not is_generic(code) and code is not None:
        return _by_code(code, reply, heard)
    if code is not None and code.startswith("4") and (reply is None or reply < 500):
        return "ours" if _says_policy(words) and not TEMPORARY.search(words) else "soft"
    return _by_words(reply, heard)


# RFC 8020 and RFC 7505: the domain does not exist, or says that it takes no mail at all.
SAID_BY_NAME_SERVER: Final = re.compile(r"nxdomain|\bnull ?mx\b")

# IronPort heads every refusal of a recipient with these words of its own; what the other server said stands in quotes.
QUOTED_ANSWER: Final = re.compile(r"\b5\.1\.0 - unknown address error ([245]\d\d)[ -]'(.+)")


class _Heard:
    """The words of one refusal, lower case, and what they say of the address; the expensive questions asked once."""

    def __init__(self, words: str, stage: Stage) -> None:
        self.words, self.stage = words, stage

    @cached_property
    def denied(self) -> bool:
        """Somebody says that the recipient is not there."""
        return _says_nobody(self.words)

    @cached_property
    def nobody(self) -> bool:
        """The recipient was refused by name, for not being there (MAIL 1.11); no filter had read the letter."""
        if self.stage == "data" or not self.denied:
            return False
        return self.stage == "rcpt" or bool(LOOKED_UP.search(self.words) or NO_DOMAIN.search(self.words))


def _by_code(code: str, reply: int | None, heard: _Heard) -> Verdict:
    kind, subject, detail = code.split(".")
    words = heard.words
    if code in OUR_CODES:
        return "ours"
    if kind == "4":
        return _temporary_code(subject, reply, heard)
    if MAILBOX_FULL.search(words) and subject != "1":
        return "soft"
    if code in HARD_CODES:
        return _hard_code(code, heard)
    match subject:
        case "4":
            return _routing(code, heard)
        case "2":
            return "hard" if detail not in {"2", "3", "4"} and heard.nobody and NOT_THERE.search(words) else "soft"
        case "5" | "6" | "7":
            if heard.nobody and not STRONG_POLICY.search(words):
                return "hard"
            blameless = DISABLED.search(words) or (subject == "5" and heard.denied)
            return "soft" if blameless and not _says_policy(words) else "ours"
        case "1" if detail != "4" and heard.denied and not STRONG_POLICY.search(words):
            return "hard"  # two witnesses: the code speaks of the address, the words say that nobody has it
        case "1" | "3" | "0" if detail != "4" or subject == "1":
            return _by_words(reply or 550, heard)
        case _:
            return "soft"


def _temporary_code(subject: str, reply: int | None, heard: _Heard) -> Verdict:
    if subject == "7":
        return "soft" if re.search(r"gr[ea]y-?list", heard.words) else "ours"
    if subject == "1" and reply is not None and reply >= 550 and heard.nobody:
        return "hard"
    return "soft"


def _hard_code(code: str, heard: _Heard) -> Verdict:
    words = heard.words
    if MAILBOX_FULL.search(words) or TOO_LARGE.search(words) or TEMPORARY_NAME.search(words):
        return "soft"
    if STRONG_POLICY.search(words) or NOT_THE_RECIPIENT.search(words):
        return "ours"  # first: Sendmail sums up every refusal of a recipient as "user unknown"
    if heard.denied:
        return "hard"
    if code != "5.1.10" and DISABLED.search(words):
        return "soft"
    return "hard"


def _routing(code: str, heard: _Heard) -> Verdict:
    """5.4.x: only a domain that is not there, and Exchange Online's 5.4.1 for an address not in its directory, are hard."""
    if TEMPORARY_NAME.search(heard.words):
        return "soft"
    if code == "5.4.1" and "recipient address rejected" in heard.words:
        return "hard"
    named = code in {"5.4.4", "5.4.0", "5.4.1", "5.4.300"} or NO_DOMAIN.search(heard.words)
    return "hard" if heard.nobody and named else "soft"


def _by_words(reply: int | None, heard: _Heard) -> Verdict:
    words = heard.words
    if MAILBOX_FULL.search(words) or TOO_LARGE.search(words):
        return "soft"
    if heard.denied:
        return "hard" if heard.nobody and (reply is None or reply >= 500) else "soft"
    if reply is not None and reply < 500:
        return "soft"
    if DISABLED.search(words) and not STRONG_POLICY.search(words):
        return "soft"
    if reply == 551:
        return "ours" if _says_policy(words) else "hard"
    if TEMPORARY.search(words) and not STRONG_POLICY.search(words):
        return "soft"
    return "ours" if _says_policy(words) else "soft"


def _spoken(text: str) -> str:
    """The text as the tables expect it: capped, lower case, one space between words."""
    return " ".join(text[:TEXT_LIMIT].lower().replace("\u2019", "'").split())


def _says_nobody(words: str) -> bool:
    """The words deny the recipient or its domain, and do not speak of the sender or of a passing fault."""
    if NOT_THE_RECIPIENT.search(words):
        return False
    if DISABLED.search(words) and not re.search(
        r"unknown|not exist|n't exist|no such|not found|invalid(?!/inactive)", words
    ):
        return False
    if TEMPORARY_NAME.search(words) or DISABLED_AT_LAST.search(words):
        return False
    if NO_DOMAIN.search(words):
        return True
    return bool(NO_USER.search(words)) and not re.search(r"gr[ea]y-?list|unverified address", words)


def _says_policy(words: str) -> bool:
    return bool(POLICY.search(words))
