"""/f/<key>: the form as a page, as an iframe (`?embed=1`) and by a small script; posts from browsers and machines.

No SMTP and no waiting for Redis in here: one transaction, then the worker is woken after the answer has left.
"""

from typing import Any

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.http.access import anyone
from outreach.http.headers import policy
from outreach.http.house import current_house, now
from outreach.http.limits import visitor
from outreach.http.transactions import transaction
from outreach.journeys import capture, cleaning, visit
from outreach.public import brand, reading
from outreach.public.blueprint import blueprint
from outreach.public.flood import PER_ADDRESS, PER_ADDRESS_ANYWHERE, PER_VISITOR, too_much
from outreach.store import forms
from outreach.store.forms import Form

BODY = 64_000
WAIT_A_MINUTE = (
    "Many messages came from your connection. Please send it again in a minute; what you typed is still here."
)
WAIT_AN_HOUR = (
    "We have several messages from this address already and answer them. Please send the next one in an hour."
)
TOO_QUICK = "That was very quick. Please look over what you wrote and press the button once more."
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept",
    "Access-Control-Max-Age": "86400",
    "Access-Control-Expose-Headers": "X-Outreach-Visitor",
}


@blueprint.get("/f/<key>")
@anyone("a form for everybody")
def form(key: str) -> Response:
    """The page; with `?embed=1` the bare form, to be shown inside any site."""
    return page(_form(key), {}, {})


@blueprint.get("/f/<key>.js")
@anyone("the script that puts the form into another site")
def form_script(key: str) -> Response:
    """`<script src="…/f/contact.js"></script>` shows the form where it stands."""
    found = _form(key)
    address = current_house().url(url_for("public.form", key=found.key))
    script = render_template("public/embed.js", address=address, title=found.title or found.name)
    headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(script, mimetype="text/javascript", headers=headers)


@blueprint.post("/f/<key>")
@anyone("a lead writes to us", csrf=False, body=BODY)
def form_post(key: str) -> AnyResponse:
    """(1) floods, (2) read, (3) traps for robots, (4) check, (5) keep, (6) answer; the worker is woken last."""
    found = _form(key)
    if too_much(PER_VISITOR, visitor(), key):
        return _refuse(found, {}, {"": WAIT_A_MINUTE}, 429)
    try:
        posted = reading.values(request)
    except reading.NotReadable as error:
        return _refuse(found, {}, {"": str(error)}, 400)
    if posted.get(reading.HONEYPOT):
        return _thank_a_robot(found)
    answers = reading.answers(found, posted)
    if not request.is_json:
        answers = reading.with_empty_boxes(found, answers)
    if not request.is_json and reading.too_quick(posted, current_house().keys):
        return _refuse(found, answers, {"": TOO_QUICK}, 422)
    cleaned, errors = cleaning.check(found, answers)
    if errors:
        return _refuse(found, answers, errors, 422)
    who = str(cleaned.get("email", "")).lower()
    if too_much(PER_ADDRESS, who, key) or (who and too_much(PER_ADDRESS_ANYWHERE, who)):
        return _refuse(found, answers, {"": WAIT_AN_HOUR}, 429)
    context = reading.context(found, posted, request)
    kept = capture.submit(transaction(), current_house(), found, cleaned, context, now())
    return _wake_after(_thank(found, kept))


@blueprint.after_request
def allow_other_sites(response: Response) -> Response:
    """CORS for posts from other sites (no cookies are involved), on answers below /f/ only."""
    if request.path.startswith("/f/") and request.method in ("POST", "OPTIONS"):
        response.headers.update(CORS)
    return response


def page(found: Form, answers: dict[str, Any], errors: dict[str, str], status: int = 200) -> Response:
    """The form with what was typed, and each error beside its field (`""`: above the form)."""
    html = render_template(
        "public/form.html",
        form=found,
        answers=answers,
        errors=errors,
        embed=_embedded(),
        us=brand.us(),
        stamp=reading.kept_stamp(request.form, current_house().keys),
        honeypot=reading.HONEYPOT,
        hidden=_hidden(),
    )
    return framed(Response(html, status, mimetype="text/html"))


def framed(response: Response) -> Response:
    """Let other sites show this answer in a frame, when it is the embedded version."""
    own = {"img-src": "'self' data: https:"}
    if _embedded():
        own["frame-ancestors"] = "*"
    else:
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["Content-Security-Policy"] = policy(own)
    return response


def _form(key: str) -> Form:
    found = forms.by_key(transaction(), key)
    if found is None:
        abort(404)
    if not found.active:
        abort(410, "This form is not open any more. Please write to us by e-mail instead.")
    return found


def _hidden() -> dict[str, str]:
    """What the page knows when it is made; the browser's script says it more precisely."""
    posted = request.form if request.method == "POST" else request.args
    told = {"_" + key: posted.get("_" + key) or request.args.get(key, "") for key in reading.UTM}
    told |= {"_zone": posted.get("_zone", ""), "_locale": posted.get("_locale", "")}
    told["_page"] = posted.get("_page") or request.args.get("page", "")
    told["_referrer"] = posted.get("_referrer") or ("" if request.method == "POST" else request.referrer or "")
    return {key: value[:1000] for key, value in told.items()}


def _refuse(found: Form, answers: dict[str, Any], errors: dict[str, str], status: int) -> Response:
    if request.is_json:
        response = jsonify(errors={key or "form": words for key, words in errors.items()})
        response.status_code = status
    else:
        response = page(found, answers, errors, status)
    if status == 429:
        response.headers["Retry-After"] = "3600" if WAIT_AN_HOUR in errors.values() else "60"
    return response


def _thank(found: Form, kept: capture.Captured) -> AnyResponse:
    if request.is_json:
        body = jsonify(submission=kept.submission_id, lead=kept.lead_id, enrolment=kept.enrolment_id)
        body.headers["X-Outreach-Visitor"] = visit.token(current_house(), kept.lead_id)
        body.status_code = 201
        return body
    token = current_house().token("thanks", kept.submission_id)
    return redirect(url_for("public.thanks", key=found.key, token=token, **_same_frame()), 303)


def _thank_a_robot(found: Form) -> AnyResponse:
    """Somebody filled in the field that no person sees: nothing is kept."""
    if request.is_json:
        return _refuse(found, {}, {reading.HONEYPOT: "Leave this field out; it is there to catch robots."}, 422)
    return redirect(url_for("public.thanks_plain", key=found.key, **_same_frame()), 303)


def _wake_after(response: AnyResponse) -> AnyResponse:
    """Ring after the answer has left: a frozen Redis costs nobody a wait. The clock finds the rows anyway."""
    queue = current_house().queue
    response.call_on_close(lambda: queue.poke("deliver_urgent"))
    return response


def _embedded() -> bool:
    return request.args.get("embed") == "1"


def _same_frame() -> dict[str, Any]:
    return {"embed": "1"} if _embedded() else {}
