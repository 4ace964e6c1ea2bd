"""A small linear classifier of texts as plain numbers: words and pairs of words, their weights for each class.

It is made elsewhere (`outreach mail learn`); to use it needs no library. Data: ``{"classes": [...], "bias": [...],
"words": {word: [rarity, weight of each class ...]}}``.
"""

import math
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

LONGEST: Final = 4096
WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)


def features(text: str) -> list[str]:
    """Words and pairs of neighbours, in lower case."""
    words = WORD.findall(text[:LONGEST].lower())
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def best(model: Mapping[str, Any], text: str) -> tuple[str, float]:
    """The likeliest class and its chance between 0 and 1; ("", 0.0) for a model that holds nothing."""
    found = chances(model, text)
    return max(found.items(), key=lambda item: item[1], default=("", 0.0))


def chances(model: Mapping[str, Any], text: str, split: Callable[[str], list[str]] = features) -> dict[str, float]:
    """The chance of each class; ``split`` makes the features that the model was learned from."""
    classes: list[str] = list(model.get("classes", ()))
    known: Mapping[str, list[float]] = model.get("words", {})
    if not classes:
        return {}
    counts: dict[str, int] = {}
    for feature in split(text):
        if feature in known:
            counts[feature] = counts.get(feature, 0) + 1
    weighed = {feature: count * known[feature][0] for feature, count in counts.items()}
    length = math.sqrt(sum(value * value for value in weighed.values())) or 1.0
    scores = [
        float(bias) + sum(value / length * known[feature][1 + number] for feature, value in weighed.items())
        for number, bias in enumerate(model["bias"])
    ]
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    return {name: power / sum(powers) for name, power in zip(classes, powers, strict=True)}
