"""The DNS check of a sending domain (MAIL A1, A2, A3), answered from a table of records."""

from collections.abc import Callable
from typing import Any

import pytest

from outreach.mail import dkim, dmarc, dns, dnscheck, spf
from outreach.mail.dns import DnsSilent
from outreach.mail.dnscheck import Finding, Key, Sender

PEM, PUBLIC = dkim.generate("rsa")
KEY = Key("outreach1", "rsa", PUBLIC)
GOOD = {
    ("lumen.example", "TXT"): ["v=spf1 include:_spf.mail.example ~all", "some other text"],
    ("_spf.mail.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"],
    ("_dmarc.lumen.example", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:d@lumen.example"],
    ("lumen.example", "MX"): ["10 mx.mail.example."],
    ("outreach1._domainkey.lumen.example", "TXT"): [f"v=DKIM1; k=rsa; p={PUBLIC}"],
}
LUMEN = Sender("lumen.example", "lumen.example", "lumen.example", ("_spf.mail.example",), (KEY,))


def zone(records: dict[tuple[str, str], list[str]], silent: tuple[str, ...] = ()) -> Callable[[str, str], Any]:
    def ask(name: str, kind: str) -> tuple[str, ...]:
        if name in silent:
            raise DnsSilent(f"DNS did not answer for {name}")
        return tuple(records.get((name, kind), ()))

    return ask


def about(topic: str, sender: Sender, records: dict[tuple[str, str], list[str]], **more: Any) -> list[Finding]:
    return [f for f in dnscheck.check(sender, zone(records, **more)) if f.topic == topic]


def test_a_domain_that_is_set_up_has_nothing_but_ok() -> None:
    findings = dnscheck.check(LUMEN, zone(GOOD))
    assert {finding.state for finding in findings} == {"ok"}
    assert {finding.topic for finding in findings} == {"spf", "dkim", "dmarc", "mx"}
    assert all(finding.why for finding in findings)


def test_an_empty_domain_is_told_every_record_to_publish() -> None:
    findings = dnscheck.check(LUMEN, zone({}))
    assert {finding.state for finding in findings} == {"missing"}
    shown = {(f.record.name, f.record.type): f.record.value for f in findings if f.record}
    assert shown[("lumen.example", "TXT")] == "v=spf1 include:_spf.mail.example ~all"
    assert shown[("outreach1._domainkey.lumen.example", "TXT")] == f"v=DKIM1; k=rsa; p={PUBLIC}"
    assert shown[("_dmarc.lumen.example", "TXT")].startswith("v=DMARC1; p=none; ")
    assert "pct" not in shown[("_dmarc.lumen.example", "TXT")]


@pytest.mark.parametrize(
    ("texts", "state", "words"),
    [
        (["v=spf1 include:_spf.mail.example ~all", "v=spf1 mx -all"], "wrong", "twice"),
        (["v=spf1 include:_spf.mail.example +all"], "wrong", "everybody"),
        (["v=spf1 include:_spf.mail.example all"], "wrong", "everybody"),
        (["v=spf1 mx -all"], "wrong", "lacks your provider"),
        (["v=spf1 include:_spf.mail.example"], "wrong", "no end"),
        (["v=spf1 include:_spf.mail.example include:nobody.example ~all"], "wrong", "mistake"),
        (["v=spf1 include:_spf.mail.example a:" + " a:".join("abcdefghij") + " ~all"], "wrong", "asks too much"),
        (["v=spf10 -all"], "missing", "missing"),
        (["V=SPF1 Include:_SPF.mail.example ~ALL"], "ok", "right"),
        (["v=spf1 redirect=_spf.mail.example"], "ok", "right"),
    ],
)
def test_spf_is_judged_and_mended(texts: list[str], state: str, words: str) -> None:
    """A1: one record, at most ten lookups, no +all, and it names the provider."""
    finding = about("spf", LUMEN, GOOD | {("lumen.example", "TXT"): texts})[0]
    assert finding.state == state
    assert words in finding.title
    if finding.record:
        mended = spf.walk(zone(GOOD), "lumen.example", finding.record.value)
        assert not mended.everybody
        assert mended.ends


def test_includes_in_a_circle_end() -> None:
    records = GOOD | {("_spf.mail.example", "TXT"): ["v=spf1 include:lumen.example include:_spf.mail.example ~all"]}
    assert about("spf", LUMEN, records)[0].state == "wrong"


def test_a_missing_spf_is_given_in_full_where_the_sending_host_has_an_address_and_in_words_where_not() -> None:
    """A1: of a server that nobody but its address is known of, with the reason why it may be another."""
    table = {("smtp.host.example", "A"): ["93.184.215.14"], ("smtp.host.example", "AAAA"): ["2606:2800:21f::1"]}

    def missing(**known: Any) -> Finding:
        return about("spf", Sender("lumen.example", "lumen.example", "lumen.example", **known), table)[0]

    relay = missing(relays=("smtp.host.example",))
    assert relay.record.value == "v=spf1 ip4:93.184.215.14 ip6:2606:2800:21f::1 ~all"
    assert "right if smtp.host.example itself" in relay.detail
    both = missing(includes=("_spf.mail.example",), relays=("smtp.host.example",))
    assert both.record.value.startswith("v=spf1 include:_spf.mail.example ip4:93.184.215.14 ")
    assert missing(relays=("gone.example",)).record is None
    inside = missing(relays=("127.0.0.1",))
    assert (inside.record, "public address" in inside.detail) == (None, True)
    assert missing().record is None


def test_a_server_of_our_own_must_be_let_in_and_be_named() -> None:
    """A1: PTR when sending direct."""
    own = Sender("lumen.example", "lumen.example", "lumen.example", servers=("mail.lumen.example",))
    records = GOOD | {
        ("mail.lumen.example", "A"): ["8.8.4.4"],
        ("lumen.example", "TXT"): ["v=spf1 ip4:192.0.2.1 ~all"],
    }
    assert "lacks your server" in about("spf", own, records)[0].title
    assert "ip4:8.8.4.4" in (about("spf", own, records)[0].record or dnscheck.Record("", "", "")).value
    assert about("ptr", own, records)[0].state == "missing"
    records[(dns.reverse_name("8.8.4.4"), "PTR")] = ["mail.lumen.example."]
    records[("lumen.example", "TXT")] = ["v=spf1 a:mail.lumen.example ~all"]
    assert about("ptr", own, records)[0].state == "ok"
    assert about("spf", own, records)[0].state == "ok"
    records[(dns.reverse_name("8.8.4.4"), "PTR")] = ["elsewhere.example."]
    assert about("ptr", own, records)[0].state == "wrong"


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        ([f"v=DKIM1; k=rsa; p={PUBLIC[:40]} {PUBLIC[40:]}"], "ok"),
        (["v=DKIM1; k=rsa; p="], "wrong"),
        (["v=DKIM1; k=rsa; p=AAAA"], "wrong"),
        ([], "missing"),
    ],
)
def test_a_key_of_ours_is_compared(texts: list[str], state: str) -> None:
    records = GOOD | {("outreach1._domainkey.lumen.example", "TXT"): texts}
    assert about("dkim", LUMEN, records)[0].state == state
    assert dnscheck.ours_in_dns(LUMEN, zone(records)) == {"outreach1": state == "ok"}
    silent = zone(records, ("outreach1._domainkey.lumen.example",))
    assert dnscheck.ours_in_dns(LUMEN, silent) == {"outreach1": None}


