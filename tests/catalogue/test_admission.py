"""Admission: outside the catalogue no item and no certificate; every refusal tells the fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hub.catalogue.admission import Admitted, Refusal, admit
from hub.catalogue.rows import CatalogueContent, Measure
from hub.evidence import DenialRule, HolderKind, Lookup, Purpose, Requester, Subject
from tests.catalogue.sample import (
    CONTENT,
    HOUSING,
    METER,
    RENT,
    WATER,
    a_catalogue,
    a_row,
)

PERSON = Subject(HolderKind.PERSON, "330200199001010017", "甲某")
COMPANY = Subject(HolderKind.ORGANISATION, "91330200MA0000000X", "甲公司")
OF_PERSONS = frozenset({HolderKind.PERSON})
CATALOGUE = a_catalogue()


def a_requester(unit: str = "U-1") -> Requester:
    """A key of a unit with one operator."""
    return Requester("k1", unit, frozenset({"op-1"}))


def a_lookup(
    certificate: str = "resident_id_card",
    item: str = "许可-1",
    operator: str = "op-1",
    subject: Subject = PERSON,
) -> Lookup:
    """A lookup for a case."""
    return Lookup(certificate, subject, Purpose(item, "C-77", operator))


def test_a_listed_certificate_is_admitted_by_its_row() -> None:
    """Unit, item and certificate stand in the catalogue: the row and the unit come back."""
    assert admit(CATALOGUE, a_requester(), a_lookup(), OF_PERSONS) == Admitted(
        CONTENT.rows[0], HOUSING
    )
    assert admit(CATALOGUE, a_requester("U-2"), a_lookup(item="服务-2"), OF_PERSONS) == Admitted(
        CONTENT.rows[4], WATER
    )


@pytest.mark.parametrize(
    ("certificate", "holders", "subject"),
    [
        ("verified", OF_PERSONS, PERSON),
        ("shared", frozenset(HolderKind), PERSON),
        ("shared", frozenset(HolderKind), COMPANY),
    ],
)
def test_one_of_the_two_platforms_is_enough(
    certificate: str, holders: frozenset[HolderKind], subject: Subject
) -> None:
    """Sharing or verification alone makes a row answerable, about any kind of its holders."""
    lookup = a_lookup(certificate, "服务-2", subject=subject)

    assert isinstance(admit(CATALOGUE, a_requester("U-2"), lookup, holders), Admitted)


@pytest.mark.parametrize(
    ("requester", "lookup", "holders", "refusal"),
    [
        (
            a_requester(),
            a_lookup(operator="op-2"),
            OF_PERSONS,
            Refusal(
                DenialRule.UNKNOWN_OPERATOR,
                "Articles 14(2) and 17(1)",
                "The operator (操作人员) is not designated for API key k1 of unit U-1: name one "
                "of the key's own operators, or have the unit designate this one and issue a key "
                "that lists it.",
            ),
        ),
        (
            a_requester(),
            a_lookup(item="许可-9"),
            OF_PERSONS,
            Refusal(
                DenialRule.ITEM_NOT_IN_CATALOGUE,
                "Article 8",
                "Item (事项) 许可-9 is not in the catalogue in force, 2026 spring: check the item "
                "code (事项编码), or have the item added to the catalogue (目录) first.",
            ),
        ),
        (
            a_requester(),
            a_lookup(item="服务-2"),
            OF_PERSONS,
            Refusal(
                DenialRule.ITEM_OF_ANOTHER_UNIT,
                "Article 8",
                "Item (事项) 服务-2 is in the catalogue, but not for unit (单位) U-1; it is handled "
                "by U-2: ask with a key of that unit, or have the catalogue name yours.",
            ),
        ),
        (
            a_requester(),
            a_lookup("verified"),
            OF_PERSONS,
            Refusal(
                DenialRule.CERTIFICATE_NOT_IN_CATALOGUE,
                "Article 8",
                "Item (事项) 许可-1 of unit U-1 does not require certificate (证件) verified; the "
                "catalogue lists resident_id_card, degree, licence, commitment_only, nothing for "
                "it: ask for one of those, or have the certificate added to the catalogue (目录) "
                "first.",
            ),
        ),
        (
            a_requester("U-2"),
            a_lookup(),
            OF_PERSONS,
            Refusal(
                DenialRule.CERTIFICATE_NOT_IN_CATALOGUE,
                "Article 8",
                "Item (事项) 许可-1 of unit U-2 does not require certificate (证件) "
                "resident_id_card; the catalogue lists none for it: ask for one of those, or have "
                "the certificate added to the catalogue (目录) first.",
            ),
        ),
        (
            a_requester(),
            a_lookup("degree", subject=COMPANY),
            OF_PERSONS,
            Refusal(
                DenialRule.OUT_OF_SCOPE,
                "Article 2(2)",
                "Certificate degree for item 许可-1 is outside the regulation (不适用情形: "
                "由市外单位核发): take it from the applicant as before.",
            ),
        ),
        (
            a_requester(),
            a_lookup(subject=COMPANY),
            OF_PERSONS,
            Refusal(
                DenialRule.WRONG_HOLDER_KIND,
                "Article 3(3)",
                "Certificate resident_id_card is about a person (个人, resident identity number), "
                "the subject given is an organisation (法人, unified social credit code): give the "
                "identifier of a person (个人, resident identity number).",
            ),
        ),
        (
            a_requester(),
            a_lookup("licence"),
            OF_PERSONS,
            Refusal(
                DenialRule.NOT_BY_LOOKUP,
                "Articles 9 and 12",
                "For item 许可-1, certificate licence is not looked up: its measures (办事措施) are "
                "trusted identity by face (人脸识别), e-licence in the app (APP电子证照). Use these "
                "at the counter, or have sharing or verification added to the row.",
            ),
        ),
        (
            a_requester(),
            a_lookup("nothing"),
            OF_PERSONS,
            Refusal(
                DenialRule.NOT_BY_LOOKUP,
                "Articles 9 and 12",
                "For item 许可-1, certificate nothing is not looked up: its measures (办事措施) are "
                "none. Use these at the counter, or have sharing or verification added to the row.",
            ),
        ),
    ],
)
def test_every_rule_refuses_with_its_article_and_the_fix(
    requester: Requester, lookup: Lookup, holders: frozenset[HolderKind], refusal: Refusal
) -> None:
    """The first rule that speaks against a lookup is told, in words that mend it."""
    assert admit(CATALOGUE, requester, lookup, holders) == refusal


def test_long_lists_are_cut() -> None:
    """A remedy names five codes and counts the rest."""
    rows = tuple(a_row(n, certificate=f"type_{n}") for n in range(1, 9))
    catalogue = a_catalogue(CatalogueContent((HOUSING,), (RENT,), rows))

    refusal = admit(catalogue, a_requester(), a_lookup(), OF_PERSONS)

    assert isinstance(refusal, Refusal)
    assert "type_1, type_2, type_3, type_4, type_5 and 3 more for it" in refusal.remedy


NAMES = st.sampled_from(
    ["resident_id_card", "degree", "licence", "commitment_only", "verified", "shared", "other"]
)
LOOKUPS = st.builds(
    a_lookup,
    certificate=NAMES,
    item=st.sampled_from(["许可-1", "服务-2", "许可-9"]),
    operator=st.sampled_from(["op-1", "op-2", ""]),
    subject=st.sampled_from([PERSON, COMPANY]),
)
HOLDERS = st.sets(st.sampled_from(HolderKind), min_size=1).map(frozenset)


@given(st.sampled_from(["U-1", "U-2", "U-3"]), LOOKUPS, HOLDERS)
def test_admitted_means_that_nothing_speaks_against_it(
    unit: str, lookup: Lookup, holders: frozenset[HolderKind]
) -> None:
    """A lookup is admitted exactly if its operator, row, scope, holder and measures allow it."""
    row = next(
        (
            row
            for row in CONTENT.rows
            if (row.unit, row.item, row.certificate) == (unit, lookup.purpose.item, lookup.type)
        ),
        None,
    )
    allowed = (
        lookup.purpose.operator == "op-1"
        and row is not None
        and row.scope_exclusion is None
        and lookup.subject.kind in holders
        and not {Measure.SHARING, Measure.VERIFICATION}.isdisjoint(row.measures)
    )

    verdict = admit(CATALOGUE, a_requester(unit), lookup, holders)

    assert isinstance(verdict, Admitted) == allowed
    if isinstance(verdict, Admitted):
        assert verdict.row == row


@given(st.sampled_from(["U-1", "U-2"]), LOOKUPS, HOLDERS)
def test_a_refusal_names_no_person_and_no_case(
    unit: str, lookup: Lookup, holders: frozenset[HolderKind]
) -> None:
    """Neither subject nor case nor operator stands in what is told."""
    verdict = admit(CATALOGUE, a_requester(unit), lookup, holders)

    if isinstance(verdict, Refusal):
        for secret in (lookup.subject.identifier, lookup.subject.name, "C-77", "op-2"):
            assert str(secret) not in verdict.remedy
        assert verdict.article.startswith("Article")


def test_a_unit_without_any_row_is_of_another_unit() -> None:
    """A unit the catalogue does not know handles no item."""
    requester = structs.replace(a_requester(), unit="U-9")

    refusal = admit(CATALOGUE, requester, a_lookup(item=METER.code), OF_PERSONS)

    assert isinstance(refusal, Refusal)
    assert refusal.rule is DenialRule.ITEM_OF_ANOTHER_UNIT
