"""A proof under seal (电子证明), what was checked about it, and why one can't be had."""

from datetime import datetime
from typing import Annotated, assert_never

import strawberry
from strawberry.scalars import Base64

from hub.assisting.checking import NotAccepted
from hub.assisting.extracting import NoProof
from hub.assisting.proofs import CameOfProof, Proven
from hub.notary.verdict import Check, Checked, Result, Verdict
from hub.notary.words import Endorsement, SealKind
from resolvers.types.enums import describe

describe(
    Check,
    "What is looked at when a proof is checked (核验项目), in this order.",
    {
        check.name: f"{check.value.replace('_', ' ').capitalize()} ({check.title_zh})."
        for check in Check
    },
    name="ProofCheckName",
)
describe(
    Result,
    "What came of a check (核验结果).",
    {
        "PASSED": "Looked at and right (通过).",
        "FAILED": "Looked at and wrong (不通过).",
        "NOT_CHECKED": "Not looked at (未核验): nothing to check it with, or broken before it.",
    },
    name="ProofCheckResult",
)
describe(
    SealKind,
    "Which of the two seals of Article 14 a proof bears (印章种类).",
    {
        "SHARING": "Shared information (共享信息): 电子证明共享信息专用章.",
        "VERIFICATION": "Verified by the issuer (核实信息): 电子证明核实信息专用章.",
    },
)


@strawberry.type(description="One check of a proof (核验项).")
class ProofCheckLine:
    name: Check = strawberry.field(description="What was looked at (核验项目).")
    title: str = strawberry.field(
        description="The same as a clerk calls it (项目名称), in Chinese."
    )
    result: Result = strawberry.field(description="What came of it (核验结果).")
    message: str = strawberry.field(description="In a sentence, with what to do (说明).")


def lines_of(checks: tuple[Checked, ...]) -> list[ProofCheckLine]:
    """The checks as GraphQL shows them."""
    return [
        ProofCheckLine(
            name=one.name, title=one.name.title_zh, result=one.result, message=one.message
        )
        for one in checks
    ]


@strawberry.type(
    description="A sealed and endorsed proof (电子证明) that passed every check of the hub."
)
class Proof:
    document_number: strawberry.ID = strawberry.field(
        description="Number of the document (文书编号)."
    )
    kind: SealKind = strawberry.field(description="Which seal it bears (印章种类).")
    sealed_at: datetime = strawberry.field(description="When it was sealed (用印时间).")
    extracted_at: datetime = strawberry.field(
        description="When it was extracted for this case (提取时间)."
    )
    valid_until: datetime = strawberry.field(
        description="Until when it may be relied on (有效期至)."
    )
    checks: list[ProofCheckLine] = strawberry.field(description="What the hub checked (核验情况).")
    document: Base64 = strawberry.field(
        description="The document itself (证明文件), PDF; selecting it discloses all it says."
    )
    twin: Base64 = strawberry.field(
        description="The same for machines (机读副本), JSON; selecting it discloses all it says."
    )


@strawberry.type(
    description="The proof failed a check (核验未通过), so nothing of it was handed over."
)
class ProofRefused:
    document_number: strawberry.ID = strawberry.field(
        description="The number it bears (文书编号), to be told to its issuer."
    )
    checks: list[ProofCheckLine] = strawberry.field(
        description="What the hub checked (核验情况): see which failed."
    )


@strawberry.type(description="No proof can be had now (暂无电子证明).")
class ProofUnavailable:
    reason: str = strawberry.field(
        description="Why, for programs (原因代码): recalled, expired, nothing_there, platform_silent, "
        "says_more_than_granted, not_checkable …"
    )
    remedy: str = strawberry.field(description="What to do about it (处理办法).")


ProofOutcome = Annotated[
    Proof | ProofRefused | ProofUnavailable,
    strawberry.union("ProofOutcome", description="A proof, or why there is none (电子证明或原因)."),
]

