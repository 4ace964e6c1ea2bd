"""The one error of this room."""

from __future__ import annotations

from outreach.errors import Refused


class DocumentError(Refused):
    """A document was refused. `file`, `line` (from 1), `problem` and `remedy`; str() is all of them in one line."""

    def __init__(self, file: str, line: int, problem: str, remedy: str) -> None:
        self.file, self.line, self.problem, self.remedy = file, line, problem, remedy
        super().__init__(f"{file}:{line}: {problem} {remedy}".strip())
