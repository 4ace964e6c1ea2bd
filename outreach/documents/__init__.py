"""SEQUENCES AS TEXT. Reads and writes the YAML of SEQUENCE.md into core's dataclasses, and nothing else.

`read` is strict: what it returns is a valid sequence, and every refusal is a `DocumentError` with file, line and
remedy; `published` reads what a version keeps, once a process. `write` is stable: the same content gives the same bytes.
`warnings` lists what may be a slip but is no fault. `week` reads working hours, `stop_rules` a kept set of stop rules,
`stops_of` and `enter_rules` a form's, by the same rules.
"""

from outreach.documents.errors import DocumentError
from outreach.documents.reading import enter_rules, published, read, stop_rules, stops_of, week
from outreach.documents.remarks import Known, warnings
from outreach.documents.writing import entry_lines, write

__all__ = [
    "DocumentError", "Known", "enter_rules", "entry_lines", "published", "read", "stop_rules", "stops_of", "warnings", "week",
    "write",
]  # fmt: skip
