"""The requester's side of assisted verification: ask the issuer, follow the request, object."""

from collections.abc import Mapping
from datetime import date, datetime

import strawberry
from strawberry.scalars import Base64

from connectors.assisted_parts import Officer
from hub.china import date_in_china
from hub.evidence import Lookup, Role
from resolvers.context import Info
from resolvers.issuer import NO_SUCH, NOTHING
from resolvers.looking import fields_selected, required
from resolvers.obtaining import EARLIEST, accepted_day, ask_for, obtained, terms_of
from resolvers.people import check_person
from resolvers.selection import selection_below
from resolvers.types.dossier import Dossier, dossier_of
from resolvers.types.inputs import PurposeInput, SubjectInput, in_words, recordable, with_zone
from resolvers.types.outcome import Outcome, shown
from resolvers.types.page import VerificationRequestConnection, page_size, platform_cursor
from resolvers.types.proof import ProofCheck
from resolvers.types.recall import Recall
from resolvers.types.step import StepRejected, StepResult, StepTaken, stepped
from resolvers.types.verification import VerificationRequest

ENTRIES_A_CHECK_COSTS = 500
"""Checking one document takes about as long as reading so many entries of lists."""


@strawberry.type(description="What a requester sees of its requests (协助核实请求查询).")
class RequesterQuery:
    @strawberry.field(
        description="One request for assisted verification (协助核实请求) of the caller's unit; null "
        "where none of this id concerns it."
    )
    async def verification_request(
        self, info: Info, id: strawberry.ID, operator: strawberry.ID
    ) -> VerificationRequest | None:
        context = info.context
        check_person(context, "operator", operator, Role.OPERATOR)
        view = await context.hub.assisting.request(context.requester, id)
        viewer = Officer(context.requester.unit, operator)
        return None if view is None else VerificationRequest.of(context, view, viewer)

    @strawberry.field(
        description="What the caller's unit asked issuers to verify (已发起的协助核实), oldest first."
    )
    async def verification_requests(
        self,
        info: Info,
        operator: strawberry.ID,
        first: int | None = None,
        after: strawberry.ID | None = None,
    ) -> VerificationRequestConnection:
        context = info.context
        check_person(context, "operator", operator, Role.OPERATOR)
        size, cursor = page_size(context, first), platform_cursor(after)
        page = await context.hub.assisting.outbox(context.requester, cursor, size)
        viewer = Officer(context.requester.unit, operator)
        return VerificationRequestConnection.of(context, page, after, viewer)

    @strawberry.field(
        description="Proofs this unit received and that were recalled (证明撤回), oldest first, Article "
        "13: they must not be used any more."
    )
    async def recalls(
        self,
        info: Info,
        operator: strawberry.ID,
        since: datetime | None = None,
        first: int | None = None,
    ) -> list[Recall]:
        context = info.context
        check_person(context, "operator", operator, Role.OPERATOR)
        moment = None if since is None else with_zone("since", since)
        recalls = context.hub.assisting.recalls
        found = await recalls.since(context.requester, moment, page_size(context, first))
        return [Recall.of(context, one) for one in found]

    @strawberry.field(
        description="Check a proof that somebody handed in (核验电子证明): its signatures, seal, "
        "endorsement, and with `subject` and `twin` whether it is about them."
    )
    async def check_proof(
        self,
        info: Info,
        document: Base64,
        subject: SubjectInput | None = None,
        twin: Base64 | None = None,
    ) -> ProofCheck:
        context = info.context
        context.explore(ENTRIES_A_CHECK_COSTS)
        about = None if subject is None else subject.subject()
        proofs = context.hub.assisting.proofs
        verdict = await proofs.examine(context.requester, document, about, twin)
        return ProofCheck.of(verdict, context.requester.unit)


async def taken(
    info: Info,
    step: str,
    request: str,
    operator: str,
    key: str | None,
    parts: Mapping[str, object] = NOTHING,
) -> StepTaken | StepRejected:
    """What became of a step of one of the caller's own operators."""
    context = info.context
    check_person(context, "operator", operator, Role.OPERATOR)
    client_key = None if key is None else recordable("key", key)
    which = recordable("request", request)
    came = await context.hub.assisting.step(
        context.requester, operator, which, step, parts, client_key
    )
    return stepped(context, came, Officer(context.requester.unit, operator))


