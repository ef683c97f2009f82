"""Where a commitment is offered, and where not."""

from dataclasses import replace

import pytest
from msgspec import structs

from hub.catalogue.rows import CatalogueRow, Measure
from hub.commitment.offering import offer
from hub.commitment.words import CommitmentRule, NotOffered, Offered
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.evidence import DenialRule, HolderKind, Lookup, Step, Subject
from hub.possible import steps_after
from tests.commitment.ground import (
    ANOTHER,
    APPLICANT,
    CARD,
    LOOKUP,
    REQUESTER,
    ROW,
    catalogue_of,
    for_purpose,
)

EXCLUDED = replace(CARD, commitment_excluded="重要涉外")


def test_a_row_that_allows_it_offers_it() -> None:
    """The text comes with the edition and the row it is offered by."""
    told = offer(catalogue_of(), REQUESTER, LOOKUP, CARD)

    assert isinstance(told, Offered)
    assert (told.catalogue, told.row) == (1, 7)


def test_a_row_of_commitment_alone_offers_it() -> None:
    """No lookup is needed: the row's only measure may be the commitment."""
    alone = replace(ROW, measures=(Measure.COMMITMENT,))

    assert isinstance(offer(catalogue_of(alone), REQUESTER, LOOKUP, CARD), Offered)


@pytest.mark.parametrize(
    ("row", "rule", "article"),
    [
        (replace(ROW, commitment_allowed=False), CommitmentRule.NOT_IN_ROW, "Articles 9(5) and 10"),
        (replace(ROW, measures=(Measure.SHARING,)), CommitmentRule.NOT_IN_ROW, "Articles 9(5) and 10"),
        (
            replace(ROW, legal_force_exception="不动产登记另有规定"),
            CommitmentRule.PAPER_BY_LAW,
            "Article 13(3)",
        ),
    ],
)  # fmt: skip
def test_the_row_decides(row: CatalogueRow, rule: CommitmentRule, article: str) -> None:
    """Both the measure and the permission must stand in the row, and no law may want the paper."""
    told = offer(catalogue_of(row), REQUESTER, LOOKUP, CARD)

    assert isinstance(told, NotOffered)
    assert (told.rule, told.article, told.denial) == (rule, article, None)
    assert told.remedy.endswith(".")
    assert Step.COMMITMENT not in steps_after(row, LOOKUP, CARD)


def test_an_excluded_kind_is_never_offered() -> None:
    """The declaration of the type goes before what any row says, and gives the reason."""
    told = offer(catalogue_of(), REQUESTER, LOOKUP, EXCLUDED)

    assert isinstance(told, NotOffered)
    assert told.rule is CommitmentRule.EXCLUDED_KIND
    assert "重要涉外" in told.remedy
    assert steps_after(ROW, LOOKUP, EXCLUDED) == (Step.VERIFICATION,)
    assert steps_after(ROW, LOOKUP, CARD) == (Step.VERIFICATION, Step.COMMITMENT)


@pytest.mark.parametrize(
    ("lookup", "rule"),
    [
        (for_purpose(acting_for=APPLICANT), CommitmentRule.BY_AGENT),
        (for_purpose(acting_for=ANOTHER), CommitmentRule.BY_AGENT),
        (for_purpose(applicant=ANOTHER), CommitmentRule.ABOUT_ANOTHER),
    ],
)
def test_only_the_applicant_commits_and_for_themselves(
    lookup: Lookup, rule: CommitmentRule
) -> None:
    """No agent for the applicant, no applicant for somebody else."""
    told = offer(catalogue_of(), REQUESTER, lookup, CARD)

    assert isinstance(told, NotOffered)
    assert told.rule is rule
    assert Step.COMMITMENT not in steps_after(ROW, lookup, CARD)


def test_an_applicant_named_as_the_subject_commits() -> None:
    """The applicant may be named, as long as it is the holder."""
    assert isinstance(
        offer(catalogue_of(), REQUESTER, for_purpose(applicant=APPLICANT), CARD), Offered
    )


@pytest.mark.parametrize(
    ("row", "lookup", "denial"),
    [
        (ROW, for_purpose(operator="stranger"), DenialRule.UNKNOWN_OPERATOR),
        (ROW, for_purpose(item="许可-9"), DenialRule.ITEM_NOT_IN_CATALOGUE),
        (replace(ROW, certificate="degree"), LOOKUP, DenialRule.CERTIFICATE_NOT_IN_CATALOGUE),
        (replace(ROW, scope_exclusion="由市外单位核发"), LOOKUP, DenialRule.OUT_OF_SCOPE),
        (
            ROW,
            structs.replace(LOOKUP, subject=Subject(HolderKind.ORGANISATION, "91330200MA2AAAAA0X")),
            DenialRule.WRONG_HOLDER_KIND,
        ),
    ],
)
def test_what_is_not_admitted_is_not_offered(
    row: CatalogueRow, lookup: Lookup, denial: DenialRule
) -> None:
    """The rules of admission hold for commitments, and are named as they are for lookups."""
    told = offer(catalogue_of(row), REQUESTER, lookup, CARD)

    assert isinstance(told, NotOffered)
    assert (told.rule, told.denial) == (CommitmentRule.NOT_ADMITTED, denial)


def test_the_packaged_kinds_that_exclude_it() -> None:
    """19 of the packaged types exclude it, each for a reason of the national rules."""
    types = load_certificate_types(packaged_certificates()).values()
    reasons = [one.commitment_excluded for one in types if one.commitment_excluded is not None]

    assert len(reasons) == 19
    assert set(reasons) == {
        "直接涉及公共安全",
        "直接涉及生态环境保护",
        "直接关系人身健康、生命财产安全",
        "重要涉外",
    }
