"""When two answers of one query are the same: in all but what differs by nature from run to run."""

import json
import re
from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLError

RECORD = re.compile(r"[0-9a-zA-Z_-]{8,40}-[0-9]+")
TOLD_ANEW = frozenset(
    {"record", "requestId", "answeredIn", "took", "reused", "coalesced", "asOf", "at", "inquiries"}
    | {"p50", "p99", "inFlight", "state", "retryAfter", "interfaces"}
)
"""Fields whose values are another's in every run; documents give them no other key."""


def settled(shown: Any) -> Any:
    """The data without what is told anew in every run."""
    if isinstance(shown, Mapping):
        return {key: "…" if key in TOLD_ANEW else settled(one) for key, one in shown.items()}
    if isinstance(shown, list):
        return [settled(one) for one in shown]
    if isinstance(shown, str) and RECORD.fullmatch(shown):
        return "…"
    return shown


def told(error: GraphQLError) -> tuple[object, ...]:
    """All that an error says: what, where in the answer, where in the document, and what it was."""
    cause = error.original_error
    return (
        json.dumps(error.path),
        error.message,
        tuple(error.locations or ()),
        type(cause).__name__,
        str(cause),
    )


def nulled(data: Any, error: GraphQLError) -> tuple[str | int, ...]:
    """Where in the data an error left its null."""
    at, place = data, []
    for step in error.path or ():
        if at is None:
            break
        place.append(step)
        at = at[step]
    return tuple(place)


def difference(
    planned: ExecutionResult, core: ExecutionResult, in_order: bool = True
) -> str | None:
    """What differs between two answers; nothing where they are the same.

    Where fields are waited for, several errors may end in one null: which of them are told, and in which
    order, is a matter of time, so that only the nulls must be the same.
    """
    shown = json.dumps(settled(planned.data), ensure_ascii=False)
    if shown != json.dumps(settled(core.data), ensure_ascii=False):
        return f"data: {planned.data}\n{core.data}\n{planned.errors}\n{core.errors}"
    ours, theirs = list(map(told, planned.errors or ())), list(map(told, core.errors or ()))
    if ours == theirs:
        return None
    if not in_order:
        if sorted(map(str, ours)) == sorted(map(str, theirs)):
            return None
        places = [
            {nulled(result.data, error) for error in result.errors or ()}
            for result in (planned, core)
        ]
        if places[0] == places[1]:
            return None
    return f"errors: {ours}\n{theirs}"
