"""Where the quotation stands in the HTML of an answer: clients mark it by class, id or style (MAIL 2).

Linear: one pass over the tokens, with a stack of open elements that is cut where hostile documents nest too deep.
"""

import re
from dataclasses import dataclass
from typing import Final

from .htmltext import VOID, TextWriter, Token, attribute, tokens
from .signature import GAP, words_in_signature

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
# What a client puts around the letter that is answered, and some people's answers with it.
AROUND_BOTH: Final = re.compile(r"(?:^|\s)(?:x_)*mail-editor-reference-message-container", re.I)
BORDER: Final = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s*#?[0-9a-z]+|border-style:\s*solid none none|"
    r"border-top:\s*(?:solid\s*)?#?(?:b5c4df|e1e1e1|3c7fff|c8c8c8)",
    re.I,
)
HIDDEN: Final = re.compile(r"display:\s*none|mso-hide:\s*all", re.I)
# A forwarded letter below some words: nobody answers under it.
FORWARD: Final = re.compile(
    r"\s*-{5,} ?[^\n-]{0,30}(?:forward|weitergeleitet|transf[ée]r|reenviad|inoltrat|encaminhad|doorgestuurd|vidarebefordr|"
    r"videresend|przekazan|p[řr]epos|továbbít|edirec[țt]|iletilen|пересла|пересыла|转发|轉寄|転送|전달)",
    re.I,
)
# Outlook's, whose writers often go on in it.
TYPED_INTO: Final = re.compile(r"(?:^|\s)(?:x_)*(?:signature|ms-outlook-mobile-signature)(?:$|\s)", re.I)
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
    stack: list[tuple[str, str]]
    signed: list[Token]  # of the signature that is open, until it is known whether it is one
    signatures: list[str]
    cut: bool = False
    found: bool = False
    fresh: bool = False  # nothing was read of the quotation so far
    around: bool = False
    typed_into: bool = False
    said: bool = False

    def role(self) -> str:
        if self.cut:
            return "quote"
        return self.stack[-1][1] if self.stack else ""

    def take(self, token: Token) -> None:
        if token.kind == "start":
            self._open(token)
        role = self.role()
        if role == "signature":
            self.signed.append(token)
        elif role == "quote":
            self._quote(token)
        elif role != "hidden":
            self.settle()
            self.kept.write(token)
        if token.kind == "end":
            self._close(token.value)

    def settle(self) -> None:
        """Gives what was typed into a signature to the words, and the rest of it to the signature."""
        if not self.signed:
            return
        writer = TextWriter()
        for token in self.signed:
            writer.write(token)
        lines = writer.result().split("\n")
        said = words_in_signature(lines, self._has_words(), self.typed_into)
        for token in self.signed if said == len(lines) else ():
            self.kept.write(token)
        for line in lines[:said] if said < len(lines) else ():
            self.kept.line()
            self.kept.write(Token("text", line))
        self.signatures.append("\n".join(lines[said:]))
        self.signed = []

    def _quote(self, token: Token) -> None:
        if self.fresh and token.kind == "text" and token.value.strip():
            self.fresh = False
            self.cut = self.cut or bool(FORWARD.match(token.value))
        self.quoted.write(token)

    def _open(self, token: Token) -> None:
        above = self.role()
        role = above if above in {"quote", "hidden"} else self._marked(token, above) or above
        if role == "quote" and above != "quote" and not self.cut:
            self._gap()
        if token.value not in VOID and len(self.stack) < KEEP_CHAIN:
            self.stack.append((token.value, role))

    def _gap(self) -> None:
        self.settle()
        self.found = self.fresh = True
        self.kept.write(Token("text", GAP))

    def _marked(self, token: Token, above: str) -> str:
        names = " ".join(attribute(token.attributes, name) for name in NAMES)
        style = attribute(token.attributes, "style")
        if not names.strip() and not style and token.value != "blockquote":
            return ""
        if token.value in {"div", "span"} and HIDDEN.search(style):
            return "hidden"
        if SIGNATURE_CLASS.search(names):
            self.typed_into = bool(TYPED_INTO.search(names))
            return "signature"
        if token.value == "blockquote" and not re.search(r"webkit-indent|gmail_default", names):
            indented = re.search(r"margin:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px", style) and "border: none" in style
            return "" if indented else "quote"
        if QUOTE_CLASS.search(names):
            return "quote"
        if REPLY_SECTION.search(names) and self._has_words():
            return "quote"
        if AROUND_BOTH.search(names) and not self._has_words():
            self.around = True
            return ""
        ruled = token.value == "div" and BORDER.search(style) and (self._has_words() or self.around)
        if (ruled and above != "signature") or CUT_ID.search(names):
            self._gap()
            self.cut = True
            return "quote"
        return ""

    def _has_words(self) -> bool:
        self.said = self.said or any(piece.strip() for piece in self.kept.out[:200])
        return self.said

    def _close(self, tag: str) -> None:
        for index in range(len(self.stack) - 1, max(-1, len(self.stack) - 12), -1):
            if self.stack[index][0] == tag:
                del self.stack[index:]
                return


def cut_html(html: str) -> HtmlReply:
    """The words of an HTML answer without any ``GAP`` of its own, its quotation and its marked signature."""
    reader = _Reader(TextWriter(), TextWriter(), [], [], [])
    for token in tokens(html):
        reader.take(token)
    reader.settle()
    return HtmlReply(
        reader.kept.result(), reader.quoted.result(), "\n".join(reader.signatures).strip("\n"), reader.found
    )
