"""Where people may be written to, for what, on which basis and for how long (MAIL C1 to C5): one table, and one judgement on it.

No legal advice: what each law asks, in the few words that a machine can check. Automatic letters alone are judged; the answer
to a request, sent at once, and whatever a person writes are none of its business.

Sources: CASL (S.C. 2010, c. 23) s. 10 (9) and (10), with the CRTC's guidance: an enquiry counts 6 months, a purchase or contract 24;
an address that was handed over counts while it has to do with their role. Directive 2002/58/EC art. 13 (1) and (2), Regulation (EU)
2016/679 art. 6 and 7. PECR 2003 (UK) reg. 22: consent, or negotiations or a sale; companies are not in reg. 22. UWG (Switzerland)
art. 3 (1) o. Spam Act 2003 (Australia) sch. 2: consent, or inferred from a relationship. CAN-SPAM Act (USA): opt-out.
Pictures that tell of opening: EDPB Guidelines 2/2023 on art. 5 (3) of 2002/58/EC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

FOLLOW_UP: Final = "follow-up"
"""Letters of sales sequences: about what somebody asked for, or is offered."""
EDUCATION: Final = "educational mail"
"""Nurture and newsletters."""
OPENS: Final = "open tracking"
"""Pictures in letters that tell when they are opened."""
PURPOSES: Final = (FOLLOW_UP, EDUCATION, OPENS)
EDUCATING: Final = frozenset({"nurture", "newsletter"})

CONSENT, ENQUIRY, PURCHASE, CONTRACT, HANDED, INTEREST = (
    "consent",
    "enquiry",
    "purchase",
    "contract",
    "address handed over",
    "legitimate interest",
)
BASES: Final = {
    CONSENT: "they agreed to it",
    ENQUIRY: "they asked us something",
    PURCHASE: "they bought from us",
    CONTRACT: "we have a contract",
    HANDED: "they handed us their address",
    INTEREST: "a business interest of ours, which we weighed",
}
"""Each in words for people."""

Months = Mapping[str, int | None]
"""Basis -> how many months it counts; None = until it is taken back. A basis that is not named does not count."""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """`follow_up`, `education`: what counts; None = whoever does not object may be written to."""

    key: str
    name: str
    law: str
    countries: frozenset[str] = frozenset()
    follow_up: Months | None = None
    education: Months | None = None
    opens_need_consent: bool = False

    def counts(self, purpose: str) -> Months | None:
        """Which bases count for a purpose."""
        return self.education if purpose == EDUCATION else self.follow_up


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something by which somebody may be written to, or (`granted` false) said no. `until`: an end that was agreed on."""

    basis: str
    at: datetime
    purpose: str = ""
    """Empty: of every purpose."""
    granted: bool = True
    until: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether, why and until when; `text` is one sentence for people."""

    may: bool
    text: str
    basis: str = ""
    until: datetime | None = None
    where: str = ""
    short: str = ""
    """Why not, in the same few words for everybody."""


_EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV",
    "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_ASKED: Final[Months] = {CONSENT: None, ENQUIRY: None, PURCHASE: None, CONTRACT: None}
_MET: Final[Months] = {**_ASKED, HANDED: None}
"""Whoever hands somebody their card at a fair asks to hear of what they talked about; more than that it is not."""
_AGREED: Final[Months] = {CONSENT: None, PURCHASE: None, CONTRACT: None}
TABLE: Final = (
    Jurisdiction(
        "CA", "Canada", "CASL", frozenset({"CA"}),
        {CONSENT: None, ENQUIRY: 6, PURCHASE: 24, CONTRACT: 24, HANDED: None},
        {CONSENT: None, ENQUIRY: 6, PURCHASE: 24, CONTRACT: 24},
    ),
    Jurisdiction("EU", "European Union and EEA", "ePrivacy Directive and GDPR", _EU, _MET, _AGREED, opens_need_consent=True),
    Jurisdiction(
        "GB", "United Kingdom", "PECR and UK GDPR", frozenset({"GB"}), {**_MET, INTEREST: None}, {**_ASKED, INTEREST: None},
        opens_need_consent=True,
    ),
    Jurisdiction("CH", "Switzerland", "UWG", frozenset({"CH"}), _MET, _AGREED),
    Jurisdiction("AU", "Australia", "Spam Act", frozenset({"AU"}), _MET, _MET),
)  # fmt: skip
ELSEWHERE: Final = Jurisdiction("", "Elsewhere", "opt-out, as CAN-SPAM has it")
_BY_COUNTRY: Final = {country: one for one in TABLE for country in one.countries}


@dataclass(frozen=True, slots=True)
class Rules:
    """The table as this account has it. `months`: jurisdiction -> basis -> months, where the account has its own; 0 = does not
    count. `asked`: whether a basis is asked for at all."""

    home: str = ""
    """The account's country: that of leads of whom none is known."""
    asked: bool = True
    months: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, country: str) -> Jurisdiction:
        """The law of a lead's country."""
        return _BY_COUNTRY.get((country or self.home).upper(), ELSEWHERE)

    def wanted(self, country: str, purpose: str) -> Months | None:
        """Which bases count there for this purpose, and how long; None = none is needed."""
        where = self.of(country)
        counted = where.counts(purpose)
        if counted is None or not self.asked:
            return None
        own = {basis: number for basis, number in self.months.get(where.key, {}).items() if basis in counted}
        return {basis: own.get(basis, number) for basis, number in counted.items() if own.get(basis) != 0}


