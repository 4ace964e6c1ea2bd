"""MAIL C1 to C5, T1: who may be written to, where, for what, on which basis and until when; dated by hand."""

from datetime import datetime

import pytest

from outreach.core import jurisdictions as j
from outreach.core.jurisdictions import (
    BASES,
    CONSENT,
    CONTRACT,
    EDUCATION,
    ENQUIRY,
    FOLLOW_UP,
    HANDED,
    INTEREST,
    PURCHASE,
    TABLE,
    Evidence,
    Rules,
)

OPEN = Rules()


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+00:00")


def may(country: str, purpose: str, *known: Evidence, now: str = "2026-06-01", rules: Rules = OPEN) -> bool:
    return j.standing(rules, country, purpose, known, on(now)).may


ROWS = [
    # country, purpose, basis, of which day, asked on, may
    ("CA", FOLLOW_UP, ENQUIRY, "2026-01-31", "2026-07-30", True),
    ("CA", FOLLOW_UP, ENQUIRY, "2026-01-31", "2026-08-01", False),
    ("CA", FOLLOW_UP, ENQUIRY, "2026-08-31", "2027-02-27", True),
    ("CA", FOLLOW_UP, ENQUIRY, "2026-08-31", "2027-02-28", False),  # six months on is the last day of February
    ("CA", EDUCATION, PURCHASE, "2024-07-01", "2026-06-30", True),
    ("CA", EDUCATION, PURCHASE, "2024-07-01", "2026-07-01", False),
    ("CA", FOLLOW_UP, HANDED, "2020-01-01", "2026-06-01", True),
    ("CA", EDUCATION, HANDED, "2026-05-01", "2026-06-01", False),
    ("CA", FOLLOW_UP, CONSENT, "2010-01-01", "2026-06-01", True),
    ("CA", FOLLOW_UP, INTEREST, "2026-05-01", "2026-06-01", False),
    ("DE", FOLLOW_UP, ENQUIRY, "2020-01-01", "2026-06-01", True),
    ("DE", EDUCATION, ENQUIRY, "2026-05-01", "2026-06-01", False),
    ("DE", EDUCATION, PURCHASE, "2026-05-01", "2026-06-01", True),
    ("de", EDUCATION, CONSENT, "2026-05-01", "2026-06-01", True),
    ("DE", FOLLOW_UP, HANDED, "2026-05-01", "2026-06-01", True),
    ("DE", EDUCATION, HANDED, "2026-05-01", "2026-06-01", False),
    ("GB", EDUCATION, HANDED, "2026-05-01", "2026-06-01", False),
    ("FR", FOLLOW_UP, INTEREST, "2026-05-01", "2026-06-01", False),
    ("GB", FOLLOW_UP, INTEREST, "2026-05-01", "2026-06-01", True),
    ("GB", EDUCATION, ENQUIRY, "2026-05-01", "2026-06-01", True),
    ("CH", FOLLOW_UP, CONTRACT, "2026-05-01", "2026-06-01", True),
    ("AU", EDUCATION, HANDED, "2026-05-01", "2026-06-01", True),
]


@pytest.mark.parametrize(("country", "purpose", "basis", "of", "now", "expected"), ROWS)
def test_each_basis_counts_where_and_as_long_as_the_law_says(
    country: str, purpose: str, basis: str, of: str, now: str, expected: bool
) -> None:
    """C2, C3, C5: the enquiry of six months and the purchase of 24 in Canada, to the day."""
    assert may(country, purpose, Evidence(basis, on(of)), now=now) is expected


@pytest.mark.parametrize("country", [one for where in TABLE for one in sorted(where.countries)])
def test_without_any_basis_nothing_goes_where_one_is_asked_for(country: str) -> None:
    """C5."""
    for purpose in (FOLLOW_UP, EDUCATION):
        found = j.standing(OPEN, country, purpose, [], on("2026-06-01"))
        assert not found.may
        assert "None is known" in found.text


@pytest.mark.parametrize("country", ["US", "BR", "JP", ""])
def test_elsewhere_whoever_does_not_object_may_be_written_to(country: str) -> None:
    """C1: opt-out, as CAN-SPAM has it; a no to educational mail counts there too."""
    assert may(country, FOLLOW_UP)
    no = Evidence(CONSENT, on("2026-05-01"), EDUCATION, granted=False)
    assert not may(country, EDUCATION, no)
    assert may(country, FOLLOW_UP, no)
    assert may(country, EDUCATION, no, Evidence(CONSENT, on("2026-05-02"), EDUCATION))
    assert not may(
        country, EDUCATION, no, Evidence(ENQUIRY, on("2026-05-02"))
    )  # asking something takes no refusal back


