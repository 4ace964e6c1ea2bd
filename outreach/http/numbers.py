"""Numbers that come as text: the ids in addresses and forms."""


def whole(text: str | None) -> int | None:
    """The whole number that this says, as large as an id may be; None for anything else (`²` is a digit, and no number)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