def test_a_providers_key_is_looked_for_under_its_names() -> None:
    sender = Sender(
        "lumen.example",
        "lumen.example",
        "lumen.example",
        selectors=("s1", "s2"),
        signer="Switch it on.",
        signs_itself=False,
    )
    assert about("dkim", sender, {})[0].detail == "Switch it on."
    found = about("dkim", sender, {("s2._domainkey.lumen.example", "TXT"): [f"k=rsa; p={PUBLIC}"]})
    assert [f.state for f in found] == ["ok"]
    unnamed = Sender("lumen.example", "lumen.example", "lumen.example", signer="Look there.", signs_itself=False)
    assert about("dkim", unnamed, {})[0].state == "unknown"


@pytest.mark.parametrize(
    ("records", "domain", "organisation", "name"),
    [
        ({"lumen.example": ""}, "news.lumen.example", "lumen.example", "lumen.example"),
        ({"lumen.example": "", "news.lumen.example": ""}, "news.lumen.example", "lumen.example", "news.lumen.example"),
        ({"example": "; psd=y"}, "news.lumen.example", "lumen.example", "example"),
        ({"example": "; psd=y", "lumen.example": ""}, "a.lumen.example", "lumen.example", "lumen.example"),
        ({"news.lumen.example": "; psd=n", "lumen.example": ""}, "a.news.lumen.example", "news.lumen.example",
         "news.lumen.example"),
        ({}, "lumen.example", "lumen.example", None),
    ],
)  # fmt: skip
def test_the_policy_is_found_by_walking_up_the_tree(
    records: dict[str, str], domain: str, organisation: str, name: str | None
) -> None:
    """A2, RFC 9989 4.10: no list of suffixes."""
    ask = zone({(f"_dmarc.{at}", "TXT"): [f"v=DMARC1; p=reject{tags}"] for at, tags in records.items()})
    assert dmarc.organisation_of(ask, domain) == organisation
    policy = dmarc.policy_of(ask, domain)
    assert (policy.name if policy else None) == name