TOO_MUCH = ProofUnavailable(
    reason="says_more_than_granted",
    remedy="The document says more than the catalogue row grants: ask the issuer by "
    "`requestVerification`, which verifies the granted fields only.",
)


def shown_proof(came: CameOfProof) -> Proof | ProofRefused | ProofUnavailable:
    """What came of extracting and checking, as GraphQL shows it."""
    match came:
        case Proven(document=False):
            return TOO_MUCH
        case Proven():
            return _proof(came)
        case NotAccepted(document_number=number, checks=checks):
            return ProofRefused(document_number=strawberry.ID(number), checks=lines_of(checks))
        case NoProof(reason=reason, remedy=remedy):
            return ProofUnavailable(reason=reason, remedy=remedy)
        case _:
            assert_never(came)


def _proof(came: Proven) -> Proof:
    """Only what stands under a signature, never what the platform says beside it."""
    twin, sealed_at = came.twin, came.verdict.sealed_at
    assert sealed_at is not None, "its time was checked"
    return Proof(
        document_number=strawberry.ID(twin.document_number),
        kind=twin.kind,
        sealed_at=sealed_at,
        extracted_at=twin.endorsement.extracted_at,
        valid_until=twin.endorsement.valid_until,
        checks=lines_of(came.verdict.checks),
        document=Base64(came.sealed.pdf),
        twin=Base64(came.sealed.twin),
    )


@strawberry.type(
    description="For whom the platform handed a proof out (背书), as it signed it, Article 14."
)
class EndorsedFor:
    unit: strawberry.ID = strawberry.field(
        description="Code of the unit that extracted it (提取单位编码)."
    )
    unit_name: str = strawberry.field(description="Its name (提取单位), as signed.")
    item_code: strawberry.ID = strawberry.field(
        description="The item it was extracted for (事项编码); other use is misuse, Article 17."
    )
    extracted_at: datetime = strawberry.field(description="When (提取时间).")
    valid_until: datetime = strawberry.field(
        description="Until when it may be relied on (有效期至)."
    )
    is_caller: bool = strawberry.field(
        description="Whether that unit is the caller's (是否本单位提取); if not, have it extracted for "
        "your own case."
    )

    @classmethod
    def of(cls, endorsement: Endorsement, unit: str) -> "EndorsedFor":
        """As the unit that asks is shown it."""
        return cls(
            unit=strawberry.ID(endorsement.extracting.code),
            unit_name=endorsement.extracting.name_zh,
            item_code=strawberry.ID(endorsement.item),
            extracted_at=endorsement.extracted_at,
            valid_until=endorsement.valid_until,
            is_caller=endorsement.extracting.code == unit,
        )


@strawberry.type(description="What was found when a document was checked (证明核验).")
class ProofCheck:
    accepted: bool = strawberry.field(
        description="Whether nothing was found wrong (未发现问题); see what was not checked."
    )
    document_number: strawberry.ID | None = strawberry.field(
        description="The number it bears (文书编号); null where it is no proof."
    )
    sealed_at: datetime | None = strawberry.field(
        description="When it was sealed (用印时间), as far as that is proven."
    )
    endorsed_for: EndorsedFor | None = strawberry.field(
        description="For whom it was handed out (背书对象); null unless the endorsement passed its checks."
    )
    checks: list[ProofCheckLine] = strawberry.field(description="Every check (核验情况), in order.")

    @classmethod
    def of(cls, verdict: Verdict, unit: str) -> "ProofCheck":
        """As the unit that asks is shown it."""
        number, endorsed = verdict.document_number, verdict.endorsement
        return cls(
            accepted=verdict.accepted,
            document_number=None if number is None else strawberry.ID(number),
            sealed_at=verdict.sealed_at,
            endorsed_for=None if endorsed is None else EndorsedFor.of(endorsed, unit),
            checks=lines_of(verdict.checks),
        )