def test_a_lead_of_no_known_country_is_one_of_the_accounts_own() -> None:
    """C5."""
    assert not may("", EDUCATION, rules=Rules(home="DE"))
    assert may("", EDUCATION, rules=Rules(home="US"))
    assert may("US", EDUCATION, rules=Rules(home="DE"))


def test_the_longest_basis_wins_and_a_new_request_renews() -> None:
    """C2: the sentence says why not, and what helps."""
    old, new = Evidence(ENQUIRY, on("2026-01-01")), Evidence(ENQUIRY, on("2026-08-01"))
    over = j.standing(OPEN, "CA", FOLLOW_UP, [old], on("2026-08-01"))
    assert over.text == (
        "They asked us something on 1 January 2026, and in Canada that ended on 1 July 2026 (CASL); a new request renews it."
    )
    assert may("CA", FOLLOW_UP, old, new, now="2026-09-01")
    bought = j.standing(OPEN, "CA", FOLLOW_UP, [new, Evidence(PURCHASE, on("2026-01-01"))], on("2026-09-01"))
    assert (bought.basis, bought.until) == (PURCHASE, on("2028-01-01"))


def test_a_later_no_takes_back_what_was_before_it_for_its_purpose_alone() -> None:
    """C4: the right to object."""
    yes = Evidence(CONSENT, on("2026-01-01"), EDUCATION)
    bought = Evidence(PURCHASE, on("2026-01-01"))
    no = Evidence(CONSENT, on("2026-02-01"), EDUCATION, granted=False)
    assert not may("DE", EDUCATION, yes, bought, no)
    assert may("DE", FOLLOW_UP, yes, bought, no)
    assert may("DE", EDUCATION, yes, no, Evidence(CONSENT, on("2026-03-01"), EDUCATION))


def test_an_end_that_was_agreed_on_counts_beside_the_laws() -> None:
    """C5."""
    assert not may("DE", FOLLOW_UP, Evidence(CONSENT, on("2026-01-01"), until=on("2026-05-31")))
    assert may("DE", FOLLOW_UP, Evidence(CONSENT, on("2026-01-01"), until=on("2026-06-02")))


def test_an_account_shortens_lengthens_and_drops_bases_but_invents_none() -> None:
    """C5: data, not code."""
    rules = Rules(months={"DE": {ENQUIRY: 1}, "EU": {ENQUIRY: 3, PURCHASE: 0, INTEREST: 12}})
    assert may("DE", FOLLOW_UP, Evidence(ENQUIRY, on("2026-03-02")), rules=rules)
    assert not may("DE", FOLLOW_UP, Evidence(ENQUIRY, on("2026-03-01")), rules=rules)
    assert not may("DE", FOLLOW_UP, Evidence(PURCHASE, on("2026-05-01")), rules=rules)
    assert not may("DE", FOLLOW_UP, Evidence(INTEREST, on("2026-05-01")), rules=rules)
    none = Rules(months={"AU": dict.fromkeys(BASES, 0)})
    assert "your settings let none count" in j.standing(none, "AU", FOLLOW_UP, [], on("2026-06-01")).text
    assert may("DE", FOLLOW_UP, rules=Rules(asked=False))
    no = Evidence(CONSENT, on("2026-05-01"), EDUCATION, granted=False)
    assert not may("DE", EDUCATION, no, rules=Rules(asked=False))


@pytest.mark.parametrize(
    ("country", "said", "may_see"),
    [
        ("DE", None, False),
        ("DE", True, True),
        ("GB", None, False),
        ("US", None, True),
        ("US", False, False),
        ("CA", None, True),
    ],
)
def test_opens_are_told_only_where_the_law_lets_and_nobody_withdrew(
    country: str, said: bool | None, may_see: bool
) -> None:
    """T1."""
    assert j.may_see_opens(OPEN, country, said) is may_see


def test_the_table_speaks_of_known_bases_and_each_country_stands_in_one_place() -> None:
    """C5."""
    countries = [country for one in TABLE for country in one.countries]
    assert len(countries) == len(set(countries))
    assert {
        basis for one in TABLE for counted in (one.follow_up, one.education) for basis in counted or ()
    } <= BASES.keys()
    assert all(CONSENT in (counted or ()) for one in TABLE for counted in (one.follow_up, one.education))