def test_a_long_name_costs_at_most_eight_questions() -> None:
    asked: list[str] = []

    def ask(name: str, _kind: str) -> tuple[str, ...]:
        asked.append(name)
        return ()

    dmarc.organisation_of(ask, "a.b.c.d.e.f.g.h.i.j.lumen.example")
    assert len(asked) == 8
    assert asked[1] == "_dmarc.f.g.h.i.j.lumen.example"


@pytest.mark.parametrize(
    ("texts", "state", "words"),
    [
        (["v=DMARC1; p=none; pct=50"], "ok", "pct mean nothing any more"),
        (["v=DMARC1; p=none", "v=DMARC1; p=none"], "wrong", ""),
        (["v=DMARC1; p=maybe"], "wrong", "p=maybe"),
        (["p=none; v=DMARC1"], "missing", "p=none"),
    ],
)
def test_dmarc_is_judged(texts: list[str], state: str, words: str) -> None:
    finding = about("dmarc", LUMEN, GOOD | {("_dmarc.lumen.example", "TXT"): texts})[0]
    assert finding.state == state
    assert words in finding.detail


def test_bounces_to_another_organisation_are_told() -> None:
    """The domain of the return address is aligned with that of From (MAIL 1.1)."""
    apart = Sender("lumen.example", "bounce.other.example", "lumen.example", ("_spf.mail.example",))
    records = GOOD | {("_dmarc.other.example", "TXT"): ["v=DMARC1; p=none"]}
    assert any("does not belong" in f.title for f in about("dmarc", apart, records))
    same = Sender("lumen.example", "bounce.lumen.example", "lumen.example", ("_spf.mail.example",))
    assert not any("does not belong" in f.title for f in about("dmarc", same, records))


def test_a_domain_that_takes_no_mail_is_told() -> None:
    assert about("mx", LUMEN, GOOD | {("lumen.example", "MX"): ["0 ."]})[0].state == "wrong"


def test_a_silent_dns_is_no_missing_record() -> None:
    states = {f.topic: f.state for f in dnscheck.check(LUMEN, zone(GOOD, silent=("lumen.example",)))}
    assert states == {"spf": "unknown", "dkim": "ok", "dmarc": "ok", "mx": "unknown"}
