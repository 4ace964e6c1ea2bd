"""Which clicks are a person's: a table of hits and verdicts (RULES B1 to B3, MAIL T2, T3, T4)."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core.tracking import TRAP, Hit, judge, judge_open

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; Microsoft Outlook 16.0.17928)"
HOUR = timedelta(hours=1)
SECONDS = timedelta(seconds=4)


def hit(seconds: float = 0, link: int = 1, agent: str = CHROME, **more: object) -> Hit:
    return Hit(AT + timedelta(seconds=seconds), link, agent=agent, ip="192.0.2.7", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "agent", [CHROME, OUTLOOK, "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0"]
)
def test_a_browser_an_hour_after_delivery_is_a_person(agent: str) -> None:
    assert judge(hit(agent=agent), HOUR, []).kind == "human"


@pytest.mark.parametrize(
    "agent",
    ["", "  ", "curl/8.5.0", "python-requests/2.32", "BarracudaCentral/1.0", "Mimecast/1.0", "GoogleImageProxy",
     "Mozilla/5.0 (compatible; Googlebot/2.1)", "HeadlessChrome/142", "proofpoint-urldefense", "Trend Micro WTP"],
)  # fmt: skip
def test_a_known_machine_is_a_scanner(agent: str) -> None:
    assert judge(hit(agent=agent), HOUR, []).kind == "scanner"


def test_head_is_never_a_person() -> None:
    assert judge(hit(method="HEAD"), HOUR, []).kind == "scanner"


def test_a_prefetch_and_one_of_us_have_classes_of_their_own() -> None:
    assert judge(hit(prefetch=True), HOUR, []).kind == "prefetch"
    assert judge(hit(own=True), HOUR, []).kind == "own"


def test_an_agent_without_language_or_without_a_name_is_unknown() -> None:
    assert judge(hit(language=False), HOUR, []).kind == "unknown"
    assert judge(hit(agent="Mozilla/5.0"), HOUR, []).kind == "unknown"


def test_three_links_of_a_letter_within_seconds_are_a_scanner_s() -> None:
    others = [hit(-1, link=2), hit(-2, link=3)]
    assert judge(hit(), HOUR, others).kind == "scanner"
    assert judge(hit(), HOUR, others[:1]).kind == "human"
    assert judge(hit(60), HOUR, others).kind == "human"


def test_the_same_link_three_times_is_a_person_who_is_impatient() -> None:
    assert judge(hit(), HOUR, [hit(-1), hit(-2)]).kind == "human"


def test_two_links_within_seconds_of_delivery_are_a_scanner_s() -> None:
    assert judge(hit(), SECONDS, [hit(-1, link=2)]).kind == "scanner"


def test_one_link_within_seconds_of_delivery_is_left_open_until_later() -> None:
    verdict = judge(hit(), SECONDS, [])
    assert (verdict.kind, verdict.settled) == ("unknown", False)


def test_whoever_opened_the_hidden_link_is_a_scanner_from_then_on() -> None:
    trapped = hit(-300, link=9, link_name=TRAP)
    assert judge(trapped, HOUR, []).kind == "scanner"
    assert judge(hit(), HOUR, [trapped]).kind == "scanner"
    assert judge(hit(agent=OUTLOOK), HOUR, [trapped]).kind == "human"


def test_a_bare_agent_opens_without_being_a_person() -> None:
    assert judge_open(hit(agent="Mozilla/5.0")).kind == "unknown"
    assert judge_open(hit()).kind == "human"