def standing(rules: Rules, country: str, purpose: str, known: Iterable[Evidence], now: datetime) -> Standing:
    """Whether a letter of this purpose may go now. The longest basis wins; a later no takes back what was before it."""
    where, wanted = rules.of(country), rules.wanted(country, purpose)
    about = [one for one in known if one.purpose in ("", purpose)]
    said_no = max((one.at for one in about if not one.granted), default=None)
    if wanted is None:
        return _where_none_is_asked(where, purpose, about, said_no)
    counting = [one for one in about if one.granted and one.basis in wanted and (said_no is None or one.at > said_no)]
    ends = [(_end(one, wanted[one.basis]), one) for one in counting]
    living = [(end, one) for end, one in ends if end is None or end > now]
    if living:
        end, best = max(living, key=lambda pair: (pair[0] is None, pair[0] or now))
        return Standing(True, f"{_because(best)} ({where.law}).", best.basis, end, where.name)
    if ends:
        end, last = max(ends, key=lambda pair: pair[0] or now)
        text = f"{_because(last)}, and in {where.name} that ended on {end:%-d %B %Y} ({where.law}); a new request renews it."
        return Standing(False, text, last.basis, end, where.name, f"the basis for {purpose} has ended ({where.law})")
    if said_no is not None:
        return _said_no(where, purpose)
    words = [BASES[basis] for basis in wanted] or ["your settings let none count"]
    needed = " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    text = f"{where.name} asks for a basis ({where.law}): {needed}. None is known."
    return Standing(False, text, where=where.name, short=f"no basis for {purpose} ({where.law})")


def _where_none_is_asked(
    where: Jurisdiction, purpose: str, about: Iterable[Evidence], said_no: datetime | None
) -> Standing:
    """Silence is no refusal there; a no is one until they say yes to that very purpose."""
    if said_no is not None and not any(one.granted and one.purpose and one.at > said_no for one in about):
        return _said_no(where, purpose)
    text = "No basis is asked for: whoever does not object may be written to."
    return Standing(True, text, where=where.name)


def _said_no(where: Jurisdiction, purpose: str) -> Standing:
    return Standing(False, f"They said no to {purpose}.", where=where.name, short=f"no consent to {purpose}")


def may_see_opens(rules: Rules, country: str, said: bool | None) -> bool:
    """T1: whether a letter may tell that it was opened. `said`: their last word on it, if any."""
    return said if said is not None else not rules.of(country).opens_need_consent


def purpose_of(klass: str) -> str:
    """What a class of programmes is for."""
    return EDUCATION if klass in EDUCATING else FOLLOW_UP


def months_after(at: datetime, months: int) -> datetime:
    """So many months on, at the same hour; the last day of a month that is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _end(one: Evidence, months: int | None) -> datetime | None:
    law = months_after(one.at, months) if months is not None else None
    return min((end for end in (law, one.until) if end is not None), default=None)


def _because(one: Evidence) -> str:
    return f"{BASES[one.basis][:1].upper()}{BASES[one.basis][1:]} on {one.at:%-d %B %Y}"
