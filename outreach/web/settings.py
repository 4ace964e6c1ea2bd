"""/settings: who we are. Company, sender, postal address, zone, holidays and working hours of the account."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.core.publicholidays import known_countries
from outreach.http.access import role, signed_in
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import configure
from outreach.store import account
from outreach.web.blueprint import blueprint


@blueprint.get("/settings")
@signed_in
def settings() -> Response | str:
    """The company's settings for administrators and managers; everybody else has their own profile."""
    if this_user().role not in ("admin", "manager"):
        return redirect("/settings/me")
    return _page(None)


@blueprint.post("/settings")
@role("admin", "manager")
def save_settings() -> Response | tuple[str, int]:
    """Change them, or say what is wrong beside each field."""
    errors = configure.company(transaction(), request.form)
    if errors:
        return _page(errors), 422
    flash("Saved.", "ok")
    return redirect("/settings", 303)


@blueprint.get("/settings/regions")
@role("admin", "manager")
def regions() -> str:
    """The regions of a country, for the select beside it."""
    return render_template("settings_regions.html", regions=region_choices(request.args.get("country", "")), region="")


@cache
def zone_choices() -> list[str]:
    """Time zones that a person would choose."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [*places, "UTC"]


@cache
def country_choices() -> list[tuple[str, str]]:
    """Countries whose public holidays are known, by their English names."""
    names = Locale("en").territories
    known = [(code, names[code]) for code in known_countries() if len(code) == 2 and code in names]
    return sorted(known, key=lambda pair: pair[1])


def region_choices(country: str) -> list[str]:
    """Regions with holidays of their own."""
    return sorted(known_countries().get(country, ()))


def _page(errors: dict[str, str] | None) -> str:
    row = account.get(transaction())
    form = request.form if errors else None
    country = form.get("country", "") if form else row.country
    return render_template(
        "settings.html",
        row=form or row,
        hours={day: form.get(f"hours_{day}", "") for day in configure.DAYS}
        if form
        else configure.hours_text(row.working_hours),
        days=configure.DAYS,
        errors=errors,
        zones=zone_choices(),
        countries=country_choices(),
        regions=region_choices(country),
        region=form.get("region", "") if form else row.region,
    )
