"""INSERTs that know what to do where the row is there already, in each database's own words."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import Insert, Table


def added_once(dialect: str, table: Table, keys: Sequence[str]) -> Insert:
    """An INSERT that leaves a row alone which has these keys already."""
    once: Insert = _insert(dialect, table).on_conflict_do_nothing(index_elements=keys)
    return once


def written_anew(dialect: str, table: Table, keys: Sequence[str], columns: Sequence[str]) -> Insert:
    """An INSERT that writes the columns anew in a row that has these keys already."""
    added = _insert(dialect, table)
    new = {name: added.excluded[name] for name in columns}
    anew: Insert = added.on_conflict_do_update(index_elements=keys, set_=new)
    return anew


def _insert(dialect: str, table: Table) -> Any:  # of that dialect: only one of them is ever loaded
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
