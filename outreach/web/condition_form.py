"""Conditions in a form: one plain condition a line, and whether all, any or none of them must hold."""

from outreach.core import conditions
from outreach.core.conditions import NotACondition
from outreach.core.sequences import Condition

JOINED = (("all", "all of these hold"), ("any", "one of these holds"), ("none", "none of these holds"))
EXAMPLES = (
    "clicked pricing", "replied interested", "visited /pricing", "submitted contact", "tag event-2026",
    "in segment Price readers", "stage interview", "has phone", "prefers phone", "score >= 50", "field city = Bristol",
    "field budget is empty", "outcome call-now = no answer", "attempts >= 2",
)  # fmt: skip


def lines_of(condition: Condition | None) -> tuple[str, str] | None:
    """(how they are joined, the lines); None for conditions within conditions, which are written as text."""
    if condition is None:
        return "all", ""
    if condition.kind == "not":
        inner = lines_of(condition.parts[0])
        return ("none", inner[1]) if inner is not None and (inner[0] == "any" or "\n" not in inner[1]) else None
    if condition.kind in ("all", "any"):
        if any(part.kind in ("all", "any", "not") for part in condition.parts):
            return None
        return condition.kind, "\n".join(conditions.write(part) for part in condition.parts)
    return "all", conditions.write(condition)


def condition_of(text: str, joined: str) -> Condition | None:
    """The condition that the lines state; None without any. Raises NotACondition with the line's own fault."""
    parts = tuple(conditions.parse(line) for line in text.splitlines() if line.strip())
    if not parts:
        return None
    if joined == "none":
        return Condition("not", parts=(parts[0] if len(parts) == 1 else Condition("any", parts=parts),))
    if len(parts) == 1:
        return parts[0]
    return Condition("any" if joined == "any" else "all", parts=parts)


__all__ = ["EXAMPLES", "JOINED", "NotACondition", "condition_of", "lines_of"]
