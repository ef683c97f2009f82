"""May the issuer be asked, for which fields, and until when? (Articles 9 and 14)"""

from collections.abc import Collection
from datetime import date

from hub.assisting.words import WrongAsk
from hub.catalogue.admission import Admitted, Refusal, admit
from hub.catalogue.rows import Catalogue, CatalogueRow, Measure, ServiceItem
from hub.evidence import DenialRule, HolderKind, Lookup, Requester
from hub.guidance import close_matches
from hub.workdays.calendar import WorkingDays


def admit_verification(
    catalogue: Catalogue, requester: Requester, lookup: Lookup, holders: frozenset[HolderKind]
) -> Admitted | Refusal:
    """The row by which the issuer may be asked, or the first rule against it."""
    verdict = admit(catalogue, requester, lookup, holders)
    if isinstance(verdict, Admitted) and Measure.VERIFICATION not in verdict.row.measures:
        return _not_by_verification(verdict.row)
    return verdict


def fields_asked(
    row: CatalogueRow, declared: Collection[str], wanted: frozenset[str] | None
) -> tuple[str, ...]:
    """The fields to be verified: those wanted, else all that the row grants; else `WrongAsk`."""
    granted = row.granted & frozenset(declared)
    if wanted is None and granted:
        return tuple(sorted(granted))
    listed = ", ".join(sorted(granted)) or "none"
    if not wanted:
        raise WrongAsk("There is no field to be verified.", f"This row grants: {listed}.")
    for name in sorted(wanted - granted):
        raise WrongAsk(
            "A field to be verified is not granted by the catalogue row (目录未授权字段).",
            f"{close_matches(name, granted)} This row grants: {listed}.",
        )
    return tuple(sorted(wanted))


def promised_on(item: ServiceItem, accepted_on: date, calendar: WorkingDays) -> date | None:
    """The day an item is promised for (承诺时限), counted in working days; none where nothing is."""
    if item.promised_days is None:
        return None
    return calendar.after(accepted_on, item.promised_days).day


def _not_by_verification(row: CatalogueRow) -> Refusal:
    measures = ", ".join(measure.value for measure in row.measures)
    return Refusal(
        DenialRule.NOT_BY_LOOKUP,
        "Articles 9 and 14",
        f"For item {row.item}, certificate {row.certificate} is not verified by its issuer: the "
        f"row's measures (办事措施) are {measures}. Use these, or have verification (协助核实) added "
        "to the row.",
    )
