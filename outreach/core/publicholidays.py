"""W8: public holidays by country and region, by the `holidays` library: public category, observed days included."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


def is_holiday(day: date, country: str, region: str | None = None) -> bool:
    """True on a public holiday there; nationwide ones when the region is not known to the library."""
    return day in holidays_of(country, region, day.year)


@lru_cache(maxsize=4096)
def holidays_of(country: str, region: str | None, year: int) -> frozenset[date]:
    """All public holidays of one year; none for a country that the library does not know."""
    import holidays  # takes a tenth of a second, and only those who need it pay

    for subdivision in (region, None) if region else (None,):
        try:
            return frozenset(holidays.country_holidays(country.upper(), subdiv=subdivision, years=year))
        except NotImplementedError:
            continue
    return frozenset()


@lru_cache(maxsize=1)
def known_countries() -> dict[str, frozenset[str]]:
    """Country codes that have holidays, each with its regions' codes and names."""
    import holidays

    return {country: frozenset(regions) for country, regions in holidays.list_supported_countries().items()}
