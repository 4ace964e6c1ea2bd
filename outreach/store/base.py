"""What every table shares: the declarative base, column shorthands and the engine."""

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Identity,
    MetaData,
    Text,
    UpdateBase,
    create_engine,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

from outreach.store import arrays

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
RealNow = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default="{}", default=dict)]
JsonList = Annotated[list[Any], mapped_column(JSONB, server_default="[]", default=list)]


class Base(DeclarativeBase):
    """A row. Text columns are unbounded `text`; borders cap what comes in."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {str: Text(), datetime: DateTime(timezone=True), int: BigInteger()}


def engine_for(url: str, *, size: int = 5) -> Engine:
    """An engine on psycopg 3 for a `postgresql://` URL; connections are checked before use and never wait for ever."""
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=10,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection that has prepared most statements comes first
        pool_timeout=10,
        json_deserializer=_from_json,
        hide_parameters=True,  # a fault is logged and shown: never with addresses, tokens or the words of mail
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=10000"},
    )
    event.listen(engine, "connect", lambda connection, _: arrays.teach(connection))
    return engine


def _from_json(data: bytes) -> Any:
    """Most JSON columns of most rows are empty."""
    if data == b"{}":
        return {}
    return [] if data == b"[]" else json.loads(data)


def ask(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """A statement about columns, past the ORM, which would cost as much again as the statement: for what is asked with
    every request or letter. Rows that wait to be written go first, as they do for any question."""
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, values)


def changed(session: Session, statement: UpdateBase) -> int:
    """Carry out an INSERT, UPDATE or DELETE; how many rows it changed."""
    result: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]  # what writes gives a cursor
    return result.rowcount


def sessions_for(engine: Engine, keys: tuple[bytes, ...] = ()) -> sessionmaker[Session]:
    """Sessions that keep loaded values after commit, since doors read rows after they committed. `keys`: the installation's
    own, by which erased addresses are known again (`store.erased`)."""
    return sessionmaker(engine, expire_on_commit=False, info={"keys": keys})
