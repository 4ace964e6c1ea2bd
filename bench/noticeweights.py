"""``python -m bench.noticeweights``: learns ``outreach/mail/noticeweights.tsv`` anew from labelled letters.

The letters of ``tests/mail/tables/notices.tsv`` and ``automatic.tsv`` are taken, and of every ``--more FILE`` of the same
shape; ``--ordinary DIR`` names folders of people's mail in raw files, which add letters but no words.  The table that is
delivered was learned with 3,300 letters of public archives and a thousand public examples besides
(docs/decisions/0360), which are not part of the repository.

1. Letters become counts of stems and of neighbouring pairs (``outreach.mail.noticescore.stems``); what only one of them has is left out.
2. A logistic regression weighs them for each class.
3. The table is written: a stem or a pair, how rare it is, its weight for each class.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from outreach.mail import noticescore
from outreach.mail.automatic import SHORT, own_words
from outreach.mail.parse import Unreadable, parse

LABELLED = (Path("tests/mail/tables/notices.tsv"), Path("tests/mail/tables/automatic.tsv"))
WRITTEN = Path("outreach/mail/noticeweights.tsv")


def main() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    told = argparse.ArgumentParser(prog="python -m bench.noticeweights")
    told.add_argument("--more", type=Path, action="append", default=[])
    told.add_argument("--ordinary", type=Path, action="append", default=[])
    asked = told.parse_args()

    labelled = [row for file in (*LABELLED, *asked.more) for row in _labelled(file)]
    ordinary = [words for folder in asked.ordinary for words in _ordinary(folder)]
    counted = TfidfVectorizer(analyzer=noticescore.stems, min_df=2).fit([words for _, words in labelled])
    texts = [*(words for _, words in labelled), *ordinary]
    classes = [*(name for name, _ in labelled), *(noticescore.PERSON for _ in ordinary)]
    learned = LogisticRegression(C=30, max_iter=2000, class_weight="balanced").fit(counted.transform(texts), classes)
    with WRITTEN.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(("", "", *learned.classes_)) + "\n")
        file.write("\t".join(("", "", *(f"{bias:.2f}" for bias in learned.intercept_))) + "\n")
        for stem, place in sorted(counted.vocabulary_.items()):
            weights = (f"{weight:.2f}" for weight in learned.coef_[:, place])
            file.write("\t".join((stem, f"{counted.idf_[place]:.2f}", *weights)) + "\n")
    print(f"{len(labelled)} labelled and {len(ordinary)} ordinary letters, {len(counted.vocabulary_)} stems and pairs")


def _labelled(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        found = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        known = {"human": noticescore.PERSON} | {name: name for name in noticescore.KINDS}
        return [(known[row["class"]], row["words"].replace("\\n", "\n")) for row in found if row["class"] in known]


def _ordinary(folder: Path) -> Iterator[str]:
    """The own words of the short letters below a folder."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            words = own_words(parse(file.read_bytes()))
        except Unreadable:
            continue
        if 0 < len(words.split()) <= SHORT:
            yield words


if __name__ == "__main__":
    main()
