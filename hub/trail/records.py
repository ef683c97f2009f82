"""The record of one disclosure, as it is read back or made by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime


class RecordsUnavailable(Exception):
    """The records can't be written now: nothing may leave; asking again later is harmless."""


class UnrecordableText(ValueError):
    """A text holds what no database stores (NUL, half a surrogate pair): names the field only."""


AttemptNote = Mapping[str, str | float | None]
"""One source tried, as the record keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRecord:
    """Who asked what about whom for which case, and what became of it (Articles 17 and 19).

    `at` carries a zone; people are pseudonyms; `catalogue` is the id of the version and `row` the
    number in it that admitted the lookup; `id` makes writing it again harmless.
    """

    id: str
    request_id: str
    at: datetime
    key: str
    unit: str
    operator: str
    item: str
    case: str = field(repr=False)
    subject: str
    applicant: str | None
    acting_for: str | None
    certificate: str
    catalogue: int | None = None
    row: int | None
    fields: tuple[str, ...]
    source: str | None
    outcome: str
    rule: str | None
    attempts: tuple[AttemptNote, ...]

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of a record needs a zone: give an aware datetime")
        for name in _TEXTS:
            check_text(name, getattr(self, name))


_TEXTS = tuple(f.name for f in fields(DisclosureRecord) if f.type in (str, str | None))


def check_text(name: str, text: str | None) -> None:
    """Raises `UnrecordableText` for what no database stores."""
    if text is None or text.isprintable():  # as neither of the two is
        return
    if "\0" in text or not _encodable(text):
        raise UnrecordableText(f"{name} holds a NUL or half a surrogate pair: leave it out")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
