"""Changes of a GraphQL schema that break its callers, and whether the changelog names them."""

import re
from dataclasses import dataclass

from graphql import build_schema
from graphql.utilities import find_breaking_changes

MEMBER = re.compile(r"\w+\.\w+")
"""A field, value or input of a type: `Query.certificate`."""
TYPE = re.compile(
    r"@\w+|\b(?!(?:Field|Enum|Argument|Standard|Directive|Repeatable|An?)\b)[A-Z_]\w*"
)
"""A directive or a type, among the words that begin a description."""


@dataclass(frozen=True, slots=True)
class Breaking:
    """One breaking change and the type or field it is about."""

    name: str
    description: str

    def named_in(self, text: str) -> bool:
        """Whether a text names the place, as a whole word."""
        return re.search(rf"(?<![\w.]){re.escape(self.name)}(?![\w])", text) is not None


def breaking_changes(old: str, new: str) -> tuple[Breaking, ...]:
    """What breaks callers of the old schema (SDL) when the new one takes its place."""
    changes = find_breaking_changes(build_schema(old), build_schema(new))
    return tuple(Breaking(_place(change.description), change.description) for change in changes)


def _place(description: str) -> str:
    found = MEMBER.search(description) or TYPE.search(description)
    return found[0] if found else description


def unreleased(changelog: str) -> str:
    """The changelog's section of what is not released yet; empty where there is none."""
    section = re.search(r"^## Unreleased\b.*?(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return section[0] if section else ""
