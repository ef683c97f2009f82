"""Dialects are found by their module's name: a new one is one new module here."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import connectors
from connectors.contract import Connector, Endpoint
from connectors.http import Http

Options = Mapping[str, str | bool | int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a declaration may say about a platform of this dialect, and how to connect to one."""

    name: str
    styles: frozenset[str]
    credential_keys: frozenset[str]
    option_keys: frozenset[str]
    target_key: str | None  # an interface's target is its "path" or "message"; None: its type
    batches: bool  # whether one wire call carries many subjects
    coded: bool  # whether its own envelope says that a call succeeded; else `success` must
    connect: Callable[[Endpoint, Options, Http], Connector]


def find_dialect(name: str) -> Dialect:
    """The dialect of that name; `LookupError` lists the known ones."""
    dialect = _dialect_in(name) if name in _module_names() else None
    if dialect is None:
        known = ", ".join(known_dialects())
        raise LookupError(f"no dialect {name!r}; use one of: {known}")
    return dialect


def known_dialects() -> list[str]:
    """The names of all dialects, sorted."""
    return sorted(name for name in _module_names() if _dialect_in(name))


def _module_names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(connectors.__path__)]


def _dialect_in(name: str) -> Dialect | None:
    found = getattr(importlib.import_module(f"connectors.{name}"), "DIALECT", None)
    return found if isinstance(found, Dialect) else None
