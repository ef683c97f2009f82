"""What became of a lookup: data, not errors; every member says where was asked and why it ended so."""

from datetime import datetime
from typing import assert_never

import strawberry

from connectors.assisted_parts import Officer
from hub import evidence
from hub.assisting.words import Pending as PendingWord
from hub.evidence import DenialRule, Lookup, Said, Step, Tier
from resolvers.context import Info
from resolvers.plan.alike import same_for
from resolvers.scalars import Milliseconds
from resolvers.types.certificate import Certificate
from resolvers.types.declared import CertificateType
from resolvers.types.proof import ProofOutcome, shown_proof
from resolvers.types.source import Source
from resolvers.types.verification import VerificationRequest


@strawberry.type(description="One source tried (一次查询尝试): what it said and how long it took.")
class Attempt:
    attempt: strawberry.Private[evidence.Attempt]

    @strawberry.field(description="The source (数据来源).")
    @same_for("attempt.source")
    def source(self, info: Info) -> Source:
        return Source.of(info.context, self.attempt.source)

    @strawberry.field(description="Its tier (层级).")
    def tier(self) -> Tier:
        return self.attempt.tier

    @strawberry.field(description="What it said (结果).")
    def said(self) -> Said:
        return self.attempt.said

    @strawberry.field(description="Why, where it did not answer (原因).")
    def reason(self) -> str | None:
        return self.attempt.reason

    @strawberry.field(description="How long its batch took (耗时).")
    def took(self) -> Milliseconds:
        return Milliseconds(self.attempt.took_ms)

    @strawberry.field(
        description="True where an equal lookup of this unit had already asked, in this request or lately "
        "(复用)."
    )
    def reused(self) -> bool:
        return self.attempt.reused

    @strawberry.field(
        description="True where the same question of another caller was already under way (合并查询)."
    )
    def coalesced(self) -> bool:
        return self.attempt.coalesced


@strawberry.interface(description="What became of a lookup (查询结果).")
class Outcome:
    __slots__ = ("elapsed_ms", "lookup", "outcome")

    lookup: strawberry.Private[Lookup]  # which it answers
    outcome: strawberry.Private[evidence.Outcome | PendingWord]
    elapsed_ms: strawberry.Private[float]  # from the arrival of the request

    @strawberry.field(description="The certificate type asked for (证照类型).")
    @same_for("outcome.type")
    def type(self, info: Info) -> CertificateType:
        return CertificateType.of(info.context, self.outcome.type)

    @strawberry.field(
        description="Every source tried, in order (查询轨迹); empty where nothing was asked."
    )
    def trail(self) -> list[Attempt]:
        outcome = self.outcome
        trail = () if isinstance(outcome, evidence.Denied) else outcome.trail
        return [Attempt(attempt=attempt) for attempt in trail]

    @strawberry.field(description="Id of this request (请求编号), the same for all its lookups.")
    def request_id(self, info: Info) -> strawberry.ID:
        return strawberry.ID(info.context.request_id)

    @strawberry.field(description="From the arrival of the request to this answer (总耗时).")
    def answered_in(self) -> Milliseconds:
        return Milliseconds(self.elapsed_ms)

    @strawberry.field(description="Id of the record (留痕编号) written before this answer left.")
    def record(self) -> strawberry.ID:
        return self.outcome.record  # type: ignore[return-value]  # it is a text: a call less


@strawberry.type(description="What was handed over, as it is recorded (披露记录).")
class Disclosure:
    outcome: strawberry.Private[evidence.Found]

    @strawberry.field(description="Id of the record (留痕编号).")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.outcome.record)

    @strawberry.field(
        description="Fields disclosed (已披露字段): granted by the row and selected by the query."
    )
    def fields(self) -> list[str]:
        return sorted(self.outcome.disclosed)

    @strawberry.field(
        description="Fields selected but not granted by the catalogue row (未授权字段)."
    )
    def withheld(self) -> list[str]:
        return sorted(self.outcome.withheld)

    @strawberry.field(description="When (时间), UTC.")
    def at(self) -> datetime:
        return self.outcome.as_of


