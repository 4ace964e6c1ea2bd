"""The account's colour and name on public pages. The colour is a sheet of its own: the CSP allows no inline style."""

import re
from typing import Any

from flask import Response, url_for

from outreach.http.access import anyone
from outreach.http.assets import FOR_EVER
from outreach.http.house import current_house
from outreach.http.transactions import transaction
from outreach.public.blueprint import blueprint
from outreach.store import account

DEFAULT = "#2f55d4"


@blueprint.get("/brand/<color>.css")
@anyone("a style sheet")
def brand_sheet(color: str) -> Response:
    """Two custom properties: the colour, and what is readable on it."""
    value = "#" + color if _is_color("#" + color) else DEFAULT
    css = f":root{{--brand:{value};--on-brand:{readable_on(value)}}}"
    return Response(css, mimetype="text/css", headers={"Cache-Control": FOR_EVER})


def us() -> dict[str, Any]:
    """What a public page says about us: name, logo, website, postal address, address of the colour's sheet."""
    row = account.get(transaction())
    color = row.brand_color if _is_color(row.brand_color) else DEFAULT
    name = row.company or row.sender_name or current_house().settings.mail_from_address.partition("@")[2]
    return {
        "name": name,
        "logo_url": row.logo_url if row.logo_url.startswith("https://") else "",
        "website": row.website if row.website.startswith(("https://", "http://")) else "",
        "postal_address": row.postal_address,
        "sheet": url_for("public.brand_sheet", color=color.lstrip("#")),
    }


def readable_on(color: str) -> str:
    """White or near-black, whichever has the better contrast on `color` (WCAG relative luminance)."""
    digits = color.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    red, green, blue = (_linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#fff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#131a29"


def _is_color(value: str) -> bool:
    return re.fullmatch(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value) is not None


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
