"""Which database this is, and how far it has come: what a copy out of a backup is known by (RELIABILITY 4, fault 37)."""

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Moment


class Lineage(Base):
    """One row: a name drawn once, and a mark that only grows while the system runs. `at`: real time of the mark."""

    __tablename__ = "lineage"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    mark: Mapped[int]
    at: Mapped[Moment]


STEP = text("""
INSERT INTO lineage (id, name, mark, at) VALUES (1, gen_random_uuid(), 1, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET mark = lineage.mark + 1, at = excluded.at RETURNING name, mark
""")
SKIP = text("""
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + :by)
FROM pg_sequences WHERE schemaname = current_schema()
""")


def step(session: Session) -> tuple[str, int]:
    """The next mark; the database's name and the mark."""
    name, mark = session.execute(STEP).one()
    return str(name), int(mark)


def read(session: Session) -> Lineage | None:
    """Name and mark, if there ever was one."""
    return session.get(Lineage, 1, populate_existing=True)


def has_sent(session: Session) -> bool:
    """Whether a letter ever went out."""
    return bool(session.scalar(text("SELECT EXISTS (SELECT 1 FROM messages WHERE message_id IS NOT NULL)")))


def skip_numbers(session: Session, by: int) -> None:
    """No row of the future gets the number of one that was lost."""
    session.execute(SKIP, {"by": by}).all()
