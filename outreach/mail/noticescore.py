"""How likely a program wrote a letter, by what its words weigh (RULES O2; MAIL 1.9).

``onlynotice`` knows the parts of a notice and fails where nobody thought of a phrase.  Here nothing has to be thought of: the beginnings
of all words, and of every two neighbours, carry weights that were learned from labelled letters in forty languages
(``noticeweights.tsv``, made by ``bench/noticeweights.py``; how well it does on mail that it never saw: decision 0360).
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from outreach.core import wordweights

PERSON: Final = "person"
KINDS: Final = (PERSON, "out_of_office", "acknowledgement", "left_company")
STEM: Final = 5  # letters of a word that count: endings differ, and tell little
LONGEST: Final = 4096
FEWEST: Final = 6  # words: "applied, thanks" says too little to weigh

ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[\w.-]{1,64}")
LINK: Final = re.compile(r"https?://\S+")
PHONE: Final = re.compile(r"\+?\d[\d ()/-]{5,18}\d")
NUMBER: Final = re.compile(r"\d+")
EAST: Final = (
    "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"  # written without spaces, or with endings of every kind
)
WORD: Final = re.compile(rf"[?!\uff1f]|[{EAST}]+|[^\W_{EAST}]+")


def likeliest(words: str) -> tuple[str, float]:
    """The kind of notice that these words are most like, and the chance between 0 and 1 that they are one."""
    if sum(" " not in stem for stem in stems(words)) < FEWEST:
        return "", 0.0
    chances = wordweights.chances(_weights(), words, stems)
    person = chances.pop(PERSON, 1.0)
    return max(chances, key=lambda kind: chances[kind], default=""), 1.0 - person


def stems(text: str) -> list[str]:
    """The beginnings of the words, and neighbours; addresses, numbers and links are all alike."""
    text = text[:LONGEST].lower().replace("ё", "е")
    for pattern, word in ((ADDRESS, " 0mail "), (LINK, " 0link "), (PHONE, " 0phone "), (NUMBER, "0")):
        text = pattern.sub(word, text)
    found: list[str] = []
    for word in WORD.findall(text):
        if re.match(f"[{EAST}]", word):
            found.extend([word[at : at + 2] for at in range(len(word) - 1)] or [word])
        else:
            found.append(word[:STEM])
    return [*found, *(f"{one} {two}" for one, two in pairwise(found))]


@cache
def _weights() -> dict[str, Any]:
    """The table as ``core.wordweights`` reads it."""
    lines = (Path(__file__).parent / "noticeweights.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return {
        "classes": rows[0][2:],
        "bias": [float(number) for number in rows[1][2:]],
        "words": {row[0]: [float(number) for number in row[1:]] for row in rows[2:]},
    }
