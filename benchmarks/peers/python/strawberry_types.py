"""The schema of the question in Strawberry, as its documentation would have one write it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from benchmarks.peers.python.lookup import Held, Lookup


@strawberry.input
class PersonInput:
    """A natural person."""

    resident_id: strawberry.ID
    name: str | None = None


@strawberry.input
class SubjectInput:
    """Whom a lookup is about."""

    person: PersonInput


@strawberry.input
class PurposeInput:
    """What a lookup is for."""

    item: strawberry.ID
    case: str
    operator: strawberry.ID


@strawberry.input
class LookupInput:
    """One of several lookups."""

    type: strawberry.ID
    subject: SubjectInput


@strawberry.interface
class Certificate:
    """What all certificates have."""

    name: str | None


@strawberry.type
class HouseholdRegister(Certificate):
    """A household register."""

    id_number: str | None
    household_number: str | None
    household_kind: str | None
    relation_to_head: str | None
    marital_status: str | None
    education: str | None
    police_station: str | None


@strawberry.type
class Source:
    """A platform."""

    name: strawberry.ID


@strawberry.type
class Found:
    """A platform holds it."""

    source: Source
    certificate: Certificate


@strawberry.type
class NotHeld:
    """No platform holds it."""

    type: strawberry.ID


Outcome = Annotated[Found | NotHeld, strawberry.union("Outcome")]


def lookup_of(type: str, subject: SubjectInput, purpose: PurposeInput) -> Lookup:
    """What is asked."""
    person = subject.person
    return Lookup(
        type, person.resident_id, person.name, purpose.item, purpose.case, purpose.operator
    )


def outcome_of(lookup: Lookup, held: Held | None) -> Found | NotHeld:
    """What came of it."""
    if held is None:
        return NotHeld(type=strawberry.ID(lookup.type))
    fields = held.fields
    certificate = HouseholdRegister(
        name=fields["name"],
        id_number=fields["id_number"],
        household_number=fields["household_number"],
        household_kind=fields["household_kind"],
        relation_to_head=fields["relation_to_head"],
        marital_status=fields["marital_status"],
        education=fields["education"],
        police_station=fields["police_station"],
    )
    return Found(source=Source(name=strawberry.ID(held.source)), certificate=certificate)
