"""The issuer's side of assisted verification: what its people do, and no way of declining."""

from collections.abc import Mapping
from datetime import datetime

import strawberry

from connectors.assisted_parts import QuestionKind
from connectors.assisted_words import StepRejected
from hub.evidence import Role
from resolvers.context import Info
from resolvers.people import ISSUERS, check_person
from resolvers.types.findings import FindingsInput
from resolvers.types.inbox import inbox_of
from resolvers.types.inputs import in_words, recordable, with_zone
from resolvers.types.page import VerificationRequestConnection
from resolvers.types.step import StepRejected as Rejected
from resolvers.types.step import StepResult, StepTaken, stepped

NOTHING: Mapping[str, object] = {}
NO_SUCH = StepRejected(404, None, "no request of this id concerns this unit; check both")


async def taken(
    info: Info,
    step: str,
    request: str,
    by: str,
    key: str | None,
    roles: tuple[Role, ...],
    parts: Mapping[str, object] = NOTHING,
) -> StepTaken | Rejected:
    """What became of a step of a person of the caller's own unit, who must have one of the roles."""
    context = info.context
    check_person(context, "by", by, *roles)
    client_key = None if key is None else recordable("key", key)
    which, assisting = recordable("request", request), context.hub.assisting
    came = await assisting.step(context.requester, by, which, step, parts, client_key)
    return stepped(context, came)


@strawberry.type(description="What an issuer sees (核实单位查询).")
class IssuerQuery:
    @strawberry.field(
        description="What lies with the caller's unit to be answered (待办), soonest due first, with "
        "the time left; for its verifiers, seal keepers and coordinators."
    )
    async def inbox(
        self,
        info: Info,
        by: strawberry.ID,
        first: int | None = None,
        after: strawberry.ID | None = None,
    ) -> VerificationRequestConnection:
        check_person(info.context, "by", by, *ISSUERS)
        return await inbox_of(info.context, first, after)


@strawberry.type(description="What an issuer does (核实单位办理).")
class IssuerMutation:
    @strawberry.mutation(
        description="A verifier takes a request (签收); a second one is told that it is taken."
    )
    async def claim_request(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        return await taken(info, "claim", request, by, key, (Role.VERIFIER,))

    @strawberry.mutation(description="The verifier who has it begins to verify (开始核实).")
    async def begin_verification(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        return await taken(info, "begin", request, by, key, (Role.VERIFIER,))

    @strawberry.mutation(
        description="Ask the requester back (补充询问); the clock runs on, the wait is noted."
    )
    async def ask_requester(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        kind: QuestionKind,
        question: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        parts = {"kind": kind.value, "question": in_words("question", question)}
        return await taken(info, "ask", request, by, key, (Role.VERIFIER,), parts)

    @strawberry.mutation(
        description="Another unit keeps this record (转送): it gets the request with its first "
        "receipt time; never a unit that had it."
    )
    async def forward_request(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        to: strawberry.ID,
        reason: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        roles = (Role.VERIFIER, Role.COORDINATOR)
        parts = {"to": recordable("to", to), "reason": in_words("reason", reason)}
        return await taken(info, "forward", request, by, key, roles, parts)

    @strawberry.mutation(description="Another verifier of the unit gets the request (改派).")
    async def reassign_request(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        to: strawberry.ID,
        reason: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        roles = (Role.VERIFIER, Role.COORDINATOR)
        parts = {"to": recordable("to", to), "reason": in_words("reason", reason)}
        return await taken(info, "reassign", request, by, key, roles, parts)

    @strawberry.mutation(
        description="The verifier says what was found (制作核实结果): some of the fields in time, the "
        "rest after, or no such record, which is an answer like any other."
    )
    async def make_answer(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        findings: FindingsInput,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        context = info.context
        check_person(context, "by", by, Role.VERIFIER)
        view = await context.hub.assisting.request(context.requester, request)
        if view is None:
            return stepped(context, NO_SUCH)
        context.check_type(view.certificate_type)
        found = findings.found(context.hub.types[view.certificate_type], view)
        return await taken(info, "make", request, by, key, (Role.VERIFIER,), {"findings": found})

    @strawberry.mutation(
        description="A draft goes back for correction (退回修改), by its verifier or a seal keeper."
    )
    async def return_draft(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        reason: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        roles = (Role.VERIFIER, Role.SEAL_KEEPER)
        parts = {"reason": in_words("reason", reason)}
        return await taken(info, "return", request, by, key, roles, parts)

    @strawberry.mutation(
        description="A seal keeper checks the draft and seals it (用印): 电子证明核实信息专用章. Who made "
        "it doesn't seal it."
    )
    async def seal_answer(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        seal: strawberry.ID | None = None,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        parts = NOTHING if seal is None else {"seal": recordable("seal", seal)}
        return await taken(info, "seal", request, by, key, (Role.SEAL_KEEPER,), parts)

    @strawberry.mutation(
        description="Send the sealed answer (发送): the clock stops where nothing is left to answer."
    )
    async def send_answer(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        roles = (Role.SEAL_KEEPER, Role.VERIFIER, Role.COORDINATOR)
        return await taken(info, "send", request, by, key, roles)

    @strawberry.mutation(
        description="Say why the answer is late (逾期说明) and when it comes; no deadline is moved."
    )
    async def explain_delay(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        reason: str,
        estimate: datetime | None = None,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        roles = (Role.VERIFIER, Role.COORDINATOR)
        parts: dict[str, object] = {"reason": in_words("reason", reason)}
        if estimate is not None:
            parts["estimate"] = with_zone("estimate", estimate)
        return await taken(info, "explain", request, by, key, roles, parts)

    @strawberry.mutation(description="Supervision urges the issuer (督办), whatever the unit.")
    async def urge_request(
        self,
        info: Info,
        request: strawberry.ID,
        by: strawberry.ID,
        words: str,
        key: strawberry.ID | None = None,
    ) -> StepResult:
        parts = {"words": in_words("words", words)}
        return await taken(info, "urge", request, by, key, (Role.SUPERVISOR,), parts)
