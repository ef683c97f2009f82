"""Templates of interface files: `{subject.id}` over the facts of an inquiry."""

import re
from collections.abc import Mapping
from functools import lru_cache

from connectors.contract import Incomplete

FACTS = frozenset(
    {
        "subject.id",
        "subject.name",
        "subject.sex",
        "subject.born_on",
        "applicant.id",
        "applicant.name",
        "purpose.item",
        "purpose.case",
        "purpose.operator",
        "purpose.material",
        "purpose.sponsor_name",
        "purpose.sponsor_code",
        "today.year",
        "today.month",
    }
)
"""Every fact a template may name."""

_NAMED = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    return tuple(_NAMED.split(template))  # literal, fact, literal, …


def facts_named(template: str) -> tuple[str, ...]:
    """The facts a template names, in order."""
    return _pieces(template)[1::2]


def filled(templates: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """The wire parameters; `Incomplete` names the first fact that is missing or empty."""
    return {name: _fill(template, facts) for name, template in templates.items()}


def _fill(template: str, facts: Mapping[str, str]) -> str:
    pieces = _pieces(template)
    return "".join(_fact(p, facts) if odd % 2 else p for odd, p in enumerate(pieces))


def _fact(name: str, facts: Mapping[str, str]) -> str:
    if value := facts.get(name):
        return value
    raise Incomplete(f"needs {name}: give it in the {name.partition('.')[0]}")
