"""Every table, imported: what migrations are compared with."""

from importlib import import_module
from pkgutil import iter_modules

from outreach import store
from outreach.store.base import Base

for module in iter_modules(store.__path__):
    if module.name not in ("migrate", "migrations", "tables"):  # what asks for the tables
        import_module(f"{store.__name__}.{module.name}")
metadata = Base.metadata