@strawberry.type(description="What a requester does (请求单位办理).")
class RequesterMutation:
    @strawberry.mutation(
        description="Ask the legal issuer to verify (发起协助核实), Article 14: it answers within 30 "
        "minutes for immediate items, else within 24 hours at most. Nothing is looked up. A request "
        "of the same case, certificate and subject that is still open is found again, never opened "
        "twice."
    )
    async def request_verification(
        self,
        info: Info,
        type: strawberry.ID,
        subject: SubjectInput,
        purpose: PurposeInput,
        accepted_on: date | None = None,
        fields: list[str] | None = None,
        issuer: strawberry.ID | None = None,
        key: strawberry.ID | None = None,
    ) -> Outcome:
        context = info.context
        context.check_lookups([type])
        lookup = Lookup(type, subject.subject(), purpose.purpose())
        ask = ask_for(context, lookup, accepted_on, fields, issuer, key)
        came = await context.hub.assisting.asking.ask(context.requester, ask, context.request_id)
        return shown(lookup, came, context.elapsed_ms)

    @strawberry.mutation(
        description="One certificate, one way or the other (获取证照): looked up at once; where every "
        "source answered that it holds none, the issuer is asked to verify, and the answer is "
        "`Pending`. Repeating it is harmless."
    )
    async def obtain_certificate(
        self,
        info: Info,
        type: strawberry.ID,
        subject: SubjectInput,
        purpose: PurposeInput,
        accepted_on: date | None = None,
        issuer: strawberry.ID | None = None,
        even_if_silent: bool = False,
    ) -> Outcome:
        context = info.context
        context.check_lookups([type])
        selected = fields_selected(context, selection_below(info, "certificate"), type)
        lookup = Lookup(type, subject.subject(), purpose.purpose(), selected)
        terms = terms_of(context, accepted_on, issuer, even_if_silent)
        return (await obtained(context, [lookup], terms))[0]

    @strawberry.mutation(
        description="All that an item requires of a subject (获取事项所需证照): found ones at once, and for "
        "the others the issuers are asked to verify, side by side. Repeating it is harmless."
    )
    async def obtain_dossier(
        self,
        info: Info,
        subject: SubjectInput,
        purpose: PurposeInput,
        accepted_on: date | None = None,
        even_if_silent: bool = False,
    ) -> Dossier:
        context = info.context
        bound = purpose.purpose()
        below = selection_below(info, "entries", "outcome", "certificate")
        rows, lookups = required(context, subject.subject(), bound, below)
        terms = terms_of(context, accepted_on, None, even_if_silent)
        outcomes = await obtained(context, lookups, terms)
        return dossier_of(context, bound.item, rows, outcomes)

    @strawberry.mutation(
        description="The case was withdrawn (撤回请求): nothing more is to be verified for it."
    )
    async def cancel_verification(
        self,
        info: Info,
        request: strawberry.ID,
        operator: strawberry.ID,
        reason: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        parts = {"reason": in_words("reason", reason)}
        return await taken(info, "cancel", request, operator, key, parts)

    @strawberry.mutation(description="Answer the issuer's open question (答复补充询问).")
    async def answer_clarification(
        self,
        info: Info,
        request: strawberry.ID,
        operator: strawberry.ID,
        text: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        parts = {"answer": in_words("text", text)}
        return await taken(info, "clarify", request, operator, key, parts)

    @strawberry.mutation(
        description="Confirm that all that was sent so far arrived (确认接收), Article 14."
    )
    async def confirm_receipt(
        self,
        info: Info,
        request: strawberry.ID,
        operator: strawberry.ID,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        return await taken(info, "receipt", request, operator, key)

    @strawberry.mutation(
        description="The applicant doubts an answer (提出异议), Article 13: another verifier verifies it "
        "afresh; where it was wrong it is recalled and corrected."
    )
    async def raise_objection(
        self,
        info: Info,
        request: strawberry.ID,
        delivery: int,
        operator: strawberry.ID,
        grounds: str,
        accepted_on: date | None = None,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        context = info.context
        check_person(context, "operator", operator, Role.OPERATOR)
        parts: dict[str, object] = {"delivery": delivery, "grounds": in_words("grounds", grounds)}
        view = await context.hub.assisting.request(context.requester, request)
        if view is None:
            return stepped(context, NO_SUCH)
        sent = (date_in_china(one.sent_at) for one in view.deliveries if one.number == delivery)
        accepted = accepted_day(context, accepted_on, next(sent, EARLIEST))
        item = view.purpose.item
        promised = context.hub.assisting.promised(context.requester, item, accepted)
        if promised is not None:
            parts["promised"] = promised
        return await taken(info, "objection", request, operator, key, parts)
