"""Stop rules under a name (X1): a set of the account, under what a document says itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outreach.core.sequences import STOPS, Sequence, StopMap


def under(stop: StopMap, of_set: StopMap) -> StopMap:
    """The document's own rules, and the set's for every key that the document does not name."""
    taken: dict[str, Any] = {key: getattr(of_set, key) for key in STOPS if key not in stop.own}
    stages = {**dict(of_set.stage), **dict(stop.stage)}
    return replace(stop, **taken, stage=tuple(stages.items()))


def resolved(sequence: Sequence, sets: Mapping[str, StopMap]) -> Sequence:
    """The sequence with its set's rules; without a set of that name X1's defaults stay.

    `sets`: by name in lower case.
    """
    found = sets.get(sequence.stop.use.lower()) if sequence.stop.use else None
    return replace(sequence, stop=under(sequence.stop, found)) if found is not None else sequence
