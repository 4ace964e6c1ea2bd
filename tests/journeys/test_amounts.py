"""What a sale was worth, as people write it (N): marks between thousands are no marks of cents."""

from decimal import Decimal

import pytest

from outreach.errors import Refused
from outreach.journeys import meetings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4800", "4800"), ("4800.5", "4800.5"), ("4800,50", "4800.50"), ("0.125", "0.125"), ("0,125", "0.125"),
        ("4,800", "4800"), ("4.800", "4800"), ("12'800", "12800"), ("12 800", "12800"), ("12\u00a0800", "12800"),
        ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("1,234,567.89", "1234567.89"), ("1.234.567,89", "1234567.89"),
        ("4,800.00", "4800"), ("4.800,00", "4800"), ("0", "0"),
    ],
)  # fmt: skip
def test_an_amount_is_what_its_writer_meant(written: str, meant: str) -> None:
    assert meetings.parsed(written) == Decimal(meant)


def test_no_amount_is_none() -> None:
    assert meetings.parsed("  ") is None


@pytest.mark.parametrize("written", ["a lot", "-5", "1e99", "NaN", "Infinity", "4,80,0", "1.23.4567", "5,"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        meetings.parsed(written)
