"""How long a question may take: for pages that ask what somebody typed a moment ago."""

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def at_most(session: Session, seconds: float) -> None:
    """From here to the end of the savepoint no statement takes longer; it raises instead (see `is_timeout`)."""
    session.execute(text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(int(seconds * 1000))})


def is_timeout(error: DBAPIError) -> bool:
    """Whether a statement was ended because it took too long."""
    return isinstance(error.orig, QueryCanceled)
