"""B5, B6: lots by weight, the people that a fair answer needs, and when nothing may be said."""

import pytest

from outreach.core.experiments import Arm, draw, people_needed, verdict


def test_from_five_to_ten_percent_takes_about_430_people_a_side():
    assert people_needed(0.05, 0.10) == 432
    assert people_needed(0.10, 0.05) == 432
    assert people_needed(0.05, 0.06) > 8000


@pytest.mark.parametrize(("rate", "worth"), [(0.05, 0.05), (0, 0.1), (0.1, 1)])
def test_equal_or_impossible_rates_are_refused(rate, worth):
    with pytest.raises(ValueError, match="different rates"):
        people_needed(rate, worth)


@pytest.mark.parametrize(
    ("weights", "share", "side"),
    [
        ((50, 50), 0.0, 0),
        ((50, 50), 0.4999, 0),
        ((50, 50), 0.5, 1),
        ((90, 10), 0.89, 0),
        ((90, 10), 0.9, 1),
        ((0, 5), 0.0, 1),
        ((5, 0), 1.0, 0),
    ],
)
def test_a_lot_falls_by_weight(weights, share, side):
    assert draw(weights, share) == side


def arm(name, people, good, out=2):
    return Arm(name, people, good, out)


def test_nothing_is_said_before_both_sides_have_their_people_however_clear_it_looks():
    early = verdict([arm("A", 431, 5), arm("B", 900, 300)], 432)
    assert (early.kind, early.winner) == ("early", None)
    assert "one side still needs people, up to 1 more" in early.text


def test_a_clear_difference_is_suggested_and_a_small_one_is_not():
    assert verdict([arm("A", 432, 22), arm("B", 432, 43)], 432).winner == 1
    assert verdict([arm("A", 432, 43), arm("B", 432, 22)], 432).winner == 0
    even = verdict([arm("A", 432, 22), arm("B", 432, 27)], 432)
    assert (even.kind, even.winner) == ("even", None)
    assert verdict([arm("A", 432, 0), arm("B", 432, 0)], 432).kind == "even"


def test_a_side_that_drives_people_away_is_no_winner():
    """B5: unsubscribes and complaints are the guard."""
    found = verdict([arm("A", 432, 22, 4), arm("B", 432, 60, 30)], 432)
    assert (found.kind, found.winner) == ("guard", None)
    assert "6.9% against 0.9%" in found.text
