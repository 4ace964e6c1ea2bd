"""Mail that cannot be read is still shown with who sent it and what about (MAIL X4)."""

import time

import pytest

from outreach.mail.glance import LONGEST, glance


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            b"From: Bo <bo@x.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nbody",
            ("Bo", "bo@x.example", "Grüße"),
        ),
        (b"SUBJECT : one\n two\nfrom :bo@x.example\n\nFrom: no@x.example", ("", "bo@x.example", "one two")),
        (b"Subject: =?utf-8?q?a=0ABcc=3A_evil?=\n\n", ("", "", "a Bcc: evil")),
        (b"\xff\x00From <<<", ("", "", "")),
        (b"", ("", "", "")),
    ],
)
def test_the_first_headers_say_who_and_what_as_far_as_they_go(raw: bytes, expected: tuple[str, str, str]) -> None:
    assert glance(raw) == expected


def test_endless_headers_cost_nothing() -> None:
    """X1: whatever stands there, the look is short."""
    started = time.process_time()
    for piece in (b"a" * 5_000_000, b"\n " * 2_000_000, b"=?utf-8?q?x?= " * 300_000, b"<" * 3_000_000):
        found = glance(b"From: " + piece + b"\nSubject: " + piece)
        assert max(map(len, found)) <= LONGEST
    assert time.process_time() - started < 2
