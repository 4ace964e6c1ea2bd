"""Every table, imported: what migrations are compared with."""

from outreach.store import (
    account,
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
    sequences,
    tasks,
    templates,
    users,
)
from outreach.store.base import Base

MODULES = (
    account,
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
    sequences,
    tasks,
    templates,
    users,
)
metadata = Base.metadata
