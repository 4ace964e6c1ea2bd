"""Where the quotation stands in the HTML of an answer: clients mark it by class, id or style (MAIL 2).

Linear: one pass over the tokens, with a stack of open elements that is cut where hostile documents nest too deep.
"""

import re
from dataclasses import dataclass
from typing import Final

from .htmltext import VOID, TextWriter, Token, attribute, tokens
from .signature import GAP

QUOTE_CLASS: Final = re.compile(
    r"gmail_attr|yahoo_quoted|yahoo-quoted|moz-cite-prefix|moz-email-headers-table|protonmail_quote|zmail_extra|"
    r"tutanota_quote|mailru-blockquote|gmail_extra_quote|"
    r"\bquote-?header|reply-?header|ydp\w+yahoo_quoted|\bcite\b|tmail_quote|front-blockquote|gmx_quote|webde_quote|"
    r"ext_quote|aolmail_quote|aol_quote|mailspring-quote|ox-\w+-blockquote|hey_quote|quotedreply|(?:^|"
    r"[\s_-])quoted(?:text|_text|-text|-reply|message)?(?:$|\s)|"
    r"reply-?quote|missive_quote|mcnt?quote|ms-outlook-mobile-reference|superhuman-quote|airmail_ext_on|"
    r"bloop_original|wmquote|history_container|zm_quote|sh-quoted|htc_header|replymessage|_originalmessage|"
    r"quoted-mail|original-?message|__quoted_text__|__headers__",
    re.I,
)
CUT_ID: Final = re.compile(
    r"(?:^|\s|x_)(?:divrplyfwdmsg|appendonsend|reply-intro|replyintro|stopspelling|"
    r"mail-editor-reference-message-container|isforwardcontent|mailoriginal|origbody|orig_message|originalmessage|"
    r"zwchr|lineheaders?|htc_header|divfwdmsg|ms-outlook-mobile-body-separator-line|oriMsgHtmlSeperator|"
    r"mailquotation|isreplycontent)",
    re.I,
)
# Names that stand for the quotation only where words stand above it.
REPLY_SECTION: Final = re.compile(r"^\s*(?:messagereplysection|quote|quoted-content)\s*$", re.I)
SIGNATURE_CLASS: Final = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature|applemailsignature|ms-outlook-mobile-signature|(?:^|\s|"
    r"x_)signature(?:$|\s)|iosymailsig|composer_signature|zmail_signature|ydp\w+signature|mailspring-signature|"
    r"front-signature|(?:^|\s)email-?signature|mcnt?signature|tutanota_signature|spark-?signature|hs-sig|"
    r"messagesignaturesection|ox-signature|io-ox-signature|pmsig|lineBreakAtBeginningOfSignature|"
    r"ymail\w*signature|_rc_sig|bloop_sign|mimestream-signature|geary-signature|evolution-signature|codetwo|exclaimer|wisestamp|"
    r"letsignit|newoldstamp|__sig_(?:pre|post)|dab4fad8-2dd7-40bb-a1b8-4e2aa1f9fdf2",
    re.I,
)
BORDER: Final = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s*#?[0-9a-z]+|"
    r"border-top:\s*(?:solid\s*)?#?(?:b5c4df|e1e1e1|3c7fff|c8c8c8)",
    re.I,
)
NAMES: Final = ("class", "id", "name", "data-marker", "data-smartmail")
KEEP_CHAIN: Final = 400


@dataclass(frozen=True, slots=True)
class HtmlReply:
    """``found``: the client marked a quotation; ``text`` has a ``GAP`` where it stood."""

    text: str
    quoted: str
    signature: str
    found: bool


@dataclass(slots=True)
class _Reader:
    kept: TextWriter
    quoted: TextWriter
    signature: TextWriter
    stack: list[tuple[str, str]]
    cut: bool = False
    found: bool = False

    def role(self) -> str:
        if self.cut:
            return "quote"
        return self.stack[-1][1] if self.stack else ""

    def take(self, token: Token) -> None:
        if token.kind == "start":
            self._open(token)
        writer = {"": self.kept, "quote": self.quoted, "signature": self.signature}[self.role()]
        writer.write(token)
        if token.kind == "end":
            self._close(token.value)

    def _open(self, token: Token) -> None:
        role = self.role() or self._marked(token)
        if role == "quote" and self.role() != "quote":
            self.found = True
            self.kept.write(Token("text", GAP))
        if token.value not in VOID and len(self.stack) < KEEP_CHAIN:
            self.stack.append((token.value, role))

    def _marked(self, token: Token) -> str:
        names = " ".join(attribute(token.attributes, name) for name in NAMES)
        if not names.strip() and "style" not in token.attributes.lower() and token.value != "blockquote":
            return ""
        if SIGNATURE_CLASS.search(names):
            return "signature"
        if token.value == "blockquote" and not re.search(r"webkit-indent|gmail_default", names):
            style = attribute(token.attributes, "style")
            indented = re.search(r"margin:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px", style) and "border: none" in style
            return "" if indented else "quote"
        if QUOTE_CLASS.search(names):
            return "quote"
        if REPLY_SECTION.search(names) and self._has_words():
            return "quote"
        ruled = token.value == "div" and BORDER.search(attribute(token.attributes, "style")) and self._has_words()
        if ruled or CUT_ID.search(names):
            self.found = True
            self.kept.write(Token("text", GAP))
            self.cut = True
            return "quote"
        return ""

    def _has_words(self) -> bool:
        return any(piece.strip() for piece in self.kept.out[:200])

    def _close(self, tag: str) -> None:
        for index in range(len(self.stack) - 1, max(-1, len(self.stack) - 12), -1):
            if self.stack[index][0] == tag:
                del self.stack[index:]
                return


def cut_html(html: str) -> HtmlReply:
    """The words of an HTML answer without any ``GAP`` of its own, its quotation and its marked signature."""
    reader = _Reader(TextWriter(), TextWriter(), TextWriter(), [])
    for token in tokens(html):
        reader.take(token)
    return HtmlReply(reader.kept.result(), reader.quoted.result(), reader.signature.result(), reader.found)
