"""The few exceptions that cross rooms. Each is one sentence for a person: what happened, which value, what to do."""


class OutreachError(Exception):
    """Something that a person can be told in one sentence; `str(error)` is that sentence."""


class Refused(OutreachError):
    """Bad input: the value and the remedy are in the sentence. Nothing was changed or lost. `field`: the name of the field that
    it is about, where it is about one; a page says it there."""

    def __init__(self, *words: str, field: str = "") -> None:
        super().__init__(*words)
        self.field = field


class NotFound(Refused):
    """The thing that was named does not exist (any more)."""


class Failed(OutreachError):
    """We could not do it, through no fault of the input: an engine, a disk, a server. The remedy is in the sentence."""
