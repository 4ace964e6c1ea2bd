"""The stages of a lead, and how touches move it (an active deal is never moved back by a letter)."""

from typing import Final

STAGES: Final = ("new", "contacted", "replied", "interview", "won", "nurture", "lost", "archived")


def after_letter(stage: str) -> str:
    """A letter was delivered."""
    return "contacted" if stage == "new" else stage


def after_reply(stage: str) -> str:
    """A person answered: whoever was new, silent or in nurture is live again."""
    return "replied" if stage in ("new", "contacted", "nurture", "lost", "archived") else stage
