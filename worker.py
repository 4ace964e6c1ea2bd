"""A worker of one queue, for process managers of your own: python worker.py urgent|outbound|inbound|fetching|housekeeping."""

import sys

from outreach.jobs.work import run

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Name one queue: python worker.py urgent|outbound|inbound|fetching|housekeeping")
    run(sys.argv[1])
