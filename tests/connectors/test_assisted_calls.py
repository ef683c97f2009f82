"""Calls of assisted verification to a real desk: pages, keys, ids, and what can't be done."""

from dataclasses import replace
from datetime import datetime

import pytest

from connectors.assisted_parts import (
    Officer,
)
from connectors.assisted_words import RequestView, StepRejected, Submission
from connectors.contract import Refused
from connectors.http import Http
from connectors.verification import VerificationPlatform
from hub.china import CHINA
from tests.connectors.assisted_ground import (
    CLERK,
    KEEPER,
    SUBMISSION,
    VERA,
    Life,
    assisted,
    endpoint,
)
from tests.desk_platform.ground import (
    BUREAU,
    CIVIL,
    HOUSING,
    MINUTE,
    TEN,
    Ground,
)


async def test_what_cannot_be_done_is_a_value(life: Life) -> None:
    """Wrong person, wrong state, unsound body, no such request: status, code and remedy."""
    request = (await life.open()).id

    assert await life.miss(request, "claim", CLERK) == StepRejected(
        403, "wrong_unit", (await life.miss(request, "claim", CLERK)).message
    )
    early = await life.miss(request, "send", KEEPER)
    assert (early.status, early.reason) == (409, "wrong_state")
    assert early.message
    unsound = await life.miss(request, "forward", VERA, to="")
    assert (unsound.status, unsound.reason) == (422, None)
    none = await life.miss("0" * 24, "claim", VERA)
    assert (none.status, none.reason) == (404, None)
    stranger = await life.miss(request, "claim", Officer(CIVIL, "nobody"))
    assert (stranger.status, stranger.reason) == (403, "wrong_role")
    seal = await life.miss(request, "seal", KEEPER, seal="seal-9")
    assert (seal.status, seal.reason) == (409, "wrong_state")


async def test_a_submission_rejected(ground: Ground, http: Http) -> None:
    """No issuer of it, or a client that doesn't hold the catalogue."""
    hub, bureau = (
        Life(assisted(ground.hub.base, http, one)) for one in (ground.hub.client, BUREAU)
    )
    nobodys = await hub.desk.submit(replaced(certificate="fishing_licence", issuer=None), "k")
    foreign = await bureau.desk.submit(replaced(by=VERA), "k")

    assert isinstance(nobodys, StepRejected)
    assert isinstance(foreign, StepRejected)
    assert (nobodys.status, foreign.status) == (422, 403)
    assert "no unit is listed as issuer" in nobodys.message


@pytest.mark.parametrize(
    "odd",
    ["", ".", "..", "a/b", "a?b", "a%2Fb", "号", "x" * 101, "a\n", "\ud800", "inbox", "outbox"],
)
async def test_an_id_that_cannot_be_one(http: Http, odd: str) -> None:
    """It is not asked for at all: nobody listens here."""
    desk = assisted("http://127.0.0.1:1", http)

    assert await desk.request(odd, CIVIL) is None
    assert await desk.history(odd, CIVIL) is None
    missed = await desk.step(odd, "claim", VERA, {}, "k")
    assert isinstance(missed, StepRejected)
    assert missed.status == 404


async def test_reading_for_another_unit(ground: Ground, http: Http) -> None:
    """A client that may not read for a unit is told what to do; that is no empty answer."""
    bureau = assisted(ground.hub.base, http, BUREAU)

    with pytest.raises(Refused, match=r"^desk/inbox: HTTP status 403: have the unit added"):
        await bureau.inbox(HOUSING)
    with pytest.raises(Refused, match=r"^desk/request: HTTP status 403"):
        await bureau.request("0" * 24, HOUSING)


async def test_the_same_key_is_the_same_write(life: Life) -> None:
    """Repeated: one request and the same answer; for another write, the key is taken."""
    first = await life.desk.submit(SUBMISSION, "one key")
    again = await life.desk.submit(SUBMISSION, "one key")
    other = await life.desk.submit(replaced(case="case-78"), "one key")

    assert first == again
    assert isinstance(other, StepRejected)
    assert other.status == 409
    assert len((await life.desk.outbox(HOUSING)).requests) == 1


@pytest.mark.parametrize("key", ["办件-1", "two\nlines", "x" * 400, "", "\ud800"])
async def test_a_key_of_any_text(life: Life, key: str) -> None:
    """A key that no header may carry is as good as any."""
    first = await life.desk.submit(SUBMISSION, key)
    again = await life.desk.submit(SUBMISSION, key)
    other = await life.desk.submit(SUBMISSION, key + "x")

    assert isinstance(first, RequestView)
    assert isinstance(other, RequestView)
    assert first == again
    assert first.id != other.id


async def test_walking_boxes(life: Life, ground: Ground) -> None:
    """120 requests in pages of 50: each once, inbox soonest due first, outbox oldest first."""
    opened = []
    for number in range(120):
        immediate = number % 3 == 0
        opened.append(await life.open(case=f"case-{number}", immediate=immediate))
        ground.clock.moment += MINUTE / 10

    inbox = await walked(life, "inbox", CIVIL)
    outbox = await walked(life, "outbox", HOUSING)

    def due(request: RequestView) -> tuple[datetime, str]:
        assert request.due is not None
        return request.due.at, request.id

    assert [len(page) for page in inbox] == [len(page) for page in outbox] == [50, 50, 20]
    assert [each.id for page in inbox for each in page] == [
        each.id for each in sorted(opened, key=due)
    ]
    assert [each.id for page in outbox for each in page] == [each.id for each in opened]


async def test_an_answered_request_leaves_the_page_whole(life: Life) -> None:
    """A request that leaves the inbox between two pages takes no other one with it."""
    opened = [(await life.open(case=f"case-{number}")).id for number in range(5)]
    first = await life.desk.inbox(CIVIL, count=2)
    await life.take(first.requests[0].id, "cancel", CLERK, reason="withdrawn")

    rest = await life.desk.inbox(CIVIL, first.next, 10)

    seen = [each.id for page in (first, rest) for each in page.requests]
    assert sorted(seen) == sorted(opened)
    assert rest.next is None


async def test_a_cursor_that_is_none(life: Life) -> None:
    """It is refused, not read as the beginning."""
    with pytest.raises(Refused, match=r"^desk/outbox: HTTP status 400"):
        await life.desk.outbox(HOUSING, "elsewhere")


async def test_the_platform_has_it(ground: Ground, http: Http) -> None:
    """A connector of the verification dialect has the calls, for the same endpoint."""
    platform = VerificationPlatform(endpoint(ground.hub.base), http)

    opened = await platform.assisted.submit(SUBMISSION, "k")

    assert isinstance(opened, RequestView)
    assert opened.issued_at == TEN.astimezone(CHINA)


async def walked(life: Life, box: str, unit: str) -> list[tuple[RequestView, ...]]:
    """Every page of a box."""
    ask = life.desk.inbox if box == "inbox" else life.desk.outbox
    page = await ask(unit)
    pages = [page.requests]
    while page.next is not None:
        page = await ask(unit, page.next)
        pages.append(page.requests)
    return pages


def replaced(**further: object) -> Submission:
    """A submission that differs in this."""
    return replace(SUBMISSION, **further)  # type: ignore[arg-type]  # any field
