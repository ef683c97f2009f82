"""What became of a step in a request's life: taken, or why it can't be taken and what to do."""

from typing import Annotated, assert_never

import strawberry

from connectors.assisted_parts import Officer
from connectors.assisted_words import RequestView
from connectors.assisted_words import StepRejected as Rejection
from resolvers.context import Context
from resolvers.types.verification import VerificationRequest

NO_SUCH_REQUEST = "no_such_request"
NOT_NOW = "not_now"


@strawberry.type(description="The step was taken (已办理).")
class StepTaken:
    request: VerificationRequest = strawberry.field(
        description="The request as it stands after the step (协助核实请求)."
    )


@strawberry.type(description="The step can't be taken (无法办理); the request is as it was.")
class StepRejected:
    reason: str = strawberry.field(
        description="Why, for programs (原因代码): wrong_state, wrong_unit, wrong_role, "
        "not_the_verifier, no_such_request, not_now …"
    )
    remedy: str = strawberry.field(description="What is wrong and what to do about it (处理办法).")


StepResult = Annotated[
    StepTaken | StepRejected,
    strawberry.union(
        "StepResult", description="What became of a step (办理结果): taken, or why it can't be."
    ),
]


def stepped(
    context: Context, came: RequestView | Rejection, viewer: Officer | None = None
) -> StepTaken | StepRejected:
    """What the desk said to a step, as GraphQL shows it; `viewer` is a person of the requester."""
    match came:
        case RequestView():
            return StepTaken(request=VerificationRequest.of(context, came, viewer))
        case Rejection(status=status, reason=reason, message=message):
            known = reason or (NO_SUCH_REQUEST if status == 404 else NOT_NOW)
            return StepRejected(reason=known, remedy=message)
        case _:
            assert_never(came)
