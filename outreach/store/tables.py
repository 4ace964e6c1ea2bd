"""Every table, imported: what migrations are compared with."""

from importlib import import_module
from pkgutil import iter_modules

from outreach import store
from outreach.store.base import Base

for module in iter_modules(store.__path__, f"{store.__name__}."):
    if not module.ispkg:
        import_module(module.name)
metadata = Base.metadata
