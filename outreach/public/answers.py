"""/a/<token>/<choice>: the one-click answers of the break-up letter. GET shows a page, the POST there acts (B4, K3)."""

from datetime import date

from flask import Response, render_template, request

from outreach.errors import NotFound
from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.transactions import transaction
from outreach.journeys import answer
from outreach.public import brand
from outreach.public.blueprint import blueprint

MONTHS_AHEAD = 12
BODY = 8_000


@blueprint.get("/a/<token>/<any(yes, later, no):choice>")
@anyone("the signed token belongs to one letter")
def answer_page(token: str, choice: str) -> Response:
    """The question once more, with one button."""
    _message(token)
    return _page(choice, "ask")


@blueprint.post("/a/<token>/<any(yes, later, no):choice>")
@anyone("the signed token belongs to one letter", csrf=False, body=BODY)
def answer_post(token: str, choice: str) -> Response:
    """Act, and say what happens next."""
    message_id = _message(token)
    month = _month(request.form.get("month", "")) if choice == "later" else None
    if choice == "later" and month is None:
        return _page(choice, "ask", "Please choose a month.", 422)
    answer.answered(transaction(), current_house(), message_id, choice, month, now())
    return _page(choice, "done", month=month)


def _message(token: str) -> int:
    message_id = current_house().number("answer", token)
    if message_id is None:
        raise NotFound("This link is not complete. Please use the one in the letter, or simply reply to it.")
    return message_id


def _page(choice: str, state: str, error: str = "", status: int = 200, month: date | None = None) -> Response:
    html = render_template(
        "public/answer.html", choice=choice, state=state, error=error, months=_months(), month=month, us=brand.us()
    )
    return Response(html, status, mimetype="text/html")


def _months() -> list[tuple[str, str]]:
    first = now().date().replace(day=1)
    return [(f"{one:%Y-%m}", f"{one:%B %Y}") for one in _following(first)]


def _following(first: date) -> list[date]:
    return [
        date(first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1, 1)
        for n in range(1, MONTHS_AHEAD + 1)
    ]


def _month(value: str) -> date | None:
    return next((date(int(key[:4]), int(key[5:]), 1) for key, _ in _months() if key == value), None)
