"""DOOR: the operator. The `outreach` command, the embedded engines and the supervisor that runs everything.

Here live process handling and thin commands that call one journey or report each. No rules, no queries.
"""

import sys


def main() -> None:
    """The console script `outreach`."""
    from outreach.cli.commands import outreach

    sys.exit(outreach(prog_name="outreach"))
