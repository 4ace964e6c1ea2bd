"""`outreach mail explain`: one JSON object a line, for every file, whatever it holds."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from outreach.mail.explain import explain

SAMPLES = Path(__file__).parents[1] / "samples"
KEYS = [
    "file",
    "class",
    "evidence",
    "bounces",
    "complaint",
    "reply_text",
    "return_date",
    "message_ids",
    "seconds",
]


def explained(*paths: object) -> list[dict[str, object]]:
    out = io.StringIO()
    explain([str(path) for path in paths], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_file_gets_its_line_in_order_with_the_same_keys() -> None:
    files = sorted(SAMPLES.glob("*.eml"))
    found = explained(*files)
    assert [line["file"] for line in found] == [str(path) for path in files]
    assert all(list(line) == KEYS for line in found)


def test_a_bounce_says_recipient_status_verdict_and_the_returned_letter() -> None:
    (line,) = explained(SAMPLES / "bounce-postfix-user-unknown.eml")
    assert line["class"] == "bounce"
    assert line["bounces"] == [{"recipient": "jo@lead.example.net", "status": "5.1.1", "verdict": "hard"}]
    assert line["message_ids"] == ["<mfrggzdfmztwq2lkmfrggzdf@post.example.com>"]


def test_a_reply_says_its_own_words_and_the_letter_that_it_answers() -> None:
    (line,) = explained(SAMPLES / "human-gmail.eml")
    assert line["reply_text"] == "Yes, please call me tomorrow at ten.\n\nJo"
    assert line["message_ids"] == ["<mfrggzdfmztwq2lkmfrggzdf@post.example.com>"]
    assert line["complaint"] is None


def test_an_absence_says_its_end_and_a_complaint_its_kind() -> None:
    away, complaint, unsure = explained(
        SAMPLES / "ooo-french.eml", SAMPLES / "complaint-yahoo.eml", SAMPLES / "ooo-ambiguous-date.eml"
    )
    assert away["return_date"] == "2026-03-14"
    assert complaint["complaint"] == {"type": "abuse", "recipient": "jo@lead.example.net"}
    assert unsure["return_date"] is None


def test_files_of_any_name_and_no_mail_at_all_are_explained(tmp_path: Path) -> None:
    """Never fails on a file."""
    odd = tmp_path / "no ending ü"
    odd.write_bytes(b"\x00\xff" * 1000)
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    for line in explained(odd, empty, tmp_path / "missing", tmp_path):
        assert line["class"]
        assert line["evidence"]


def test_a_pipe_is_read_and_a_silent_one_given_up(tmp_path: Path) -> None:
    """Never waits for what never comes; nor is a device a file."""
    silent, speaking = tmp_path / "silent", tmp_path / "speaking"
    os.mkfifo(silent)
    os.mkfifo(speaking)
    reader = os.open(speaking, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(speaking, os.O_WRONLY)
    os.write(writer, b"From: jo@lead.example\r\n\r\nHi")
    found = explained(silent, "/dev/zero", speaking)
    os.close(writer)
    os.close(reader)
    assert [line["class"] for line in found] == ["unreadable", "unreadable", "human"]
    assert found[2]["reply_text"] == "Hi"


def test_options_stand_anywhere_and_no_name_is_too_odd(tmp_path: Path) -> None:
    """As given, whatever its name: one that looks like an option, one that is no text."""
    for name in (b"--weird.eml", b"n\xff.eml"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"From: jo@lead.example\n\nHi")
    done = subprocess.run(
        [sys.executable, "-c", "import outreach.cli; outreach.cli.main()", "mail", "explain",
         "--weird.eml", "--json", b"n\xff.eml", "missing", "."],
        cwd=tmp_path, capture_output=True, check=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in found] == ["--weird.eml", os.fsdecode(b"n\xff.eml"), "missing", "."]
    assert [line["class"] for line in found] == ["human", "human", "unreadable", "unreadable"]
