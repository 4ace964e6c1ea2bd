"""Is a sending domain set up so that its mail is believed? Each finding says why, and the exact record (MAIL A1, A2).

Receivers look at SPF of the envelope's domain, at DKIM, and at DMARC, which wants one of both to belong to the From
domain. Nothing here sends or changes anything; DNS is asked by `Ask`, so that tests answer from a table.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outreach.mail import dkim, dmarc, spf
from outreach.mail.dns import Ask, DnsSilent, is_local, once, reverse_name

State = Literal["ok", "missing", "wrong", "unknown"]
WEAKEST_RSA = 1024
WHY = {
    "spf": "SPF says which servers may send for the domain. Gmail, Yahoo and Microsoft refuse or file away mail without it.",
    "dkim": "A DKIM signature proves that the letter is yours and was not changed. Large mailboxes ask for it.",
    "dmarc": "DMARC ties SPF and DKIM to the address that people see. Gmail, Yahoo and Microsoft want it of bulk senders.",
    "mx": "Without an MX record replies and bounces cannot come back.",
    "ptr": "Receivers refuse mail from an address whose name does not lead back to it.",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A record to publish, ready to copy."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `detail` is one plain sentence; `record` is what to publish, if we know it."""

    topic: str
    state: State
    title: str
    detail: str = ""
    record: Record | None = None

    @property
    def why(self) -> str:
        """Why it matters."""
        return WHY[self.topic]

    def as_dict(self) -> dict[str, Any]:
        """For a row."""
        return asdict(self) | {"why": self.why}


