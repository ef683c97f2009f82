"""May this unit ask this certificate of this subject for this item? (Articles 2, 8, 9, 14, 17)"""

from dataclasses import dataclass

from hub.catalogue.rows import Catalogue, CatalogueRow, Measure, Unit
from hub.evidence import DenialRule, HolderKind, Lookup, Requester

_BY_LOOKUP = frozenset({Measure.SHARING, Measure.VERIFICATION})
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Admitted:
    """The lookup may be answered, by this row, for this unit."""

    row: CatalogueRow
    unit: Unit


@dataclass(frozen=True, slots=True)
class Refusal:
    """The lookup may not be answered: by which rule and article, and what would mend it."""

    rule: DenialRule
    article: str
    remedy: str


def admit(
    catalogue: Catalogue, requester: Requester, lookup: Lookup, holders: frozenset[HolderKind]
) -> Admitted | Refusal:
    """The row that admits the lookup, or the first rule against it.

    `holders` are the kinds of subject the certificate type can be about.
    """
    barred = operator_barred(requester, lookup)
    return barred or admit_unit(catalogue, requester.unit, lookup, holders)


def admit_unit(
    catalogue: Catalogue, unit: str, lookup: Lookup, holders: frozenset[HolderKind]
) -> Admitted | Refusal:
    """The same for whoever asks on a unit's behalf: of the purpose, only the item counts."""
    row = catalogue.row(unit, lookup.purpose.item, lookup.type)
    if row is None:
        return _outside(catalogue, unit, lookup)
    return _barred(row, lookup, holders) or Admitted(row, catalogue.units[row.unit])


def operator_barred(requester: Requester, lookup: Lookup) -> Refusal | None:
    """The rule against an operator (操作人员) whom the requester may not name, or none."""
    if lookup.purpose.operator in requester.operators:
        return None
    return Refusal(
        DenialRule.UNKNOWN_OPERATOR,
        "Articles 14(2) and 17(1)",
        f"The operator (操作人员) is not designated for API key {requester.key} of unit "
        f"{requester.unit}: name one of the key's own operators, or have the unit designate "
        "this one and issue a key that lists it.",
    )


def _outside(catalogue: Catalogue, unit: str, lookup: Lookup) -> Refusal:
    handlers = catalogue.units_of(lookup.purpose.item)
    if not handlers:
        return _unknown_item(catalogue, lookup.purpose.item)
    if unit not in handlers:
        return _item_of_another(unit, lookup.purpose.item, handlers)
    return _unlisted_certificate(catalogue, unit, lookup)


def _unknown_item(catalogue: Catalogue, item: str) -> Refusal:
    return Refusal(
        DenialRule.ITEM_NOT_IN_CATALOGUE,
        "Article 8",
        f"Item (事项) {item} is not in the catalogue in force, {catalogue.version.name}: check "
        "the item code (事项编码), or have the item added to the catalogue (目录) first.",
    )


def _item_of_another(unit: str, item: str, handlers: tuple[str, ...]) -> Refusal:
    return Refusal(
        DenialRule.ITEM_OF_ANOTHER_UNIT,
        "Article 8",
        f"Item (事项) {item} is in the catalogue, but not for unit (单位) {unit}; it is handled "
        f"by {_some(handlers)}: ask with a key of that unit, or have the catalogue name yours.",
    )


def _unlisted_certificate(catalogue: Catalogue, unit: str, lookup: Lookup) -> Refusal:
    item = lookup.purpose.item
    listed = tuple(row.certificate for row in catalogue.rows_of(unit, item))
    return Refusal(
        DenialRule.CERTIFICATE_NOT_IN_CATALOGUE,
        "Article 8",
        f"Item (事项) {item} of unit {unit} does not require certificate (证件) {lookup.type}; "
        f"the catalogue lists {_some(listed) or 'none'} for it: ask for one of those, or have the "
        "certificate added to the catalogue (目录) first.",
    )


def _barred(row: CatalogueRow, lookup: Lookup, holders: frozenset[HolderKind]) -> Refusal | None:
    if row.scope_exclusion is not None:
        return _out_of_scope(row, row.scope_exclusion)
    if lookup.subject.kind not in holders:
        return _wrong_holder(row, lookup.subject.kind, holders)
    if not _BY_LOOKUP & set(row.measures):
        return _not_by_lookup(row)
    return None


def _out_of_scope(row: CatalogueRow, reason: str) -> Refusal:
    return Refusal(
        DenialRule.OUT_OF_SCOPE,
        "Article 2(2)",
        f"Certificate {row.certificate} for item {row.item} is outside the regulation (不适用情形: "
        f"{reason}): take it from the applicant as before.",
    )


def _wrong_holder(row: CatalogueRow, given: HolderKind, holders: frozenset[HolderKind]) -> Refusal:
    kinds = " or ".join(_HOLDER_WORDS[kind] for kind in HolderKind if kind in holders)
    return Refusal(
        DenialRule.WRONG_HOLDER_KIND,
        "Article 3(3)",
        f"Certificate {row.certificate} is about {kinds}, the subject given is "
        f"{_HOLDER_WORDS[given]}: give the identifier of {kinds}.",
    )


def _not_by_lookup(row: CatalogueRow) -> Refusal:
    measures = ", ".join(_MEASURE_WORDS[measure] for measure in row.measures)
    return Refusal(
        DenialRule.NOT_BY_LOOKUP,
        "Articles 9 and 12",
        f"For item {row.item}, certificate {row.certificate} is not looked up: its measures "
        f"(办事措施) are {measures or 'none'}. Use these at the counter, or have sharing or "
        "verification added to the row.",
    )


def _some(codes: tuple[str, ...]) -> str:
    named = ", ".join(codes[:_NAMED_AT_MOST])
    more = len(codes) - _NAMED_AT_MOST
    return f"{named} and {more} more" if more > 0 else named


_HOLDER_WORDS = {
    HolderKind.PERSON: "a person (个人, resident identity number)",
    HolderKind.ORGANISATION: "an organisation (法人, unified social credit code)",
}

_MEASURE_WORDS = {
    Measure.FACE: "trusted identity by face (人脸识别)",
    Measure.APP_LICENCE: "e-licence in the app (APP电子证照)",
    Measure.SHARING: "shared data (公共数据共享)",
    Measure.VERIFICATION: "verification platform (电子证明共享核查)",
    Measure.COMMITMENT: "notification and commitment (告知承诺)",
}
