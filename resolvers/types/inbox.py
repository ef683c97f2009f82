"""The issuer's inbox, and what is new in it."""

from datetime import datetime
from enum import Enum

import strawberry

from connectors.assisted_parts import RequestState
from connectors.assisted_words import Change, ChangeKind
from resolvers.context import Context, Info
from resolvers.types.enums import describe
from resolvers.types.page import VerificationRequestConnection, page_size, platform_cursor
from resolvers.types.verification import VerificationRequest

WITH_ISSUER = frozenset(
    {
        RequestState.DELIVERED,
        RequestState.CLAIMED,
        RequestState.IN_VERIFICATION,
        RequestState.MADE,
        RequestState.SEALED,
    }
)
"""The states in which a request lies in somebody's inbox."""
LEAVING = frozenset({"Send", "Cancel"})


class InboxNews(Enum):
    """What is new in an inbox."""

    PRESENT = "present"
    ARRIVED = "arrived"
    CHANGED = "changed"
    REMINDED = "reminded"
    LEFT = "left"


describe(
    InboxNews,
    "What is new in an inbox (待办变化).",
    {
        "PRESENT": "The first event: from now on every change is told; read `inbox` (当前待办).",
        "ARRIVED": "A request came in (新到), from its requester or forwarded.",
        "CHANGED": "A step was taken, or the requester answered (有变化).",
        "REMINDED": "Time is running out, or ran out (催办提醒).",
        "LEFT": "It was answered, withdrawn or forwarded (已离开).",
    },
)


def news_of(change: Change, unit: str) -> InboxNews | None:
    """What a change means for the inbox of a unit; none where it means nothing."""
    if change.former_holder == unit != change.holder:
        return InboxNews.LEFT
    if change.holder != unit or change.kind is ChangeKind.RECALL:
        return None
    if change.state not in WITH_ISSUER:
        return InboxNews.LEFT if change.event in LEAVING else None
    if change.kind is ChangeKind.REMINDER:
        return InboxNews.REMINDED
    arrived = change.event == "Deliver" or change.former_holder is not None
    return InboxNews.ARRIVED if arrived else InboxNews.CHANGED


async def inbox_of(
    context: Context, first: int | None, after: str | None
) -> VerificationRequestConnection:
    """A page of what lies with the caller's own unit, soonest due first."""
    size, cursor = page_size(context, first), platform_cursor(after)
    page = await context.hub.assisting.platform.calls.inbox(context.requester.unit, cursor, size)
    return VerificationRequestConnection.of(context, page, after)


@strawberry.type(description="Something new in the inbox of the caller's unit (待办变化).")
class InboxEvent:
    news: InboxNews = strawberry.field(description="What is new (变化类型).")
    at: datetime | None = strawberry.field(
        description="When it happened (发生时间); null in the first event."
    )
    request: VerificationRequest | None = strawberry.field(
        description="The request it is about, as it stands now (协助核实请求); null in the first event."
    )

    @strawberry.field(description="The inbox as it stands now (当前待办), soonest due first.")
    async def inbox(
        self, info: Info, first: int | None = None, after: strawberry.ID | None = None
    ) -> VerificationRequestConnection:
        return await inbox_of(info.context, first, after)
