"""DOOR: the operator. The `outreach` command, the embedded engines and the supervisor that runs everything.

Here live process handling and thin commands that call one journey or report each. No rules, no queries.
"""

import sys


def main() -> None:
    """The console script `outreach`. A rehearsal needs no settings, and starts without them."""
    if sys.argv[1:2] == ["rehearse"]:
        from outreach.cli.rehearse import rehearse_main

        sys.exit(rehearse_main(sys.argv[2:]))
    from outreach.cli.commands import outreach

    sys.exit(outreach(prog_name="outreach"))
