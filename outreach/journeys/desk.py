"""Where applying writes its rows, and looks up what writing them needs: for one decision, or for a batch in few statements."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from outreach.core import decisions as d
from outreach.journeys import letters
from outreach.store import bulk, messages, sequences, tasks, templates
from outreach.store.base import Base
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task


class Desk:
    """One for each transaction. `many`: rows are laid on heaps while a batch is applied, and written heap by heap."""

    def __init__(self, session: Session, *, many: bool = False) -> None:
        self.session, self.many = session, many
        self._heaps: dict[type[Base], list[dict[str, Any]]] | None = None
        self._changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        self._versions: dict[str, int] = {}
        self._texts: dict[int, int] = {}
        self._withdrawn: dict[int, dict[str, Message]] = {}
        self._new_leads: dict[int, list[Task]] = {}

    def know(self, marks: Mapping[str, tuple[int, datetime]]) -> None:
        """The texts in force of these templates, where they are at hand."""
        self._versions |= {key: mark[0] for key, mark in marks.items()}

    def nothing_sent(self, enrolment_id: int) -> None:
        """An enrolment that has just begun: no letter of it can have been withdrawn."""
        self._withdrawn[enrolment_id] = {}

    def add(self, model: type[Base], **values: Any) -> None:
        """A new row."""
        if self._heaps is None:
            self.session.add(model(**values))
        else:
            self._heaps.setdefault(model, []).append(values)

    def keep(self, row: Enrolment, **values: Any) -> None:
        """An enrolment as it stands from now on."""
        heaped = self._heaps is not None
        for name, value in values.items():
            if heaped:
                set_committed_value(row, name, value)
            else:
                setattr(row, name, value)
        if heaped:
            self._changed.setdefault(tuple(values), []).append({"id": row.id, **values})

    @contextmanager
    def in_heaps(self) -> Iterator[None]:
        """While it lasts, rows are collected; in the end each table gets one statement."""
        if not self.many:
            yield
            return
        self._heaps, self._changed = {}, {}
        yield
        heaps, self._heaps = self._heaps, None
        for rows in self._changed.values():
            bulk.update_many(self.session, Enrolment, rows)
        for model, rows in heaps.items():
            bulk.insert_many(self.session, model, rows)

    def look_up(self, decided: Collection[tuple[Enrolment, Lead, d.Decision]]) -> None:
        """Ask once what writing these decisions will ask for."""
        sent = [(row.id, x.letter.template) for row, _, x in decided if isinstance(x, d.Send)]
        called = [lead.id for _, lead, x in decided if isinstance(x, d.MakeTask) and x.task_kind == "call"]
        if unknown := {template for _, template in sent if template} - self._versions.keys():
            self.know(templates.marks(self.session, unknown))
        if asked := [key for key, _ in sent if key not in self._withdrawn]:
            self._withdrawn |= {key: {} for key in asked} | messages.withdrawn_of(self.session, asked)
        if called:
            self._new_leads |= {key: [] for key in called} | tasks.new_leads_of(self.session, called)

    def version_of(self, template: str) -> int:
        """The version in force of a template. Raises Refused when there is none."""
        if template not in self._versions:
            version = letters.text_of(self.session, template).version_id
            assert version is not None
            self._versions[template] = version
        return self._versions[template]

    def texts_of(self, version_id: int) -> int:
        """The version of the sequence whose texts letters of this one take (V2)."""
        if version_id not in self._texts:
            self._texts[version_id] = sequences.texts_of(self.session, version_id)
        return self._texts[version_id]

    def withdrawn(self, enrolment_id: int, step_key: str) -> Message | None:
        """The receipt of a letter of this step that was cancelled before it went."""
        if enrolment_id not in self._withdrawn:
            return messages.withdrawn_of(self.session, [enrolment_id]).get(enrolment_id, {}).get(step_key)
        return self._withdrawn[enrolment_id].get(step_key)

    def new_lead(self, lead_id: int, submission_id: int | None) -> Task | None:
        """The open task that a request made, while no step has taken it over."""
        if lead_id not in self._new_leads:
            return tasks.new_lead_of(self.session, lead_id, submission_id)
        return next((task for task in self._new_leads[lead_id] if task.submission_id == submission_id), None)
