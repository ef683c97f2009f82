"""What an issuer made and sent (核实答复): drafts, and deliveries with their checked proofs."""

from datetime import datetime
from typing import Self, assert_never

import strawberry

from connectors import assisted_parts as words
from hub.assisting.proofs import CameOfProof, Proven
from hub.declarations.words import CertificateType as DeclaredType
from resolvers.context import Info
from resolvers.types.certificate import Attribute, Certificate
from resolvers.types.findings import written_values
from resolvers.types.proof import ProofOutcome, shown_proof
from resolvers.types.verification_parts import Officer
from resolvers.types.verification_words import AnswerKind


@strawberry.type(
    description="What the verifier made (核实结果草稿), before it is sealed; its own unit sees it."
)
class Draft:
    answer: AnswerKind = strawberry.field(description="What it says (答复类型).")
    fields: list[str] = strawberry.field(description="Which fields it speaks of (涉及字段).")
    made_by: Officer = strawberry.field(description="The verifier who made it (核查人员).")
    made_at: datetime = strawberry.field(description="When (制作时间).")
    values: list[Attribute] = strawberry.field(
        description="The values as they will stand under the seal (核实内容), for whoever seals them."
    )
    searched: str | None = strawberry.field(
        description="Which registers were searched (检索范围), where there is no such record."
    )
    candidates: int | None = strawberry.field(
        description="How many fit (匹配数量), where it stayed open which one is meant."
    )

    @classmethod
    def of(cls, draft: words.Draft, declared: DeclaredType | None) -> Self:
        found = draft.findings
        return cls(
            answer=answer_of(found),
            fields=list(draft.fields),
            values=written_values(found.verified or {}, declared),
            searched=None if found.no_record is None else found.no_record.searched,
            candidates=None if found.ambiguous is None else found.ambiguous.candidates,
            made_by=Officer.of(draft.made_by),
            made_at=draft.made_at,
        )


@strawberry.type(description="One sealed answer that was sent (核实答复).")
class Delivery:
    number: int = strawberry.field(description="Its number, from 1 (答复序号).")
    sent_at: datetime = strawberry.field(description="When it was sent (发送时间).")
    answer: AnswerKind = strawberry.field(description="What it says (答复类型).")
    confirmed_at: datetime | None = strawberry.field(
        description="When the requester confirmed that it arrived (接收时间)."
    )
    recalled_by: strawberry.ID | None = strawberry.field(
        description="Id of the request that corrected it (更正请求编号): it must not be used any more."
    )
    came: strawberry.Private[CameOfProof | None]

    @classmethod
    def of(cls, sent: words.DeliveryView, came: CameOfProof | None = None) -> Self:
        """The delivery with what came of its proof, if that was asked for."""
        return cls(
            number=sent.number,
            sent_at=sent.sent_at,
            answer=answer_of(sent.findings),
            confirmed_at=sent.confirmed_at,
            recalled_by=None if sent.recalled_by is None else strawberry.ID(sent.recalled_by),
            came=came,
        )

    @strawberry.field(
        description="What was verified (核实的证照信息), from the checked proof; null where the answer has "
        "no values, no proof can be had, or the caller is not its requester."
    )
    def certificate(self, info: Info) -> Certificate | None:
        if not isinstance(self.came, Proven) or not self.came.holds:
            return None
        return info.context.certificates.certificate(self.came.found, self.came.subject)

    @strawberry.field(
        description="The proof (电子证明), extracted for the request's case and checked, or why there is "
        "none; null where the caller is not its requester."
    )
    def proof(self) -> ProofOutcome | None:
        return None if self.came is None else shown_proof(self.came)


def answer_of(findings: words.Findings) -> AnswerKind:
    """What kind of answer findings are; their values leave with a checked proof only."""
    match findings.answer:
        case words.Verified():
            return AnswerKind.VERIFIED
        case words.NoRecord():
            return AnswerKind.NO_RECORD
        case words.Ambiguous():
            return AnswerKind.AMBIGUOUS
        case never:
            assert_never(never)
