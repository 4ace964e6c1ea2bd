"""Tables of sentences, one case a line: too long for code. ``\\n`` stands for a line end."""

import csv
from pathlib import Path


def rows(name: str) -> list[dict[str, str]]:
    """The lines of a table below its heading."""
    with (Path(__file__).parent / "tables" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return [
            {key: value.replace("\\n", "\n") for key, value in row.items()}
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
