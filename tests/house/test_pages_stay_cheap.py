"""The more there is, the more a page shows, but it asks no more questions for it: no list asks for each of its lines."""

from typing import Any

from tests.house.grown import Grown
from tests.statements import asked_of

FEW, MANY = 10, 200
PAGES = (
    "/", "/today/queue", "/replies", "/leads", "/leads?state=paused", "/leads/export.csv", "/sequences", "/newsletters",
    "/templates", "/forms", "/mail/received", "/mail/quarantine", "/mail/outbox", "/health", "/pauses", "/closed-loop",
    "/notices", "/batches", "/settings/users", "/settings/mailboxes", "/sequences/{sequence}/leads",
    "/sequences/{sequence}/versions", "/leads/{lead}",
)  # fmt: skip


class Cost(Grown):
    """What its pages cost."""

    def of(self, page: str) -> tuple[int, int]:
        """Statements that a page costs once it was seen before, and how long it is."""
        address = page.format(lead=self.lead, sequence=self.sequence)
        assert self.visitor.get(address).status_code == 200, address
        with asked_of(self.house.engine) as asked:
            found = len(self.visitor.get(address).data)
        return len(asked), found


def test_a_page_of_many_asks_as_much_as_a_page_of_few(house: Any, app: Any) -> None:
    cost = Cost(house, app)
    cost.grow(1, FEW)
    few = {page: cost.of(page) for page in PAGES}
    cost.grow(FEW + 1, MANY)
    many = {page: cost.of(page) for page in PAGES}
    dearer = {page: (few[page][0], many[page][0]) for page in PAGES if many[page][0] > few[page][0] + 2}
    assert dearer == {}
    assert sum(many[page][1] > 2 * few[page][1] for page in PAGES) >= 8, "most lists grew, or nothing was proven"
