"""/segments: who belongs together. Rule rows with a live count and a few people; used by sequences and newsletters."""

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import segments as rules
from outreach.core.conditions import SENSES
from outreach.core.pipeline import STAGES
from outreach.core.segments import ABOUTS, BARE_OPS, DATE_OPS, DAYS_OPS, NOBODY, Group, NotASegment, Rule
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import now
from outreach.http.numbers import whole
from outreach.http.transactions import transaction
from outreach.journeys import shape_segment
from outreach.reports import segment_use
from outreach.store import forms, leads, segments, sequences, users
from outreach.store.segments import Segment
from outreach.web.blueprint import blueprint

BUILDERS = ("admin", "manager", "marketer")
MOST_GROUPS = 6
MOST_ROWS = 12


@dataclass(frozen=True)
class Row:
    """One rule as it stands in the form, right or wrong."""

    about: str = "tag"
    name: str = ""
    op: str = "is"
    value: str = ""
    wrong: str = ""

    @property
    def ops(self) -> tuple[str, ...]:
        return ABOUTS[self.about].ops

    @property
    def chosen(self) -> str:
        """The comparison, or the first that makes sense when another one was chosen before."""
        return self.op if self.op in self.ops else self.ops[0]

    @property
    def takes_value(self) -> bool:
        return not (ABOUTS[self.about].valueless or self.chosen in BARE_OPS or self.about == "sequence")

    @property
    def kind(self) -> str:
        """How the value is typed in: days, date, or words."""
        return "days" if self.chosen in DAYS_OPS else "date" if self.chosen in DATE_OPS else "text"


@dataclass(frozen=True)
class Drawn:
    """One group of rows in the form."""

    match: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Draft:
    """The whole form. `match` joins the groups."""

    name: str
    note: str
    match: str
    groups: tuple[Drawn, ...]

    def data(self) -> dict[str, Any]:
        """The rules as plain data; empty groups are left out."""
        return {"match": self.match, "rules": [_data(group) for group in self.groups if group.rows]}


@blueprint.get("/segments")
@signed_in
def segment_list() -> str:
    """Every segment with its rules in words and what uses it."""
    session = transaction()
    used, names = segment_use.of_segments(session), _owner_names()
    lines = [
        {"row": row, "words": _told(rules.read(row.rules), names), "used": used.get(row.name.lower(), [])}
        for row in segments.all_segments(session)
    ]
    return render_template("segments/list.html", lines=lines)


@blueprint.post("/segments")
@role(*BUILDERS)
def segment_new() -> AnyResponse:
    """A new segment, which nobody is in until it has rules."""
    try:
        row = shape_segment.new(transaction(), request.form.get("name", ""), now())
    except Refused as error:
        flash(str(error), "bad")
        return redirect("/segments", 303)
    return redirect(f"/segments/{row.id}", 303)


@blueprint.get("/segments/<int:segment_id>")
@signed_in
def segment_editor(segment_id: int) -> str:
    """The rules beside the count and five people."""
    row = _segment(segment_id)
    return _editor(row, _as_draft(row), {})


@blueprint.post("/segments/<int:segment_id>")
@role(*BUILDERS)
def segment_save(segment_id: int) -> str | AnyResponse:
    """Save; a button of a row or group only rearranges what is typed."""
    row, draft = _segment(segment_id), _posted()
    if what := request.form.get("do", ""):
        return _editor(row, _rearranged(draft, what), {})
    try:
        shape_segment.save(transaction(), row, draft.name, draft.note, rules.read(draft.data()))
    except NotASegment as fault:
        return Response(_editor(row, _marked(draft, fault), {"rules": str(fault)}), 422)
    except Refused as fault:
        return Response(_editor(row, draft, {"name": str(fault)}), 422)
    flash("Saved.", "ok")
    return redirect(f"/segments/{row.id}", 303)


@blueprint.post("/segments/<int:segment_id>/rows")
@role(*BUILDERS)
def segment_rows(segment_id: int) -> str:
    """The rows again, with the fields that the chosen rule needs; nothing is saved."""
    draft = _posted()
    if what := request.form.get("do", ""):
        draft = _rearranged(draft, what)
    return render_template("segments/_rows.html", segment=_segment(segment_id), draft=draft, **_choices())


@blueprint.post("/segments/<int:segment_id>/look")
@role(*BUILDERS)
def segment_look(segment_id: int) -> str:
    """How many match what is typed now, and five of them."""
    return render_template("segments/_people.html", **_people(_posted()))


@blueprint.post("/segments/<int:segment_id>/delete")
@role(*BUILDERS)
def segment_delete(segment_id: int) -> AnyResponse:
    """Take it away, unless something uses it."""
    row, session = _segment(segment_id), transaction()
    try:
        shape_segment.remove(session, row, segment_use.of_segments(session).get(row.name.lower(), []))
    except Refused as error:
        flash(str(error), "bad")
        return redirect(f"/segments/{row.id}", 303)
    flash(f"“{row.name}” was taken away.", "ok")
    return redirect("/segments", 303)


def _segment(segment_id: int) -> Segment:
    row = transaction().get(Segment, segment_id)
    if row is None:
        abort(404)
    return row


def _editor(row: Segment, draft: Draft, errors: dict[str, str]) -> str:
    used = segment_use.of_segments(transaction()).get(row.name.lower(), [])
    return render_template(
        "segments/editor.html", segment=row, draft=draft, errors=errors, used=used, **_choices(), **_people(draft)
    )


