"""Lists of numbers on their way to the database: every batch asks for its rows by their ids, in a dozen questions."""

from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer, DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.types.array import BaseListDumper, ListDumper

BIGINTS = 1016
"""The type bigint[] (pg_type)."""


class _Numbers(Dumper):
    oid = BIGINTS

    def dump(self, obj: list[int]) -> Buffer:
        return f"{{{str(obj)[1:-1]}}}".encode()


class _Lists(ListDumper):
    """Numbers as bigint[], whatever their size, in one go; psycopg would take a step in Python for each, and prepare a
    statement for each size. Other lists as psycopg has them."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:
        return (list, int, _Numbers) if _numbers(obj) else super().get_key(obj, format)

    def upgrade(self, obj: list[Any], format: PyFormat) -> BaseListDumper:
        return _Numbers(list, self._tx) if _numbers(obj) else super().upgrade(obj, format)  # type: ignore[return-value]  # any dumper will do


def _numbers(items: list[Any]) -> bool:
    return {int}.issuperset(map(type, items)) and bool(items)


def teach(connection: Connection[Any]) -> None:
    """Let a connection write lists so."""
    connection.adapters.register_dumper(list, _Lists)
