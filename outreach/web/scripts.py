"""What to say: the call scripts that sequences name, merged for one lead. A step may carry its own words instead."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from outreach.journeys import letters
from outreach.journeys.house import House
from outreach.mail import templating
from outreach.reports.card import Card
from outreach.store.leads import Lead
from outreach.store.users import User


@dataclass(frozen=True, slots=True)
class Script:
    """`say`: the opening, word for word; `points`: label and what to find out; `copy`: words to send as they are."""

    say: str
    points: tuple[tuple[str, str], ...] = ()
    copy: bool = False


NEED = ("Need", "What made you look into it just now?")
COST = ("Cost", "What happens if nothing changes?")
NEXT = ("Next step", "Offer two times for a longer talk, today or tomorrow.")
GREET = "“Good {{ part_of_day }} {{ first_name }}, {{ caller }} from {{ brand.name }}. "

SCRIPTS: dict[str, Script] = {
    "call-new-lead": Script(
        GREET + "You asked us about {{ asked_about }} {{ a_moment_ago }}, and I wanted to answer in person."
        " What made you look into it today?”",
        (NEED, COST, NEXT),
    ),
    "call-again": Script(
        GREET + "I tried to reach you about {{ asked_about }}. Is now a good moment, or shall we set a time?”",
        (NEED, ("Number", "Is this the best number, and which hour suits best?"), NEXT),
    ),
    "call-check-in": Script(
        GREET + "You asked us about {{ asked_about }} and I have written since. Did my answer reach you?”",
        (("Arrived", "Do our messages arrive, or land in spam?"), NEED, NEXT),
    ),
    "call-hot": Script(
        GREET + "You looked at our prices, so a question or two may have come up. What would help you decide?”",
        (("Question", "What is still open?"), ("Decision", "Who else decides, and by when?"), NEXT),
    ),
    "call-last": Script(
        GREET + "Before I close your request about {{ asked_about }}, I wanted to ask once: is it still of interest?”",
        (
            ("Yes", "Set the interview now."),
            ("Later", "Which month shall I come back?"),
            ("No", "Thank them, wish them well."),
        ),
    ),
    "call-voicemail": Script(
        GREET + "It is about {{ asked_about }}. I will write you a line as well; my number is {{ owner.phone }}.”",
        (("Keep it short", "Name, reason, number; under 20 seconds."),),
    ),
    "call-referral": Script(
        GREET + "Thank you for the frank answer. Who do you know who has this problem and would like it solved?”",
        (("Introduce", "Would you write the first line, or may I use your name?"),),
    ),
    "call-follow-up": Script(
        GREET + "You asked us about {{ asked_about }}, and I have not reached you yet. Is now a good moment for two"
        " questions?”",
        (NEED, ("Number", "Is this the best number, and which hour suits best?"), NEXT),
    ),
    "call-event-lead": Script(
        GREET + "We met at the event, and you gave me your card. What stayed with you from our talk?”",
        (NEED, COST, NEXT),
    ),
    "call-qualify": Script(
        GREET + "You asked us about {{ asked_about }}. May I ask three short questions to see whether we can help?”",
        (("Need", "What should be different afterwards?"), ("Budget", "Is money set aside?"), ("When", "By when?")),
    ),
}
OTHER = {
    "interview": Script("Set a time, or say how the interview went. Book it with B, file it with 1 or 2."),
    "referral": Script("Somebody who does not fit may know somebody who does. Ask who."),
    "find successor": Script("The person has left. Find out who does the work now, and add them as a lead."),
    "resume": Script("This lead was paused for long. Continue, start again, or stop on the lead's page."),
}
GENERIC = "call-again"
_SOON = timedelta(minutes=30)


def script_for(session: Session, house: House, card: Card, lead: Lead, user: User) -> Script:
    """The script of a task, merged; gaps are left out."""
    fields = _fields(session, house, card, lead, user)
    given = card.task.script.strip()
    if given and given not in SCRIPTS and " " in given:
        return Script(_merged(given, fields), copy=card.task.kind in ("text", "social", "letter", "video", "voice"))
    known = SCRIPTS.get(given) or OTHER.get(card.task.kind) or SCRIPTS[_name_for(card)]
    if card.task.kind not in ("call", "new_lead", *OTHER) and not given:
        return Script("")
    return Script(_merged(known.say, fields), known.points)


def _name_for(card: Card) -> str:
    """Which script fits when the step names none."""
    if card.task.kind == "new_lead" or (card.asked and card.asked.first_human_at is None and card.attempts == 0):
        return "call-new-lead"
    return "call-hot" if card.lead and card.lead.hot else GENERIC


def _fields(session: Session, house: House, card: Card, lead: Lead, user: User) -> dict[str, object]:
    fields = letters.fields_for(session, house, lead, owner=user)
    hour = card.there.at.hour if card.there else 12
    topic = fields.get("topic")
    title = topic.get("title", "") if isinstance(topic, dict) else ""
    asked = card.asked.at if card.asked else None
    fresh = asked is not None and card.task.created_at - asked < _SOON
    return {
        **fields,
        "caller": user.name.split()[0] if user.name.split() else user.name,
        "part_of_day": "morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        "asked_about": title[:1].lower() + title[1:] if title else "our help",
        "a_moment_ago": "a moment ago" if fresh and card.attempts == 0 else "lately",
    }


def _merged(text: str, fields: dict[str, object]) -> str:
    try:
        return " ".join(templating.render(text, fields, False, []).split(" "))
    except templating.TemplateError:
        return text