@dataclass(frozen=True, slots=True)
class Key:
    """A DKIM key of ours as it should stand in DNS."""

    selector: str
    kind: str
    public: str


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a sending domain.

    `envelope`: the domain of the return address. `includes`: what the providers' SPF needs. `selectors`: those of providers
    that sign themselves, with `signer` saying where to switch it on; `signs_itself`: some letters need a key of ours.
    `servers`: hosts of our own that send directly; `relays`: hosts of others that we hand letters to and know nothing more of.
    `mail_host`: where the reply domain's MX should lead.
    """

    domain: str
    envelope: str
    reply_domain: str
    includes: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    selectors: tuple[str, ...] = ()
    signer: str = ""
    signs_itself: bool = True
    servers: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    mail_host: str = ""


def check(sender: Sender, asked: Ask) -> list[Finding]:
    """Every finding about a domain. Never raises for what DNS says or does not say."""
    ask = once(asked)
    looks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("spf", lambda: _spf(sender, ask)),
        ("dkim", lambda: _dkim(sender, ask)),
        ("dmarc", lambda: _dmarc(sender, ask)),
        ("mx", lambda: _mx(sender, ask)),
        ("ptr", lambda: _ptr(sender, ask)),
    ]
    return [finding for topic, look in looks for finding in _answered(topic, look)]


def ours_in_dns(sender: Sender, asked: Ask) -> dict[str, bool | None]:
    """For each of our keys: True = published as it is, False = surely not, None = DNS did not say."""
    seen: dict[str, bool | None] = {}
    for key in sender.keys:
        try:
            seen[key.selector] = _published(asked, sender.domain, key) == "ok"
        except DnsSilent:
            seen[key.selector] = None
    return seen


def _answered(topic: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except DnsSilent as silent:
        return [Finding(topic, "unknown", f"{topic.upper()} could not be looked up", f"{silent}. Check again later.")]


def _spf(sender: Sender, ask: Ask) -> Iterable[Finding]:
    domain, found = sender.envelope, spf.records(ask, sender.envelope)
    if not found:
        yield _spf_missing(sender, ask, domain)
        return
    if len(found) > 1:
        merged = "v=spf1 " + " ".join(dict.fromkeys(w for r in found for w in r.split()[1:] if "all" not in w.lower()))
        detail = f"There are {len(found)} records; receivers then believe none. Keep one."
        yield Finding(
            "spf", "wrong", f"SPF of {domain} is there twice", detail, Record(domain, "TXT", merged + " ~all")
        )
        return
    yield _spf_record(sender, ask, domain, found[0])


def _spf_missing(sender: Sender, ask: Ask, domain: str) -> Finding:
    """The whole record where everything in it is known; a guess says that it is one; words where nothing is known."""
    title = f"SPF of {domain} is missing"
    surely = [*(f"include:{name}" for name in sender.includes), *_mechanisms(_addresses(sender.servers, ask))]
    perhaps = _mechanisms(_addresses(sender.relays, ask))
    if not surely and not perhaps:
        return Finding("spf", "missing", title, _who_knows(sender))
    detail = ""
    if perhaps:
        hosts = ", ".join(sender.relays)
        detail = f"This is right if {hosts} itself hands your mail to the world. If its provider names another record, take theirs."
    return Finding(
        "spf", "missing", title, detail, Record(domain, "TXT", f"v=spf1 {' '.join([*surely, *perhaps])} ~all")
    )


def _who_knows(sender: Sender) -> str:
    if any(_is_inside(host) for host in sender.relays):
        own = "Your mail server has no public name here. If it sends directly, publish a TXT record “v=spf1 ip4:ADDRESS ~all”"
        return f"{own} with its public address; if it passes mail on to a provider, take the record from there."
    return "Which servers send for it is for the mail server's provider to say: “SPF” in its help."


def _is_inside(host: str) -> bool:
    return not ip_address(host).is_global if _is_address(host) else is_local(host)


def _spf_record(sender: Sender, ask: Ask, domain: str, record: str) -> Finding:
    walk = spf.walk(ask, domain, record)
    lacking = [name for name in sender.includes if name not in walk.includes]
    if walk.everybody:
        better = re.sub(r"\+?\ball\b", "~all", record)
        return Finding(
            "spf", "wrong", f"SPF of {domain} lets everybody send", "It ends in +all.", Record(domain, "TXT", better)
        )
    if walk.lookups > spf.MOST_LOOKUPS:
        detail = f"It needs {walk.lookups} lookups; more than {spf.MOST_LOOKUPS} make it invalid. Take out what you do not use."
        return Finding("spf", "wrong", f"SPF of {domain} asks too much", detail)
    if lacking:
        better = record
        for name in lacking:
            better = spf.with_include(better, name)
        detail = f"It does not name {', '.join(lacking)}, so your provider's mail fails."
        return Finding("spf", "wrong", f"SPF of {domain} lacks your provider", detail, Record(domain, "TXT", better))
    outside = [address for address in _addresses(sender.servers, ask) if not walk.lets_in(address)]
    if outside:
        words = " ".join(_mechanisms(outside))
        better = spf.with_include(record, "X").replace("include:X", words)
        detail = f"Your server {', '.join(outside)} is not among those that may send."
        return Finding("spf", "wrong", f"SPF of {domain} lacks your server", detail, Record(domain, "TXT", better))
    if walk.problems:
        return Finding("spf", "wrong", f"SPF of {domain} has a mistake", "; ".join(walk.problems[:3]) + ".")
    if not walk.ends:
        return Finding(
            "spf", "wrong", f"SPF of {domain} has no end", "End it with ~all.", Record(domain, "TXT", record + " ~all")
        )
    return Finding("spf", "ok", f"SPF of {domain} is right", f"{walk.lookups} of {spf.MOST_LOOKUPS} lookups used.")


def _mechanisms(addresses: Iterable[str]) -> list[str]:
    return [("ip6:" if ":" in address else "ip4:") + address for address in addresses]


def _addresses(hosts: Iterable[str], ask: Ask) -> list[str]:
    """Public addresses of hosts."""
    found: list[str] = []
    for host in hosts:
        answers = [host] if _is_address(host) else [*ask(host, "A"), *ask(host, "AAAA")]
        found += [address for address in answers if ip_address(address).is_global]
    return found


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _dkim(sender: Sender, ask: Ask) -> Iterable[Finding]:
    for key in sender.keys:
        yield _own_key(sender, ask, key)
    if sender.signer:
        yield _provider_key(sender, ask)
    if sender.signs_itself and not sender.keys:
        detail = "Make a key under Settings, Sending domains, publish its record, and letters are signed from then on."
        yield Finding("dkim", "missing", unsigned(sender.domain), detail)


def unsigned(domain: str) -> str:
    """What is said of a domain for which there is no key."""
    return f"Letters from {domain} are not signed"


def _own_key(sender: Sender, ask: Ask, key: Key) -> Finding:
    name = f"{key.selector}._domainkey.{sender.domain}"
    state = _published(ask, sender.domain, key)
    record = Record(name, "TXT", dkim.record(key.kind, key.public))
    if state == "ok":
        return Finding("dkim", "ok", f"DKIM key {key.selector} is published")
    if state == "missing":
        return Finding("dkim", "missing", f"DKIM key {key.selector} is not published yet", "", record)
    return Finding("dkim", "wrong", f"DKIM record {key.selector} holds another key", "Replace it by this one.", record)


def _published(ask: Ask, domain: str, key: Key) -> State:
    texts = ask(f"{key.selector}._domainkey.{domain}", "TXT")
    if not texts:
        return "missing"
    return "ok" if any(_public(text) == key.public for text in texts) else "wrong"


def _public(text: str) -> str:
    tags = {name.strip(): value for name, _, value in (part.partition("=") for part in text.split(";"))}
    return re.sub(r"\s", "", tags.get("p", ""))


def _provider_key(sender: Sender, ask: Ask) -> Finding:
    title = f"DKIM of {sender.domain}"
    for selector in sender.selectors:
        texts = ask(f"{selector}._domainkey.{sender.domain}", "TXT")
        public = next((found for text in texts if (found := _public(text))), "")
        if public and _bits(public) < WEAKEST_RSA:
            return Finding(
                "dkim", "wrong", f"{title} is too weak", f"The key has {_bits(public)} bits. {sender.signer}"
            )
        if public:
            return Finding("dkim", "ok", f"{title} is published", f"Selector {selector}.")
    if sender.selectors:
        return Finding("dkim", "missing", f"{title} was not found", sender.signer)
    detail = f"Your provider chooses the name of its key, so it cannot be looked up here. {sender.signer}"
    return Finding("dkim", "unknown", f"{title}: look at your provider's page", detail)


def _bits(public: str) -> int:
    """The length of an RSA key; keys that we cannot read are judged by nobody."""
    try:
        key = load_der_public_key(b64decode(public))
    except (ValueError, Base64Error, UnsupportedAlgorithm):
        return WEAKEST_RSA
    return key.key_size if isinstance(key, RSAPublicKey) else WEAKEST_RSA


def _dmarc(sender: Sender, ask: Ask) -> Iterable[Finding]:
    domain, policy = sender.domain, dmarc.policy_of(ask, sender.domain)
    name = f"_dmarc.{domain}"
    start = Record(name, "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    if policy is None:
        yield Finding("dmarc", "missing", f"DMARC of {domain} is missing", "Begin with p=none: it only watches.", start)
    elif policy.several:
        yield Finding(
            "dmarc", "wrong", f"DMARC of {policy.name} is there twice", "Receivers then believe none. Keep one."
        )
    elif policy.wish not in ("none", "quarantine", "reject"):
        detail = f"p={policy.wish[:30]} is no policy; receivers read none, quarantine or reject."
        yield Finding("dmarc", "wrong", f"DMARC of {policy.name} has a mistake", detail, start)
    else:
        yield Finding("dmarc", "ok", f"DMARC of {domain} is set", _dmarc_words(policy, domain))
    if not dmarc.aligned(ask, sender.envelope, domain):
        detail = f"Bounces go to {sender.envelope}, which is another organisation: only DKIM can satisfy DMARC then."
        yield Finding("dmarc", "wrong", f"{sender.envelope} does not belong to {domain}", detail)


def _dmarc_words(policy: dmarc.Policy, domain: str) -> str:
    words = [f"Policy: {policy.wish}" + ("" if policy.name == domain else f", from {policy.name}")]
    if old := sorted(dmarc.OLD_TAGS & set(policy.tags)):
        words.append(f"{', '.join(old)} mean nothing any more (RFC 9989) and can go")
    return ". ".join(words) + "."


def _mx(sender: Sender, ask: Ask) -> Iterable[Finding]:
    for domain in dict.fromkeys((sender.reply_domain, sender.envelope)):
        answers = ask(domain, "MX")
        if any(answer.split()[-1] == "." for answer in answers):
            detail = "It says that the domain takes no mail at all (null MX)."
            yield Finding("mx", "wrong", f"MX of {domain} refuses mail", detail)
        elif answers:
            hosts = ", ".join(sorted(answer.split()[-1].rstrip(".") for answer in answers)[:4])
            yield Finding("mx", "ok", f"MX of {domain} is set", f"Mail goes to {hosts}.")
        else:
            record = Record(domain, "MX", f"10 {sender.mail_host}") if sender.mail_host else None
            yield Finding("mx", "missing", f"MX of {domain} is missing", "", record)


def _ptr(sender: Sender, ask: Ask) -> Iterable[Finding]:
    """Gmail, RFC 1912 2.1: the address has a name, and the name leads back to the address."""
    for address in _addresses(sender.servers, ask):
        names = [name.rstrip(".") for name in ask(reverse_name(address), "PTR")]
        if not names:
            detail = "Ask the provider of the server to set it to the server's name."
            yield Finding("ptr", "missing", f"{address} has no name", detail)
        elif any(address in ask(name, "AAAA" if ":" in address else "A") for name in names):
            yield Finding("ptr", "ok", f"{address} is {names[0]}")
        else:
            yield Finding("ptr", "wrong", f"{address} says it is {names[0]}", "That name does not lead back to it.")
