"""Files that travel with a letter: how many, how large, and under which name."""

from collections.abc import Sequence

from outreach.errors import Refused
from outreach.mail.letters import Attachment
from outreach.mail.parse import safe_name

MOST_FILES = 10
LARGEST_FILES = 15_000_000
"""Bytes of all files of a mail: on its way it grows by a third, and many servers take 20 or 25 MB."""
LARGEST_OF_TEMPLATE = 5_000_000
"""Bytes of all files of a template: they go to many, most of whom did not ask for them."""


def check(sizes: Sequence[int], largest: int = LARGEST_FILES) -> None:
    """Raises Refused when these are too many or too large together."""
    if len(sizes) > MOST_FILES:
        raise Refused(f"These are {len(sizes)} files; {MOST_FILES} is the most for one mail.", field="files")
    if sum(sizes) > largest:
        raise Refused(
            f"The files have {sum(sizes) / 1_000_000:.1f} MB together; {largest // 1_000_000} MB is the most that "
            f"{'mail servers are sure to take' if largest == LARGEST_FILES else 'a letter to many may weigh'}."
            " Send a link to them instead.",
            field="files",
        )


def names(files: Sequence[Attachment], first: int = 1) -> list[str]:
    """What they are called, made safe; who has no name gets a number."""
    return [safe_name(file.filename) or f"file {number}" for number, file in enumerate(files, first)]
