"""The page after a form: thanks, and a question for what is missing (phone number, best time to call)."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.transactions import transaction
from outreach.journeys import capture, visit
from outreach.public import brand
from outreach.public.blueprint import blueprint
from outreach.public.forms import framed
from outreach.store import forms
from outreach.store.forms import Form, Submission
from outreach.store.leads import Lead

TIMES = (
    ("any time", "Any time"),
    ("morning", "Morning, before noon"),
    ("midday", "Around noon"),
    ("afternoon", "Afternoon"),
    ("evening", "Early evening"),
)
BODY = 16_000


@blueprint.get("/f/<key>/thanks")
@anyone("thanks without a question")
def thanks_plain(key: str) -> Response:
    """Thanks alone."""
    return _page(_form(key), None, {}, {})


@blueprint.get("/f/<key>/thanks/<token>")
@anyone("the signed token belongs to one submission")
def thanks(key: str, token: str) -> Response:
    """Thanks; asks for the phone number and the best time to call while they are missing."""
    return _page(_form(key), _submission(token), {}, {})


@blueprint.post("/f/<key>/thanks/<token>")
@anyone("the signed token belongs to one submission", csrf=False, body=BODY)
def thanks_post(key: str, token: str) -> AnyResponse:
    """Keep the number and the time."""
    form, submission = _form(key), _submission(token)
    if submission is None:
        return redirect(url_for("public.thanks_plain", key=key), 303)
    phone, best_time = request.form.get("phone", ""), request.form.get("best_time", "")
    answers = {"phone": phone, "best_time": best_time}
    if best_time and best_time not in dict(TIMES):
        return _page(form, submission, answers, {"best_time": f"Please choose one of: {', '.join(dict(TIMES))}."}, 422)
    if _asks(submission)["phone"] and not phone.strip():
        return _page(form, submission, answers, {"phone": "Please give a number, or close this page."}, 422)
    try:
        capture.complete(transaction(), submission, phone if _asks(submission)["phone"] else "", best_time, now())
    except Refused as error:
        return _page(form, submission, answers, {"phone": str(error)}, 422)
    frame: dict[str, Any] = {"embed": "1"} if request.args.get("embed") == "1" else {}
    return redirect(url_for("public.thanks", key=key, token=token, saved="1", **frame), 303)


def _asks(submission: Submission | None) -> dict[str, bool]:
    """What is missing still. What is known is never shown: whoever typed this address need not be its owner."""
    lead = transaction().get(Lead, submission.lead_id) if submission else None
    return {"phone": bool(lead and not lead.phone), "best_time": bool(lead and not lead.best_time)}


def _page(
    form: Form, submission: Submission | None, answers: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    html = render_template(
        "public/thanks.html",
        form=form,
        first_name=_first_name(submission),
        asks=_asks(submission),
        answers=answers,
        errors=errors,
        times=TIMES,
        saved=request.args.get("saved") == "1",
        embed=request.args.get("embed") == "1",
        visitor=visit.token(current_house(), submission.lead_id) if submission else "",
        us=brand.us(),
    )
    return framed(Response(html, status, mimetype="text/html"))


def _first_name(submission: Submission | None) -> str:
    words = str(submission.answers.get("name", "")).split() if submission else []
    return words[0][:40] if words else ""


def _form(key: str) -> Form:
    form = forms.by_key(transaction(), key)
    if form is None:
        abort(404)
    return form


def _submission(token: str) -> Submission | None:
    number = current_house().number("thanks", token)
    return transaction().get(Submission, number) if number is not None else None
