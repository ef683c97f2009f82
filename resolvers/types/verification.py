"""A request for assisted verification (协助核实请求), as its two sides see it."""

from datetime import datetime
from typing import Self, assert_never

import strawberry

from connectors import assisted_parts as words
from connectors.assisted_parts import DueRule, Ending, QuestionKind, RequestState
from connectors.assisted_words import EntryView, RequestView
from hub.assisting.proofs import CameOfProof, Proven
from hub.declarations.words import CertificateType as DeclaredType
from hub.evidence import HolderKind
from resolvers.context import Context, Info
from resolvers.selection import selection_below
from resolvers.types.catalogue import ServiceItem, Unit
from resolvers.types.certificate import Attribute, Certificate, Holder
from resolvers.types.declared import CertificateType
from resolvers.types.findings import written_values
from resolvers.types.proof import ProofOutcome, shown_proof
from resolvers.types.verification_words import AnswerKind


@strawberry.type(description="A person of a unit (经办人), as the unit designated them.")
class Officer:
    unit_code: strawberry.ID = strawberry.field(description="Code of the unit (单位编码).")
    name: strawberry.ID = strawberry.field(description="The person in the unit (人员标识).")

    @classmethod
    def of(cls, officer: words.Officer) -> Self:
        return cls(unit_code=strawberry.ID(officer.unit), name=strawberry.ID(officer.name))

    @strawberry.field(
        description="The unit (单位); null where the catalogue in force does not name it."
    )
    def unit(self, info: Info) -> Unit | None:
        return Unit.of(info.context, self.unit_code)


@strawberry.type(
    description="When an answer is due (办理时限), Article 14; forwarding moves nothing."
)
class Due:
    received_at: datetime = strawberry.field(
        description="When it entered the first issuer's system (送达时间): the clock started."
    )
    at: datetime = strawberry.field(description="When the answer is due (截止时间).")
    rule: DueRule = strawberry.field(description="By which sentence of Article 14 (时限依据).")
    estimated: bool = strawberry.field(
        description="True where the working days of that year are not published yet (节假日安排未公布)."
    )
    infeasible: bool = strawberry.field(
        description="Due before it was received (时限已不可行): use another way of `next` now."
    )

    @classmethod
    def of(cls, due: words.Due) -> Self:
        return cls(
            received_at=due.received_at,
            at=due.at,
            rule=due.rule,
            estimated=due.estimated,
            infeasible=due.infeasible,
        )


@strawberry.type(description="Why an answer is late (逾期说明), and when it is to come.")
class Explanation:
    by: Officer = strawberry.field(description="Who explains (说明人).")
    at: datetime = strawberry.field(description="When (说明时间).")
    reason: str = strawberry.field(description="The reason (原因).")
    estimate: datetime | None = strawberry.field(
        description="When the answer is to come (预计答复时间); null where it has been sent."
    )

    @classmethod
    def of(cls, said: words.Explanation) -> Self:
        by = Officer.of(said.by)
        return cls(by=by, at=said.at, reason=said.reason, estimate=said.estimate)


@strawberry.type(description="The deadline passed without an answer (逾期).")
class Overdue:
    since: datetime = strawberry.field(description="Since when (逾期起始).")
    explanation_asked: bool = strawberry.field(
        description="Whether the issuer owes a reason (待说明)."
    )
    explanations: list[Explanation] = strawberry.field(description="Reasons given (逾期说明).")

    @classmethod
    def of(cls, overdue: words.Overdue) -> Self:
        return cls(
            since=overdue.since,
            explanation_asked=overdue.explanation_asked,
            explanations=[Explanation.of(one) for one in overdue.explanations],
        )


@strawberry.type(
    description="A question of the issuer to the requester (补充询问); the clock runs on."
)
class Clarification:
    kind: QuestionKind = strawberry.field(description="What is asked (询问类型).")
    question: str = strawberry.field(description="The question (问题).")
    asked_by: Officer = strawberry.field(description="Who asks (询问人).")
    asked_at: datetime = strawberry.field(description="When it was asked (询问时间).")
    ended_at: datetime | None = strawberry.field(
        description="When it was answered or lapsed (结束时间); null while it is open."
    )
    answer: str | None = strawberry.field(description="The answer (答复).")

    @classmethod
    def of(cls, asked: words.Clarification) -> Self:
        return cls(
            kind=asked.kind,
            question=asked.question,
            asked_by=Officer.of(asked.asked_by),
            asked_at=asked.asked_at,
            ended_at=asked.ended_at,
            answer=asked.answer,
        )


