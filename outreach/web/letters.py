"""/templates: the letters by kind, and new ones."""

from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import author
from outreach.reports import template_use
from outreach.store import templates
from outreach.store.templates import Template, TemplateVersion
from outreach.web.blueprint import blueprint
from outreach.web.sequences import BUILDERS

KINDS = (
    ("break-up", "Break-up letter", "door-exit", "red", "The last letter of a sequence, with three one-click answers."),
    ("newsletter", "Newsletter", "news", "blue", "What an issue starts from."),
    ("letter", "Letters", "mail", "teal", "Answers, follow-ups, one-key letters."),
    ("educational", "Educational letters", "bookmark", "purple", "The nurture programme: useful, never selling."),
    ("notice", "Notices to our own people", "bell", "orange", "What reps get when something happens."),
    ("layout", "Layout", "layout-sidebar-right", "grey", "The frame and the small print that letters share."),
)


@dataclass(frozen=True)
class Entry:
    """One template in the gallery."""

    template: Template
    version: TemplateVersion | None
    used_by: list[str]


@blueprint.get("/templates")
@signed_in
def template_list() -> str:
    """The gallery."""
    session = transaction()
    used, current = template_use.used_by(session), templates.versions_in_force(session)
    entries = [Entry(one, current.get(one.id), used.get(one.key, [])) for one in templates.all_templates(session)]
    shelves = [(kind, [entry for entry in entries if entry.template.kind == kind[0]]) for kind in KINDS]
    shelves = [(kind, inside) for kind, inside in shelves if inside]
    return render_template("letters/list.html", shelves=shelves, may_edit=this_user().role in BUILDERS)


@blueprint.get("/templates/new")
@role(*BUILDERS)
def template_new() -> str:
    """What to start from."""
    return _new_page({})


@blueprint.post("/templates/new")
@role(*BUILDERS)
def template_make() -> AnyResponse:
    """Make it and open its editor."""
    session = transaction()
    start = request.form.get("from", "")
    source = session.get(Template, key) if (key := whole(start)) is not None else None
    name, kind = request.form.get("name", ""), request.form.get("kind", "letter")
    try:
        template = author.make(session, name, kind, source, now(), this_user().id)
    except Refused as fault:
        return Response(_new_page({"kind" if "kind" in str(fault) else "name": str(fault)}), 422)
    flash(f"{template.name} is there. Sequences can send it at once.", "ok")
    return redirect(url_for("web.template_editor", template_id=template.id), 303)


@blueprint.post("/templates/<int:template_id>/archive")
@role(*BUILDERS)
def template_archive(template_id: int) -> AnyResponse:
    """Out of the gallery, unless something sends it."""
    template = find_template(template_id)
    used = template_use.used_by(transaction()).get(template.key, [])
    try:
        author.archive(template, used, now())
    except Refused as fault:
        flash(str(fault), "bad")
        return redirect(url_for("web.template_versions", template_id=template_id), 303)
    flash(f"{template.name} is archived.", "ok")
    return redirect(url_for("web.template_list"), 303)


def find_template(template_id: int) -> Template:
    """The template of this address, or 404."""
    return transaction().get(Template, template_id) or abort(404)


def _new_page(errors: dict[str, str]) -> str:
    every = templates.all_templates(transaction())
    starts = [(str(one.id), one.name) for one in every if one.kind in author.KINDS]
    kinds = [(kind, label) for kind, label, *_ in KINDS if kind in author.KINDS]
    return render_template("letters/new.html", starts=starts, kinds=kinds, errors=errors, values=request.values)
