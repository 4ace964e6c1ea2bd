"""Make a classifier of replies from people's corrections (`outreach mail learn`), and say honestly whether it helps.

(1) Examples: replies with the sense that a person gave them, or that nobody objected to. (2) Cross-validation: each fifth is
judged by a classifier that has not seen it, as `senses.of` would (the rules first), beside the rules alone. (3) Keep the
weights as plain numbers; they are used only with `use`, and only when they do better than the rules.

Needs scikit-learn (the extra `classifier`); using what was learned does not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from outreach.core import replies, wordweights
from outreach.errors import Refused
from outreach.journeys import senses
from outreach.store import corrections

FEWEST = 30
FOLDS = 5
MOST_WORDS = 5000
SOME_DAY = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class Learned:
    """``right`` and ``rules_right`` of ``examples`` in cross-validation; ``active``: it is used from now on."""

    examples: int
    right: int
    rules_right: int
    corrected: int
    active: bool

    @property
    def helps(self) -> bool:
        """Whether it did better than the rules alone."""
        return self.right > self.rules_right


def learn(session: Session, *, use: bool) -> Learned:
    """Learn from what is there. Raises Refused when there is too little, or the library is missing."""
    examples = corrections.senses(session)
    kinds = Counter(sense for _, sense in examples)
    known = [(text, sense) for text, sense in examples if kinds[sense] >= FOLDS]
    if len(known) < FEWEST or len({sense for _, sense in known}) < 2:
        raise Refused(
            f"There are {len(examples)} replies with a reading, {len(known)} of them of a kind that occurs {FOLDS} times; it takes "
            f"{FEWEST} to learn from, of two kinds or more. "
            "Correct what was read wrongly on the pages of replies, and come back."
        )
    right, rules_right = _validated(known)
    corrected = corrections.count(session)
    found = Learned(len(known), right, rules_right, corrected, active=use and right > rules_right)
    quality = {"examples": found.examples, "right": found.right, "rules_right": found.rules_right, "folds": FOLDS}
    corrections.keep_learned(
        session,
        {"name": senses.LEARNED, "active": found.active, "quality": quality, "data": fitted(known)},
    )
    return found


def forget(session: Session) -> bool:
    """Switch the classifier off."""
    row = corrections.learned(session, senses.LEARNED)
    was = row is not None and row.active
    if row is not None:
        row.active = False
    return was


def _validated(known: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """How many are judged rightly by a classifier that has not seen them, and how many by the rules alone."""
    right = rules_right = 0
    for fold in range(FOLDS):
        rest = [one for number, one in enumerate(known) if number % FOLDS != fold]
        model = fitted(rest)
        for text, sense in known[fold::FOLDS]:
            ruled = replies.sense_of(text, SOME_DAY)
            name, chance = wordweights.best(model, text)
            use_model = not senses.decided(ruled) and chance >= senses.SURE_ENOUGH
            right += (name if use_model else ruled.sense) == sense
            rules_right += ruled.sense == sense
    return right, rules_right


def fitted(known: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The weights of a logistic regression on words and pairs of words, as `core.wordweights` reads them."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise Refused("Learning needs scikit-learn: pip install 'outreach[classifier]'.") from None
    texts, names = [text for text, _ in known], [name for _, name in known]
    words = TfidfVectorizer(analyzer=wordweights.features, max_features=MOST_WORDS, sublinear_tf=False)
    model = LogisticRegression(max_iter=1000, class_weight="balanced", C=5.0)
    model.fit(words.fit_transform(texts), names)
    weights, bias, classes = model.coef_.tolist(), model.intercept_.tolist(), model.classes_.tolist()
    if len(classes) == 2:  # one row stands for two classes
        weights, bias = [[-one for one in weights[0]], weights[0]], [-bias[0], bias[0]]
    return {
        "classes": classes,
        "bias": [round(one, 5) for one in bias],
        "words": {
            word: [round(float(words.idf_[place]), 5), *(round(row[place], 5) for row in weights)]
            for word, place in words.vocabulary_.items()
        },
    }
