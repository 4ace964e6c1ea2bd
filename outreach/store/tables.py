"""Every table, imported: what migrations are compared with."""

from outreach.store import (
    account,
    batches,
    business_clock,
    consents,
    deals,
    enrolments,
    events,
    forms,
    inbox,
    leads,
    logins,
    mailboxes,
    messages,
    notices,
    pauses,
    sequences,
    tasks,
    templates,
    users,
)
from outreach.store.base import Base

MODULES = (
    account,
    batches,
    business_clock,
    consents,
    deals,
    enrolments,
    events,
    forms,
    inbox,
    leads,
    logins,
    mailboxes,
    messages,
    notices,
    pauses,
    sequences,
    tasks,
    templates,
    users,
)
metadata = Base.metadata