@strawberry.type(
    description="It moved on to the issuer that keeps the record (转送), with its first receipt time."
)
class Hop:
    origin: strawberry.ID = strawberry.field(description="Code of the unit it left (转出单位).")
    to: strawberry.ID = strawberry.field(description="Code of the unit it went to (转入单位).")
    by: Officer = strawberry.field(description="Who forwarded it (转送人).")
    at: datetime = strawberry.field(description="When (转送时间).")
    reason: str = strawberry.field(description="Why (转送原因).")

    @classmethod
    def of(cls, hop: words.Hop) -> Self:
        return cls(
            origin=strawberry.ID(hop.origin),
            to=strawberry.ID(hop.to),
            by=Officer.of(hop.by),
            at=hop.at,
            reason=hop.reason,
        )


@strawberry.type(
    description="Somebody tried to decline (拒绝核实), which Article 16 forbids; it stays open."
)
class Incident:
    by: Officer = strawberry.field(description="Who tried (行为人).")
    at: datetime = strawberry.field(description="When (时间).")
    said: str = strawberry.field(description="What was tried (行为).")
    article: str = strawberry.field(description="Which article forbids it (条款).")

    @classmethod
    def of(cls, incident: words.Incident) -> Self:
        by = Officer.of(incident.by)
        return cls(by=by, at=incident.at, said=incident.said, article=incident.article)


@strawberry.type(description="The applicant doubts an answer (异议), Article 13.")
class Objection:
    delivery: int = strawberry.field(description="Number of the delivery it is about (答复序号).")
    grounds: str = strawberry.field(description="What is doubted (异议理由).")
    by: Officer = strawberry.field(description="Who raised it for the applicant (提出人).")
    at: datetime = strawberry.field(description="When (提出时间).")
    review: strawberry.ID = strawberry.field(
        description="Id of the request that verifies it afresh (复核请求编号)."
    )
    ending: Ending | None = strawberry.field(
        description="How it ended (复核结果); null while the review goes on."
    )

    @classmethod
    def of(cls, raised: words.ObjectionView) -> Self:
        return cls(
            delivery=raised.delivery,
            grounds=raised.grounds,
            by=Officer.of(raised.by),
            at=raised.at,
            review=strawberry.ID(raised.review),
            ending=raised.ending,
        )


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


@strawberry.type(description="One step in the life of a request (办理步骤).")
class HistoryEntry:
    at: datetime = strawberry.field(description="When (时间).")
    by: Officer | None = strawberry.field(
        description="Who took it (办理人); null where the platform did."
    )
    event: str = strawberry.field(description="Which step (步骤), e.g. Claim, Seal, Send.")
    state: RequestState = strawberry.field(description="Where it led (办理状态).")

    @classmethod
    def of(cls, entry: EntryView) -> Self:
        by = None if entry.by is None else Officer.of(entry.by)
        return cls(at=entry.at, by=by, event=entry.event, state=entry.state)


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


