"""RULES B5, B6: who gets which of two, how many people a fair answer needs, and what may be said of the numbers. Pure.

The number of people is worked out once, before the first one enters, from the rate of today and the rate that would be
worth having. Until both sides have that many, nothing is suggested: looking again and again and stopping at a lucky
moment finds winners where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, erf, sqrt
from typing import Final

CERTAINTY: Final = 1.959964
"""Two-sided 5 %: one comparison in twenty of equals looks like a difference."""
POWER: Final = 0.841621
"""80 %: four real differences in five are found."""
GUARD: Final = 1.644854
"""One-sided 5 %: a side that drives people away is noticed rather too early than too late."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What one side did with the people who have had their time. `good`: positive replies or interviews, by people."""

    name: str
    contacted: int
    good: int
    opted_out: int

    @property
    def rate(self) -> float:
        return self.good / self.contacted if self.contacted else 0.0

    @property
    def opt_out_rate(self) -> float:
        return self.opted_out / self.contacted if self.contacted else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said. `winner`: the index of the side that is suggested; None = none is, and `text` says why."""

    kind: str
    """early | even | guard | suggested."""
    text: str
    winner: int | None = None
    chance: float | None = None
    """The chance that two equals would differ so much."""


def draw(weights: Sequence[int], share: float) -> int:
    """The index that `share` (0 to 1) falls on, by weight."""
    left = share * sum(weights)
    for number, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return number
    return max(number for number, weight in enumerate(weights) if weight > 0)


def people_needed(rate: float, worth: float) -> int:
    """People a side to tell `rate` from `worth` (5 % from 10 %: 432). Raises ValueError when there is nothing to tell."""
    if not (0 < rate < 1 and 0 < worth < 1) or rate == worth:
        raise ValueError("Give two different rates between 0 and 100 %.")
    spread = rate * (1 - rate) + worth * (1 - worth)
    return ceil((CERTAINTY + POWER) ** 2 * spread / (rate - worth) ** 2)


def verdict(arms: Sequence[Arm], needed: int) -> Verdict:
    """B5: nothing before both sides have the people; then a difference that is no chance, and nobody driven away."""
    short = [needed - arm.contacted for arm in arms if arm.contacted < needed]
    if short:
        who = "one side" if len(short) == 1 else "both sides"
        text = f"Too early: {who} still need{'s' if len(short) == 1 else ''} people, up to {max(short):,} more."
        return Verdict("early", f"{text} {needed:,} a side are needed before anything may be said.")
    z = _z(*((arm.good, arm.contacted) for arm in arms))
    chance = 1 - erf(abs(z) / sqrt(2))
    if abs(z) < CERTAINTY:
        text = f"No difference that is more than chance ({chance:.0%} of equals differ so much). Keep the one that you like better."
        return Verdict("even", text, chance=chance)
    best = 0 if z > 0 else 1
    other = 1 - best
    leaving = _z(*((arms[n].opted_out, arms[n].contacted) for n in (best, other)))
    if leaving > GUARD:
        text = (
            f"“{arms[best].name}” brings more answers, and drives more people away ({arms[best].opt_out_rate:.1%} against "
            f"{arms[other].opt_out_rate:.1%} opted out or complained): no winner is suggested."
        )
        return Verdict("guard", text, chance=chance)
    text = f"“{arms[best].name}” is better: {arms[best].rate:.1%} against {arms[other].rate:.1%}. Nothing is switched by itself."
    return Verdict("suggested", text, best, chance)


def _z(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How far two shares are apart, in standard errors (pooled); positive when the first is larger."""
    (good, people), (goods, peoples) = one, other
    if not people or not peoples:
        return 0.0
    pooled = (good + goods) / (people + peoples)
    error = sqrt(pooled * (1 - pooled) * (1 / people + 1 / peoples))
    return (good / people - goods / peoples) / error if error else 0.0
