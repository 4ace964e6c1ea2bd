"""Bytes of strangers become text: charsets that may be wrong and RFC 2047 words that may be broken (MAIL X2, X3).

Nothing here raises and everything is linear in its input.
"""

import base64
import binascii
import codecs
import re
from typing import Final

ENCODED_WORD: Final = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^\r\n]{0,1500}?)\?=")
BETWEEN_WORDS: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s=]{1,60}\?[bBqQ]\?)")
ALIASES: Final = {
    "ansi_x3.110-1983": "latin-1",
    "ansi_x3.4-1968": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
}
TEXT_CODECS_ONLY: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})


def decode_bytes(data: bytes, charset: str | None = None) -> str:
    """``data`` as text: the named charset, else strict UTF-8, else cp1252, else latin-1 with nothing lost (X3)."""
    name = (charset or "").strip().strip("\"'").lower().split("*")[0]
    for candidate in (ALIASES.get(name, name), "utf-8", "cp1252"):
        if not candidate:
            continue
        try:
            if not _is_text_codec(candidate):
                continue
            return data.decode(candidate)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def _is_text_codec(name: str) -> bool:
    found = codecs.lookup(name)
    return bool(getattr(found, "_is_text_encoding", True)) and found.name not in TEXT_CODECS_ONLY - {"utf-7"}


def raw_text(value: object) -> str:
    """A raw header value as text, unfolded; its encoded words are left as they stand."""
    text = str(value)
    if not text.isascii():
        try:
            text = decode_bytes(text.encode("ascii", "surrogateescape"))
        except UnicodeEncodeError:
            text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"\r?\n(?=[ \t])|\r(?=[ \t])", "", text).replace("\r", " ").replace("\n", " ").strip()


def decode_words(value: str) -> str:
    """``value`` with its RFC 2047 words decoded; letters split over two adjacent words are joined first."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    end = 0
    for match in ENCODED_WORD.finditer(BETWEEN_WORDS.sub(r"\1", value)):
        source = match.string
        same = match.start() == end and match[1].lower() == charset and pending
        if not same:
            out.append(decode_bytes(b"".join(pending), charset) if pending else "")
            pending = []
        out.append(source[end : match.start()])
        charset = match[1].lower()
        pending.append(_word_bytes(match[2], match[3]))
        end = match.end()
    rest = BETWEEN_WORDS.sub(r"\1", value)[end:]
    if pending:
        out.append(decode_bytes(b"".join(pending), charset))
    return "".join(out) + rest


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(data)
    data = data.replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


FOREIGN_TO_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
MOST_PIECES: Final = 1000


def decode_base64(data: bytes) -> bytes:
    """Base64 as lenient as mail needs: foreign bytes dropped, padding mended, pieces put together, an odd rest cut."""
    clean = data.translate(None, FOREIGN_TO_BASE64).rstrip(b"=")
    pieces = clean.split(b"=") if 0 < clean.count(b"=") <= MOST_PIECES else [clean.replace(b"=", b"")]
    return b"".join(_decode_piece(piece) for piece in pieces)


def _decode_piece(piece: bytes) -> bytes:
    piece = piece[:-1] if len(piece) % 4 == 1 else piece
    try:
        return base64.b64decode(piece + b"=" * (-len(piece) % 4))
    except (binascii.Error, ValueError):
        return b""


def header_text(value: object) -> str:
    """A header as a person reads it: charset repaired, unfolded, encoded words decoded, control characters gone."""
    text = decode_words(raw_text(value))
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()
