"""The dossier: everything an item requires of an applicant, in one query."""

from collections.abc import Sequence

import strawberry

from hub.catalogue import rows as words
from resolvers.context import Context
from resolvers.types.catalogue import CatalogueRow, ServiceItem
from resolvers.types.outcome import Found, Outcome


@strawberry.type(description="One certificate an item requires (所需证照), with its own outcome.")
class DossierEntry:
    row: CatalogueRow = strawberry.field(
        description="The catalogue row that requires it (目录条目)."
    )
    outcome: Outcome = strawberry.field(description="What became of its lookup (查询结果).")


@strawberry.type(description="All that an item requires of a subject (事项所需证照清单).")
class Dossier:
    item: ServiceItem = strawberry.field(description="The item (事项).")
    entries: list[DossierEntry] = strawberry.field(description="One entry per certificate (条目).")

    @strawberry.field(description="Whether every certificate was found (是否齐全).")
    def complete(self) -> bool:
        return all(isinstance(entry.outcome, Found) for entry in self.entries)


def dossier_of(
    context: Context, item: str, rows: Sequence[words.CatalogueRow], outcomes: Sequence[Outcome]
) -> Dossier:
    """The dossier of an item of the caller's, from what it requires and what came of each."""
    entries = [
        DossierEntry(row=CatalogueRow.of(context, row), outcome=outcome)
        for row, outcome in zip(rows, outcomes, strict=True)
    ]
    return Dossier(item=ServiceItem.of(context, context.requester.unit, item), entries=entries)
