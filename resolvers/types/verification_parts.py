"""The parts of a verification request: people, deadlines, questions, hops, objections, steps."""

from datetime import datetime
from typing import Self

import strawberry

from connectors import assisted_parts as words
from connectors.assisted_words import EntryView
from resolvers.context import Info
from resolvers.types.catalogue import Unit
from resolvers.types.verification_words import DueRule, Ending, QuestionKind, RequestState


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
