"""One request's disclosures as they are kept: whatever is equal of them is written once."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from hub.trail.records import AttemptNote, DisclosureRecord, check_text


class Entry(Struct, frozen=True):
    """What is true of several lookups of a batch, and whom each of them was about.

    `subjects` are pairs of the lookup's number in the batch and a pseudonym; a record that stands
    alone has no number.
    """

    operator: str
    item: str
    case: str
    applicant: str | None
    acting_for: str | None
    certificate: str
    row: int | None
    fields: tuple[str, ...]
    source: str | None
    outcome: str
    rule: str | None
    attempts: tuple[AttemptNote, ...]
    subjects: Sequence[tuple[int | None, str]]


class DisclosureBatch(Struct, frozen=True):
    """The disclosures of one call, written together or not at all; `entries` are `Entry` in JSON.

    `id` makes writing it again harmless; the record of lookup 3 is called `<id>-3`.
    """

    id: str
    request_id: str
    at: datetime
    key: str
    unit: str
    catalogue: int | None
    count: int
    entries: bytes

    def __repr__(self) -> str:
        return f"DisclosureBatch({self.id}, {self.count} disclosures)"


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[Entry, ...])
_NUL = rb"\u0000"
_TEXTS = (
    "operator",
    "item",
    "case",
    "applicant",
    "acting_for",
    "certificate",
    "source",
    "outcome",
    "rule",
)


def batched(
    batch_id: str,
    request_id: str,
    at: datetime,
    key: str,
    unit: str,
    catalogue: int | None,
    count: int,
    entries: list[Entry],
) -> DisclosureBatch:
    """The batch of these entries.

    Raises `UnrecordableText` for a text that no database stores, `ValueError` for a moment without
    a zone.
    """
    if at.tzinfo is None:
        raise ValueError("the time of a record needs a zone: give an aware datetime")
    if not f"{batch_id}{request_id}{key}{unit}".isprintable():  # one look for all, nearly always
        named = {"id": batch_id, "request_id": request_id, "key": key, "unit": unit}
        for name, text in named.items():
            check_text(name, text)
    written = _written(entries)
    return DisclosureBatch(batch_id, request_id, at, key, unit, catalogue, count, written)


def alone(record: DisclosureRecord) -> DisclosureBatch:
    """The batch of one record that was made by itself."""
    entry = Entry(
        operator=record.operator,
        item=record.item,
        case=record.case,
        applicant=record.applicant,
        acting_for=record.acting_for,
        certificate=record.certificate,
        row=record.row,
        fields=record.fields,
        source=record.source,
        outcome=record.outcome,
        rule=record.rule,
        attempts=record.attempts,
        subjects=[(None, record.subject)],
    )
    return batched(
        record.id,
        record.request_id,
        record.at,
        record.key,
        record.unit,
        record.catalogue,
        1,
        [entry],
    )


def records_in(batch: DisclosureBatch) -> Iterator[DisclosureRecord]:
    """Each disclosure of a batch by itself."""
    for entry in _DECODER.decode(batch.entries):
        for number, subject in entry.subjects:
            yield DisclosureRecord(
                id=batch.id if number is None else f"{batch.id}-{number}",
                request_id=batch.request_id,
                at=batch.at,
                key=batch.key,
                unit=batch.unit,
                operator=entry.operator,
                item=entry.item,
                case=entry.case,
                subject=subject,
                applicant=entry.applicant,
                acting_for=entry.acting_for,
                certificate=entry.certificate,
                catalogue=batch.catalogue,
                row=entry.row,
                fields=entry.fields,
                source=entry.source,
                outcome=entry.outcome,
                rule=entry.rule,
                attempts=entry.attempts,
            )


def _written(entries: list[Entry]) -> bytes:
    try:
        written = _ENCODER.encode(entries)
    except UnicodeEncodeError:
        _check_texts(entries)
        raise
    if _NUL in written:  # or the text of it: then no field has one
        _check_texts(entries)
        _check_attempts(entries)
    return written


def _check_texts(entries: list[Entry]) -> None:
    for entry in entries:
        for name in _TEXTS:
            check_text(name, getattr(entry, name))


def _check_attempts(entries: list[Entry]) -> None:
    texts = (text for entry in entries for noted in entry.attempts for text in noted.values())
    if any(isinstance(text, str) and "\0" in text for text in texts):
        raise ValueError("an attempt holds a NUL: no reason may pass on what a platform sent")
