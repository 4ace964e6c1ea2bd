"""Pages with a million leads: milliseconds of an answer, from the request to the last byte, in this process.

    python -m bench.pages [--leads 1000000] [--times 15] [--slow 300]

Each page is asked for by a signed-in administrator against PostgreSQL; the first answer is not counted (compiled templates
and statements stay). Of the others the median and the 95th percentile are shown, and the CPU time of this process (without
PostgreSQL's). A page at or over `--slow` is marked, and its slowest statements are printed with `--why`.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from bench import big
from outreach.app import create_app
from outreach.wiring import House

PAGES = {
    "leads": "/leads",
    "leads, second page": "/leads?before=2027-03-09T10:00:00%2B00:00~20000",
    "leads, far down": "/leads?before=2026-12-20T10:00:00%2B00:00~900000",
    "leads: search, one": "/leads?q=lead4711@firm4711",
    "leads: search, many": "/leads?q=anna",
    "leads: search, two words": "/leads?q=anna+lumen",
    "leads: search, nobody": "/leads?q=zebra",
    "leads: stage": "/leads?stage=won",
    "leads: owner": "/leads?owner=me",
    "leads: tag, many": "/leads?tag=vip",
    "leads: tag, few": "/leads?tag=rare3",
    "leads: in a sequence": "/leads?state=in+a+sequence",
    "leads: in nothing": "/leads?state=in+nothing",
    "leads: paused": "/leads?state=paused",
    "leads: blocked": "/leads?state=blocked",
    "leads: never contacted": "/leads?state=never+contacted",
    "leads: not to be written to": "/leads?state=not+to+be+contacted",
    "leads: stage and tag": "/leads?stage=won&tag=fair",
    "leads: owner, stage, word": "/leads?owner=me&stage=replied&q=anna",
    "search": "/search?q=anna",
    "search, suggestions": "/search/suggest?q=ann",
    "a lead": "/leads/4711",
    "Today": "/",
    "Today's list": "/today/queue",
    "Replies": "/replies",
    "sequences": "/sequences",
    "a sequence": "/sequences/{sequence}",
    "a sequence's leads": "/sequences/{sequence}/leads",
    "forms": "/forms",
    "a form": "/forms/1",
    "a form's submissions": "/forms/1/submissions",
    "templates": "/templates",
    "newsletters": "/newsletters",
    "segments": "/segments",
    "mail": "/mail",
    "mail received": "/mail/received",
    "notices": "/notices",
    "Health": "/health",
    "forecast": "/forecast",
    "experiments": "/experiments",
    "mailboxes": "/settings/mailboxes",
    "people": "/settings/users",
}
SIGN_IN = {"email": "rep1@bench.example", "password": "a good password"}


def signed_in(house: House) -> FlaskClient:
    """A browser in which the administrator has signed in."""
    client = create_app(house).test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    client.post("/sign-in", data=SIGN_IN | {"csrf_token": found[1] if found else ""})
    return client


@contextmanager
def watched(engine: Engine) -> Iterator[list[tuple[float, str]]]:
    """The statements that run meanwhile, with their milliseconds."""
    seen: list[tuple[float, str]] = []

    def before(connection: object, cursor: object, statement: str, values: object, context: object, many: bool) -> None:
        context._began = time.perf_counter()  # type: ignore[attr-defined]

    def after(connection: object, cursor: object, statement: str, values: object, context: object, many: bool) -> None:
        taken = (time.perf_counter() - context._began) * 1000  # type: ignore[attr-defined]
        seen.append((taken, f"{' '.join(statement.split())}  {values}"))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield seen
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def asked(client: FlaskClient, path: str, times: int) -> tuple[int, list[float], float]:
    """(status, sorted milliseconds, CPU milliseconds each) of a page asked for so many times after the first."""
    status = client.get(path).status_code
    taken, used = [], time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        client.get(path).get_data()
        taken.append((time.perf_counter() - began) * 1000)
    return status, sorted(taken), (time.process_time() - used) * 1000 / times


def measure(house: House, times: int, slow: float, why: bool, only: str = "") -> int:
    """Print the table; how many pages are slow or fail."""
    with house.sessions() as session:
        found = session.scalar(text(f"SELECT id FROM sequences WHERE name = '{big.SEQUENCE}'"))
    client, bad = signed_in(house), 0
    print(f"{'page':<30}{'status':>7}{'statements':>12}{'median ms':>11}{'p95 ms':>9}{'CPU ms':>9}", flush=True)
    for name, path in PAGES.items():
        if only not in name:
            continue
        with watched(house.engine) as seen:
            status, taken, used = asked(client, path.format(sequence=found), times)
        p95 = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
        mark = "" if status == 200 and p95 < slow else "  <--"
        bad += bool(mark)
        count = len(seen) / (times + 1)
        median = taken[len(taken) // 2]
        print(f"{name:<30}{status:>7}{count:>12.0f}{median:>11.0f}{p95:>9.0f}{used:>9.0f}{mark}", flush=True)
        if why and (mark or only):
            last = seen[-int(count) :]
            for milliseconds, statement in sorted(last, reverse=True)[:4]:
                print(f"    {milliseconds:8.1f} ms  {statement[:1500]}", flush=True)
    return bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--slow", type=float, default=300)
    parser.add_argument("--why", action="store_true", help="print the slowest statements of slow pages")
    options = parser.parse_args()
    with big.house(options.leads) as house:
        print(big.machine(house.engine))
        bad = measure(house, options.times, options.slow, options.why)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
