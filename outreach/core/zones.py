"""W6: the lead's time zone: the first that is known, with the source it came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SOURCES: Final = ("field", "browser", "postal", "phone", "company", "owner", "account")


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA name, its source (one of SOURCES) and whether it is a guess among several zones of a country."""

    name: str
    source: str
    guessed: bool = False


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """True for an IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(
    *,
    field: str | None = None,
    browser: str | None = None,
    country: str | None = None,
    region: str | None = None,
    phone: str | None = None,
    company: str | None = None,
    owner: str | None = None,
    account: str = "UTC",
) -> Zone:
    """The first of the chain that is known: explicit field, browser, postal country, phone prefix, company, owner,
    account.

    `phone` is an international number (``+1 212 ...``); names that are no zone are passed over.
    """
    for source, name in (("field", field), ("browser", browser)):
        if name and is_zone(name):
            return Zone(name, source)
    for source, names in (("postal", of_country(country, region)), ("phone", of_phone(phone))):
        if names:
            return Zone(names[0], source, guessed=len(names) > 1)
    for source, name in (("company", company), ("owner", owner)):
        if name and is_zone(name):
            return Zone(name, source)
    return Zone(account, "account")


def of_country(country: str | None, region: str | None = None) -> tuple[str, ...]:
    """The zones of a country (ISO 3166 alpha-2), the most populous first; one when the region settles it."""
    if not country:
        return ()
    code = country.upper()
    known = _REGIONS.get(f"{code}-{region.upper()}") if region else None
    return (known,) if known else _zones_by_country().get(code, ())


@lru_cache(maxsize=1024)
def country_of(zone: str) -> str:
    """The country (ISO 3166 alpha-2) that a zone belongs to; empty for UTC and the like."""
    return next((code for code, names in _zones_by_country().items() if zone in names), "")


@lru_cache(maxsize=4096)
def of_phone(phone: str | None) -> tuple[str, ...]:
    """The zones that a number's prefix allows; none for a number without a country prefix."""
    if not phone or not phone.strip().startswith("+"):
        return ()
    import phonenumbers
    from phonenumbers import timezone as prefixes

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    names = tuple(name for name in prefixes.time_zones_for_number(number) if is_zone(name))
    of_its_country = of_country(phonenumbers.region_code_for_number(number))
    return tuple(name for name in of_its_country if name in names) or names


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """zone1970.tab of the zone data, most populous zone of a country first as that file has it."""
    found: dict[str, list[str]] = {}
    for line in _zone_table().splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            found.setdefault(code, []).append(name)
    return {code: _merged(code, names) for code, names in found.items()}


def _zone_table() -> str:
    from importlib.resources import files

    return files("tzdata").joinpath("zoneinfo/zone.tab").read_text()


def _merged(code: str, names: list[str]) -> tuple[str, ...]:
    """Without the zones that keep the same time as one before them today (Germany's Busingen)."""
    first = _MAIN.get(code)
    ordered = [first, *(name for name in names if name != first)] if first else names
    return tuple(ordered[:1]) if code in _ONE_TIME else tuple(ordered)


_ONE_TIME: Final = frozenset({"DE", "AR", "MY", "NZ", "CN", "UA", "UZ", "CY", "PS", "IT"})
"""Countries with several names for one time (New Zealand's Chatham, 600 people, is passed over)."""

_MAIN: Final = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City",
    "RU": "Europe/Moscow",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "MY": "Asia/Kuala_Lumpur",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}

_EASTERN = "CT DE DC FL GA IN ME MD MA MI NH NJ NY NC OH PA RI SC VT VA WV KY"
_CENTRAL = "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI"
_MOUNTAIN = "CO ID MT NM UT WY"
_PACIFIC = "CA NV OR WA"
_REGIONS: Final = {
    **{f"US-{state}": "America/New_York" for state in _EASTERN.split()},
    **{f"US-{state}": "America/Chicago" for state in _CENTRAL.split()},
    **{f"US-{state}": "America/Denver" for state in _MOUNTAIN.split()},
    **{f"US-{state}": "America/Los_Angeles" for state in _PACIFIC.split()},
    "US-AZ": "America/Phoenix",
    "US-AK": "America/Anchorage",
    "US-HI": "Pacific/Honolulu",
    "CA-ON": "America/Toronto",
    "CA-QC": "America/Toronto",
    "CA-BC": "America/Vancouver",
    "CA-AB": "America/Edmonton",
    "CA-MB": "America/Winnipeg",
    "CA-SK": "America/Regina",
    "CA-NS": "America/Halifax",
    "CA-NB": "America/Moncton",
    "CA-NL": "America/St_Johns",
    "AU-NSW": "Australia/Sydney",
    "AU-VIC": "Australia/Melbourne",
    "AU-QLD": "Australia/Brisbane",
    "AU-SA": "Australia/Adelaide",
    "AU-WA": "Australia/Perth",
    "AU-TAS": "Australia/Hobart",
    "AU-NT": "Australia/Darwin",
    "AU-ACT": "Australia/Sydney",
    "ES-CN": "Atlantic/Canary",
    "PT-20": "Atlantic/Azores",
    "PT-30": "Atlantic/Madeira",
}
