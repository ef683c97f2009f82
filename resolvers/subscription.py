"""Subscriptions: a request, an inbox, recalls; each event shows how things stand, not how they stood."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime

import strawberry

from connectors.assisted_parts import Officer, RequestState
from connectors.assisted_words import Change, ChangeKind, RequestView
from connectors.contract import ConnectorError
from hub.assisting import recalls as recalling
from hub.evidence import Role
from resolvers.context import Context, Info
from resolvers.errors import CallerError, Code
from resolvers.people import ISSUERS, check_person
from resolvers.types.inbox import InboxEvent, InboxNews, news_of
from resolvers.types.inputs import with_zone
from resolvers.types.recall import Recall
from resolvers.types.verification import VerificationRequest

RESTS = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before a silent platform is asked again, so that an event isn't lost to a moment's trouble."""
ENDS = frozenset({RequestState.CLOSED, RequestState.CANCELLED})


@strawberry.type(description="What the hub tells as it happens (订阅).")
class Subscription:
    @strawberry.subscription(
        description="A request of the caller's unit as it changes (请求变化): how it stands at once, "
        "then after each change, until it is closed or withdrawn."
    )
    def verification_request_changed(
        self, info: Info, id: strawberry.ID, operator: strawberry.ID
    ) -> AsyncGenerator[VerificationRequest, None]:
        check_person(info.context, "operator", operator, Role.OPERATOR)
        return request_events(info.context, id, operator)

    @strawberry.subscription(
        description="The inbox of the caller's unit as it changes (待办变化): one event at once, then "
        "one for each change."
    )
    def inbox_changed(self, info: Info, by: strawberry.ID) -> AsyncGenerator[InboxEvent, None]:
        check_person(info.context, "by", by, *ISSUERS)
        return inbox_events(info.context)

    @strawberry.subscription(
        description="Proofs this unit received and must not use any more (撤回通知), Article 13: with "
        "`since` those recalled since then, at once; then each as it is recalled."
    )
    def recalled(
        self, info: Info, operator: strawberry.ID, since: datetime | None = None
    ) -> AsyncGenerator[Recall, None]:
        check_person(info.context, "operator", operator, Role.OPERATOR)
        moment = None if since is None else with_zone("since", since)
        return recall_events(info.context, moment)


async def request_events(
    context: Context, request: str, operator: str
) -> AsyncGenerator[VerificationRequest, None]:
    """A request at once and after each of its steps, each version at most once, until its end."""
    viewer = Officer(context.requester.unit, operator)
    async with context.hub.feed.following(
        viewer.unit, lambda change: change.request == request
    ) as changes:
        view = await _view(context, request)
        if view is None:
            raise CallerError(
                Code.BAD_INPUT,
                "No request of this id concerns the caller's unit.",
                "`verificationRequests` lists those it asked for.",
            )
        yield VerificationRequest.of(context, view, viewer)
        while view.state not in ENDS:
            view = await _newer(context, changes, view)
            yield VerificationRequest.of(context, view, viewer)


async def inbox_events(context: Context) -> AsyncGenerator[InboxEvent, None]:
    """One event at once, then one for each change of what lies with the caller's unit."""
    unit = context.requester.unit
    async with context.hub.feed.following(
        unit, lambda change: news_of(change, unit) is not None
    ) as changes:
        yield InboxEvent(news=InboxNews.PRESENT, at=None, request=None)
        async for change in changes:
            news, view = news_of(change, unit), await _view(context, change.request)
            if news is not None and view is not None:
                shown = VerificationRequest.of(context, view)
                yield InboxEvent(news=news, at=change.at, request=shown)


async def recall_events(context: Context, since: datetime | None) -> AsyncGenerator[Recall, None]:
    """What was recalled since a moment, if one is given, then what is recalled from now on."""
    requester, recalls = context.requester, context.hub.assisting.recalls
    told: set[recalling.Recall] = set()
    async with context.hub.feed.following(requester.unit, _recalls) as changes:
        if since is not None:
            told |= set(await recalls.since(requester, since, None))
        for recall in sorted(told, key=lambda one: one.at):
            yield Recall.of(context, recall)
        async for change in changes:
            for recall in await recalls.of_change(requester, change):
                if recall not in told:
                    yield Recall.of(context, recall)


def _recalls(change: Change) -> bool:
    """Whether a change, as a unit may see it, recalls what this very unit received."""
    return change.kind is ChangeKind.RECALL and bool(change.receivers)


async def _newer(
    context: Context, changes: AsyncIterator[Change], known: RequestView
) -> RequestView:
    """The request as it stands after the next step that isn't in what is known."""
    async for change in changes:
        if change.kind is ChangeKind.STEP and change.version > known.version:
            view = await _view(context, known.id)
            if view is not None and view.version > known.version:
                return view
    raise AssertionError("changes end by an exception only")


async def _view(context: Context, request: str) -> RequestView | None:
    """The request as it stands; a platform that is silent for a moment is asked again."""
    for rest in RESTS:
        try:
            return await context.hub.assisting.request(context.requester, request)
        except ConnectorError:
            await asyncio.sleep(rest)
    return await context.hub.assisting.request(context.requester, request)
