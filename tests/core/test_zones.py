"""W6: the chain of time zones, each with its source."""

import pytest

from outreach.core.zones import Zone, of_country, of_phone, zone_of

EVERYTHING = {
    "field": "Europe/Paris",
    "browser": "Europe/Rome",
    "country": "DE",
    "phone": "+46 8 123 456 78",
    "company": "Europe/Madrid",
    "owner": "Europe/London",
    "account": "Asia/Tokyo",
}
CHAIN = [
    ("field", Zone("Europe/Paris", "field")),
    ("browser", Zone("Europe/Rome", "browser")),
    ("country", Zone("Europe/Berlin", "postal")),
    ("phone", Zone("Europe/Stockholm", "phone")),
    ("company", Zone("Europe/Madrid", "company")),
    ("owner", Zone("Europe/London", "owner")),
]


def test_the_first_that_is_known_wins_and_its_source_is_kept():
    """W6."""
    known = dict(EVERYTHING)
    for name, expected in CHAIN:
        assert zone_of(**known) == expected
        known[name] = None
    assert zone_of(**known) == Zone("Asia/Tokyo", "account")


def test_a_country_with_several_zones_is_a_guess_unless_the_region_settles_it():
    """W6."""
    assert zone_of(country="US") == Zone("America/New_York", "postal", guessed=True)
    assert zone_of(country="US", region="CA") == Zone("America/Los_Angeles", "postal")
    assert zone_of(country="AU", region="SA") == Zone("Australia/Adelaide", "postal")


def test_a_phone_prefix_tells_the_area():
    """W6."""
    assert of_phone("+1 212 555 1234") == ("America/New_York",)
    assert of_phone("+1 415 555 1234") == ("America/Los_Angeles",)
    assert of_phone("0171 1234567") == ()
    assert of_phone("nonsense") == ()


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", None])
def test_what_is_no_zone_is_passed_over(name):
    assert zone_of(field=name, owner="Europe/London").source == "owner"


def test_an_unknown_country_has_no_zone():
    assert of_country("XX") == ()