@strawberry.type(
    description="A request for assisted verification (协助核实请求) from a unit to the legal issuer, "
    "Articles 14 to 16."
)
class VerificationRequest:
    view: strawberry.Private[RequestView]
    viewer: strawberry.Private[words.Officer | None] = None

    @classmethod
    def of(cls, _: Context, view: RequestView, viewer: words.Officer | None = None) -> Self:
        """The request as a person of its requester sees it, or with no `viewer` anybody else."""
        return cls(view=view, viewer=viewer)

    @strawberry.field(description="Its id on the verification platform (请求编号).")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.view.id)

    @strawberry.field(description="Its version (版本): it grows with every change.")
    def version(self) -> int:
        return self.view.version

    @strawberry.field(description="Where it is (办理状态).")
    def state(self) -> RequestState:
        return self.view.state

    @strawberry.field(description="The certificate type (证照类型).")
    def certificate_type(self, info: Info) -> CertificateType:
        return CertificateType.of(info.context, self.view.certificate_type)

    @strawberry.field(description="The fields to be verified (核实字段).")
    def fields(self) -> list[str]:
        return list(self.view.fields)

    @strawberry.field(description="The fields nothing has been sent about yet (待答复字段).")
    def outstanding(self) -> list[str]:
        return list(self.view.outstanding)

    @strawberry.field(description="Whom it is about (持有人).")
    def subject(self) -> Holder:
        about = self.view.subject
        return Holder(kind=HolderKind(about.kind.value), identifier=about.id, name=about.name)

    @strawberry.field(description="Code of the item it is for (事项编码).")
    def item_code(self) -> strawberry.ID:
        return strawberry.ID(self.view.purpose.item)

    @strawberry.field(
        description="The item it is for (事项); null where the catalogue in force does not name it."
    )
    def item(self, info: Info) -> ServiceItem | None:
        return ServiceItem.find(info.context, self.view.requester.unit, self.view.purpose.item)

    @strawberry.field(description="Number of the case it is for (办件编号).")
    def case(self) -> str:
        return self.view.purpose.case

    @strawberry.field(description="Who asked (请求人员).")
    def requester(self) -> Officer:
        return Officer.of(self.view.requester)

    @strawberry.field(description="Code of the unit that has to answer now (核实单位编码).")
    def issuer_code(self) -> strawberry.ID:
        return strawberry.ID(self.view.issuer)

    @strawberry.field(
        description="The unit that has to answer now (核实单位); null where the catalogue in force "
        "does not name it."
    )
    def issuer(self, info: Info) -> Unit | None:
        return Unit.of(info.context, self.view.issuer)

    @strawberry.field(description="The verifier who has it (核查人员); null before it is claimed.")
    def verifier(self) -> strawberry.ID | None:
        return None if self.view.verifier is None else strawberry.ID(self.view.verifier)

    @strawberry.field(description="When it was issued (发起时间).")
    def issued_at(self) -> datetime:
        return self.view.issued_at

    @strawberry.field(description="When the answer is due (办理时限).")
    def due(self) -> Due | None:
        return None if self.view.due is None else Due.of(self.view.due)

    @strawberry.field(
        description="Seconds until it is due (剩余时间), below zero when late; null where the clock "
        "stands."
    )
    def seconds_left(self) -> float | None:
        return self.view.time_left

    @strawberry.field(
        description="Seconds that questions to the requester stood open (等待补充时间): not the "
        "issuer's."
    )
    def seconds_waited(self) -> float:
        return self.view.waited_for_requester

    @strawberry.field(description="The delay (逾期); null where the deadline was kept so far.")
    def overdue(self) -> Overdue | None:
        return None if self.view.overdue is None else Overdue.of(self.view.overdue)

    @strawberry.field(description="What is made and not yet sent (草稿); its own unit sees it.")
    def draft(self, info: Info) -> Draft | None:
        declared = info.context.hub.types.get(self.view.certificate_type)
        return None if self.view.draft is None else Draft.of(self.view.draft, declared)

    @strawberry.field(
        description="Sealed answers sent so far (核实答复); several where it comes in parts."
    )
    async def deliveries(self, info: Info) -> list[Delivery]:
        proven = selection_below(info).selects("Delivery", "certificate", "proof")
        if self.viewer is None or not proven:
            return [Delivery.of(one) for one in self.view.deliveries]
        context, wanted = info.context, self._fields_wanted(info)
        context.check_lookups([self.view.certificate_type] * len(self.view.deliveries))
        proofs = context.hub.assisting.proofs
        return [
            Delivery.of(
                one,
                await proofs.of_delivery(
                    context.requester,
                    self.viewer.name,
                    self.view,
                    one.number,
                    wanted,
                    context.request_id,
                ),
            )
            for one in self.view.deliveries
        ]

    def _fields_wanted(self, info: Info) -> frozenset[str] | None:
        """The fields that are selected of the certificate; all, where the document is."""
        if selection_below(info, "proof").selects("Proof", "document", "twin"):
            return None
        generated = info.context.certificates[self.view.certificate_type]
        below = selection_below(info, "certificate")
        return below.fields_of(generated.certificate, generated.name, generated.names)

    @strawberry.field(
        description="Every step so far (办理过程), oldest first; read from the platform when selected."
    )
    async def history(self, info: Info) -> list[HistoryEntry]:
        context = info.context
        told = await context.hub.assisting.history(context.requester, self.view.id)
        context.explore(len(told or ()))
        return [HistoryEntry.of(one) for one in told or ()]

    @strawberry.field(description="Questions of the issuer to the requester (补充询问).")
    def clarifications(self) -> list[Clarification]:
        return [Clarification.of(one) for one in self.view.clarifications]

    @strawberry.field(description="How it moved between issuers (转送记录).")
    def hops(self) -> list[Hop]:
        return [Hop.of(one) for one in self.view.hops]

    @strawberry.field(description="Attempts to decline (拒绝核实记录), Article 16.")
    def incidents(self) -> list[Incident]:
        return [Incident.of(one) for one in self.view.incidents]

    @strawberry.field(description="Objections to its answers (异议), Article 13.")
    def objections(self) -> list[Objection]:
        return [Objection.of(one) for one in self.view.objections]

    @strawberry.field(
        description="Id of the request whose answer this one verifies afresh (原请求编号), after an "
        "objection."
    )
    def review_of(self) -> strawberry.ID | None:
        return None if self.view.review_of is None else strawberry.ID(self.view.review_of)