def _people(draft: Draft) -> dict[str, Any]:
    try:
        group = rules.read(draft.data())
    except NotASegment as fault:
        return {"count": None, "sample": [], "fault": str(fault), "words": "", "most": shape_segment.MOST}
    count, sample = shape_segment.look(transaction(), group, now())
    return {
        "count": count, "sample": sample, "fault": "", "words": _told(group, _owner_names()), "most": shape_segment.MOST
    }  # fmt: skip


def _owner_names() -> dict[str, str]:
    return {str(user.id): user.name for user in users.all_users(transaction())}


def _told(group: Group, names: dict[str, str]) -> str:
    """The rules in words, owners by their names."""

    def named(part: Group | Rule) -> Group | Rule:
        if isinstance(part, Group):
            return Group(part.match, tuple(named(each) for each in part.parts))
        return (
            Rule(part.about, part.op, names.get(part.value, part.value), part.name) if part.about == "owner" else part
        )

    return rules.describe(named(group))


def _choices() -> dict[str, Any]:
    session = transaction()
    return {
        "abouts": [(key, about.words) for key, about in ABOUTS.items()],
        "about_of": ABOUTS,
        "owners": [(NOBODY, "nobody"), *((str(user.id), user.name) for user in users.all_users(session))],
        "stages": STAGES,
        "tags": leads.all_tags(session)[:500],
        "senses": SENSES,
        "form_keys": [form.key for form in forms.all_forms(session)],
        "sequence_names": [row.name for row in sequences.all_sequences(session)],
    }


def _as_draft(row: Segment) -> Draft:
    group = rules.read(row.rules)
    loose = tuple(_row(part) for part in group.parts if isinstance(part, Rule))
    drawn = [Drawn(part.match, _rows_of(part)) for part in group.parts if isinstance(part, Group)]
    if loose:
        drawn.insert(0, Drawn(group.match, loose))
    return Draft(row.name, row.note, group.match, tuple(drawn) or (Drawn("all", ()),))


def _rows_of(group: Group) -> tuple[Row, ...]:
    """The rules of a group; deeper groups (made by no form) are shown flat."""
    return tuple(_row(rule) for rule in rules.rules_of(group))


def _row(rule: Rule) -> Row:
    return Row(rule.about, rule.name, rule.op, rule.value)


def _posted() -> Draft:
    form = request.form
    groups = tuple(
        Drawn("any" if form.get(f"g_{g}_match") == "any" else "all", tuple(_posted_rows(g)))
        for g in range(MOST_GROUPS)
        if f"g_{g}_match" in form
    )
    match = "any" if form.get("match") == "any" else "all"
    return Draft(form.get("name", "")[:200], form.get("note", "")[:500], match, groups or (Drawn("all", ()),))


def _posted_rows(group: int) -> list[Row]:
    def text(number: int, name: str) -> str:
        return " ".join(request.form.get(f"r_{group}_{number}_{name}", "").split())[: rules.LONGEST]

    found = []
    for number in range(MOST_ROWS):
        if f"r_{group}_{number}_about" in request.form:
            about = text(number, "about")
            row = Row(
                about if about in ABOUTS else "tag", text(number, "name"), text(number, "op"), text(number, "value")
            )
            found.append(Row(row.about, row.name, row.chosen, row.value))
    return found


def _data(group: Drawn) -> dict[str, Any]:
    return {
        "match": group.match,
        "rules": [{"about": row.about, "name": row.name, "op": row.chosen, "value": row.value} for row in group.rows],
    }


def _rearranged(draft: Draft, what: str) -> Draft:
    """`add:GROUP`, `remove:GROUP:ROW`, `group`."""
    act, _, where = what.partition(":")
    groups = [list(group.rows) for group in draft.groups]
    matches = [group.match for group in draft.groups]
    numbers = [number for part in where.split(":") if (number := whole(part)) is not None]
    if act == "group" and len(groups) < MOST_GROUPS:
        groups.append([Row()])
        matches.append("any")
    elif act == "add" and numbers and numbers[0] < len(groups) and len(groups[numbers[0]]) < MOST_ROWS:
        groups[numbers[0]].append(Row())
    elif act == "remove" and len(numbers) == 2 and numbers[0] < len(groups) and numbers[1] < len(groups[numbers[0]]):
        del groups[numbers[0]][numbers[1]]
        if not groups[numbers[0]] and len(groups) > 1:
            del groups[numbers[0]], matches[numbers[0]]
    drawn = tuple(Drawn(match, tuple(rows)) for match, rows in zip(matches, groups, strict=True))
    return Draft(draft.name, draft.note, draft.match, drawn)


def _marked(draft: Draft, fault: NotASegment) -> Draft:
    """The row that is wrong, with its sentence beside it."""
    filled = [number for number, group in enumerate(draft.groups) if group.rows]
    place = [int(part) for part in fault.place.split(".") if part.isdigit()]
    if len(place) != 2 or place[0] >= len(filled):
        return draft
    groups = list(draft.groups)
    number = filled[place[0]]
    rows = list(groups[number].rows)
    old = rows[place[1]]
    rows[place[1]] = Row(old.about, old.name, old.op, old.value, str(fault))
    groups[number] = Drawn(groups[number].match, tuple(rows))
    return Draft(draft.name, draft.note, draft.match, tuple(groups))