@strawberry.type(description="A source holds it (已查到).")
class Found(Outcome):
    __slots__ = ()

    outcome: strawberry.Private[evidence.Found]

    @strawberry.field(description="The certificate (证照).")
    def certificate(self, info: Info) -> Certificate:
        return info.context.certificates.certificate(self.outcome, self.lookup.subject)

    @strawberry.field(description="What was handed over (披露).")
    def disclosure(self) -> Disclosure:
        return Disclosure(outcome=self.outcome)

    @strawberry.field(description="The source that holds it (数据来源).")
    @same_for("outcome.holding.source")
    def source(self, info: Info) -> Source:
        return Source.of(info.context, self.outcome.holding.source)

    @strawberry.field(
        description="A proof under seal (电子证明), extracted for this case and checked, or why there is "
        "none; null where the source gives no proofs. Extracted when selected."
    )
    async def proof(self, info: Info) -> ProofOutcome | None:
        context, outcome = info.context, self.outcome
        if outcome.holding.proof is None:
            return None
        came = await context.hub.assisting.proofs.of_found(
            context.requester, self.lookup, outcome, context.request_id
        )
        return None if came is None else shown_proof(came)

    @strawberry.field(description="When the source said so (数据时点), UTC.")
    def as_of(self) -> datetime:
        return self.outcome.as_of


@strawberry.type(description="Every source on the route answered, and none holds it (未查到).")
class NotHeld(Outcome):
    __slots__ = ()

    outcome: strawberry.Private[evidence.NotHeld]

    @strawberry.field(description="What is still possible (下一步), best first.")
    def next(self) -> list[Step]:
        return list(self.outcome.next)


@strawberry.type(
    description="None found it, but at least one source was silent (暂不可用): it may exist."
)
class Unavailable(Outcome):
    __slots__ = ()

    outcome: strawberry.Private[evidence.Unavailable]

    @strawberry.field(description="What is still possible (下一步), best first.")
    def next(self) -> list[Step]:
        return list(self.outcome.next)

    @strawberry.field(description="The sources that did not answer (未应答来源).")
    def silent(self, info: Info) -> list[Source]:
        return [Source.of(info.context, name) for name in self.outcome.silent]

    @strawberry.field(
        description="Seconds (秒) after which asking again makes sense (建议重试间隔); null where "
        "something must be mended first."
    )
    def retry_after(self) -> float | None:
        return self.outcome.retry_after


@strawberry.type(description="The lookup may not be answered (不予查询); nothing was asked.")
class Denied(Outcome):
    __slots__ = ()

    outcome: strawberry.Private[evidence.Denied]

    @strawberry.field(description="Which rule (规则).")
    def rule(self) -> DenialRule:
        return self.outcome.rule

    @strawberry.field(description="Which article of the regulation (条款).")
    def article(self) -> str:
        return self.outcome.article

    @strawberry.field(description="What to do about it (处理办法).")
    def remedy(self) -> str:
        return self.outcome.remedy


@strawberry.type(
    description="The issuer was asked to verify (核实中), Article 14: its answer comes by `due`."
)
class Pending(Outcome):
    __slots__ = ()

    outcome: strawberry.Private[PendingWord]

    @strawberry.field(description="The request, as it stands (协助核实请求).")
    def verification(self, info: Info) -> VerificationRequest:
        viewer = Officer(info.context.requester.unit, self.lookup.purpose.operator)
        return VerificationRequest.of(info.context, self.outcome.request, viewer)


def shown(lookup: Lookup, outcome: evidence.Outcome | PendingWord, elapsed_ms: float) -> Outcome:
    """The outcome of a lookup as GraphQL shows it, so many milliseconds after its request came in."""
    match outcome:
        case evidence.Found():
            made: Outcome = Found.__new__(Found)  # a dataclass takes five times as long to begin
        case evidence.NotHeld():
            made = NotHeld.__new__(NotHeld)
        case evidence.Unavailable():
            made = Unavailable.__new__(Unavailable)
        case evidence.Denied():
            made = Denied.__new__(Denied)
        case PendingWord():
            made = Pending.__new__(Pending)
        case never:
            assert_never(never)
    made.lookup, made.outcome, made.elapsed_ms = lookup, outcome, elapsed_ms
    return made
