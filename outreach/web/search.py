"""/search: one box for leads, sequences and templates; the same answers as suggestions while typing."""

from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy.orm import Session

from outreach.http.access import signed_in
from outreach.http.transactions import transaction
from outreach.store import leads, sequences, templates
from outreach.web.blueprint import blueprint

SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """Something found, and its page."""

    group: str
    icon: str
    title: str
    detail: str
    path: str


@blueprint.get("/search")
@signed_in
def search() -> str:
    """The page of results, also without scripts."""
    words = request.args.get("q", "").strip()[:100]
    hits = find(transaction(), words, 30) if len(words) >= SHORTEST else []
    return render_template("search.html", words=words, hits=hits)


@blueprint.get("/search/suggest")
@signed_in
def suggest() -> str:
    """The first few, for the box in the top bar."""
    words = request.args.get("q", "").strip()[:100]
    if len(words) < SHORTEST:
        return ""
    return render_template("search_suggest.html", words=words, hits=find(transaction(), words, 6))


def find(session: Session, words: str, limit: int) -> list[Hit]:
    """Leads by the beginnings of words (name, company, address, phone); the rest by a part of its name."""
    people = leads.page(session, words=words, limit=limit) if leads.prefix_query(words) else []
    found = [
        Hit("Leads", "user", lead.name or lead.email, lead.company or lead.email, f"/leads/{lead.id}")
        for lead in people
    ]
    for sequence in sequences.all_sequences(session):
        if words.lower() in sequence.name.lower():
            found.append(Hit("Sequences", "route", sequence.name, "Sequence", f"/sequences/{sequence.id}"))
    for template in templates.all_templates(session):
        if words.lower() in f"{template.name} {template.key}".lower():
            found.append(Hit("Templates", "template", template.name, "Template", f"/templates/{template.id}"))
    return found
