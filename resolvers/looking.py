"""Looks certificates up for a request: what is selected, what an item requires, what came of it."""

from collections.abc import Sequence

from hub import evidence
from hub.catalogue.rows import CatalogueRow
from hub.evidence import Lookup, Purpose, Subject, Terms
from resolvers.context import Context
from resolvers.errors import CallerError, Code
from resolvers.selection import Selection
from resolvers.types.outcome import Outcome, shown

USUAL = Terms()


def fields_selected(
    context: Context, selection: Selection, type_name: str
) -> frozenset[str] | None:
    """The declared fields that the query selects of one certificate type; `None` for all."""
    if type_name in selection.read:
        return selection.read[type_name]
    generated = context.certificates[type_name]
    return selection.fields_of(generated.certificate, generated.name, generated.names)


def required(
    context: Context,
    about: Subject,
    purpose: Purpose,
    below: Selection,
    terms: Terms = USUAL,
) -> tuple[list[CatalogueRow], list[Lookup]]:
    """What an item requires of such a subject, and the lookup of each."""
    unit = context.requester.unit
    listed = context.hub.catalogue.rows_of(unit, purpose.item)
    if not listed:
        raise _no_such_item(unit)
    rows = [row for row in listed if about.kind in context.hub.types[row.certificate].holders]
    context.check_lookups([row.certificate for row in rows])
    lookups = [
        Lookup(
            row.certificate,
            about,
            purpose,
            fields_selected(context, below, row.certificate),
            terms,
        )
        for row in rows
    ]
    return rows, lookups


def shown_each(
    context: Context, lookups: Sequence[Lookup], outcomes: Sequence[evidence.Outcome]
) -> list[Outcome]:
    """The outcome of every lookup as GraphQL shows it, in order."""
    elapsed = context.elapsed_ms
    return [
        shown(lookup, outcome, elapsed) for lookup, outcome in zip(lookups, outcomes, strict=True)
    ]


def _no_such_item(unit: str) -> CallerError:
    return CallerError(
        Code.BAD_INPUT,
        f"Unit {unit} has no such item (事项) in the catalogue in force.",
        "`me { items }` lists what this caller may ask for.",
    )
