"""Assisted verification against a real desk over HTTP: lives of requests, told in typed words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.assisted_parts import (
    Ambiguous,
    AskedPurpose,
    AskedSubject,
    Due,
    DueRule,
    Ending,
    NoRecord,
    Officer,
    QuestionKind,
    RequestState,
    SubjectKind,
    Verified,
)
from connectors.assisted_words import RequestView, StepRejected, Submission
from connectors.contract import Refused
from connectors.http import Http
from connectors.verification import VerificationPlatform
from hub.china import CHINA
from tests.connectors.assisted_ground import (
    ANNA,
    CASE,
    CHIEF,
    CLERK,
    KEEPER,
    NAME,
    SUBJECT,
    SUBMISSION,
    VERA,
    VIKTOR,
    WATCHER,
    Life,
    assisted,
    endpoint,
)
from tests.desk_platform.ground import (
    ARCHIVES,
    BUREAU,
    CIVIL,
    HOUR,
    HOUSING,
    MINUTE,
    REFORM,
    SINGLE,
    TEN,
    Ground,
    open_ground,
)

FOUND = {"verified": {"spouse": "无", "since": date(2020, 5, 20)}}


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """An open desk."""
    async with open_ground(f"sqlite+aiosqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def life(ground: Ground, http: Http) -> Life:
    """The hub as the desk's client."""
    return Life(assisted(ground.hub.base, http))


async def test_a_submission_is_told_in_full(life: Life) -> None:
    """Every part of a new request, typed."""
    opened = await life.open(promised=date(2025, 3, 20))

    assert opened == RequestView(
        id=opened.id,
        version=2,
        state=RequestState.DELIVERED,
        certificate_type=SINGLE,
        fields=("since", "spouse"),
        outstanding=("since", "spouse"),
        subject=AskedSubject(SubjectKind.PERSON, SUBJECT, NAME),
        purpose=AskedPurpose("许可-00757-001", CASE),
        requester=CLERK,
        issuer=CIVIL,
        verifier=None,
        issued_at=TEN,
        due=Due(TEN, TEN + 24 * HOUR, DueRule.TWENTY_FOUR_HOURS, False, False),
        time_left=86400.0,
        waited_for_requester=0.0,
        overdue=None,
        draft=None,
        deliveries=(),
        clarifications=(),
        hops=(),
        incidents=(),
        objections=(),
        review_of=None,
    )
    assert opened.due is not None
    assert opened.due.at.utcoffset() == timedelta(hours=8)


async def test_from_asking_to_closing(life: Life) -> None:
    """Each step leads where it should, the history has them all, the platform's own by nobody."""
    request = (await life.open()).id
    detail = {"kind": QuestionKind.DETAIL, "question": "which year?"}

    assert (await life.take(request, "claim", VERA)).verifier == "vera"
    assert (await life.take(request, "begin", VERA)).state is RequestState.IN_VERIFICATION
    asked = await life.take(request, "ask", VERA, **detail)
    assert [(each.kind, each.answer) for each in asked.clarifications] == [
        (QuestionKind.DETAIL, None)
    ]
    answered = await life.take(request, "clarify", CLERK, answer="2020")
    assert [each.answer for each in answered.clarifications] == ["2020"]
    made = await life.take(request, "make", VERA, findings=FOUND)
    assert made.draft is not None
    assert made.draft.findings.answer == Verified({"spouse": "无", "since": "2020-05-20"})
    assert (await life.take(request, "seal", KEEPER, seal="seal-1")).state is RequestState.SEALED
    sent = await life.take(request, "send", KEEPER)
    assert (sent.state, sent.time_left, sent.outstanding) == (RequestState.SENT, None, ())
    received = await life.take(request, "receipt", CLERK)
    (delivery,) = received.deliveries
    assert (delivery.number, delivery.seal, delivery.sealed_by) == (1, "seal-1", KEEPER)
    assert (delivery.made_by, delivery.fields) == (VERA, ("since", "spouse"))
    assert (delivery.confirmed_at, delivery.recalled_by) == (TEN, None)
    closed = await life.take(request, "close", CLERK)
    assert closed.state is RequestState.CLOSED
    history = await life.desk.history(request, HOUSING)
    assert history is not None
    assert [(each.event, each.by) for each in history] == [
        ("Issue", CLERK),
        ("Deliver", None),
        ("Claim", VERA),
        ("Begin", VERA),
        ("Ask", VERA),
        ("Answer", CLERK),
        ("Make", VERA),
        ("Seal", KEEPER),
        ("Send", KEEPER),
        ("ConfirmReceipt", CLERK),
        ("Close", CLERK),
    ]
    assert closed.version == len(history)


async def test_values_of_every_kind_arrive(life: Life) -> None:
    """Dates and decimals go as texts, numbers, truths, lists and open fields as they are."""
    values = {
        "since": date(2020, 5, 20),
        "share": Decimal("0.10"),
        "children": 2,
        "alive": True,
        "names": ("甲", "乙"),
        "spouse": None,
    }
    request = (await life.open(fields=tuple(values))).id

    sent = await life.to_sent(request, {"verified": values})

    assert sent.deliveries[0].findings.answer == Verified(
        {
            "since": "2020-05-20",
            "share": "0.10",
            "children": 2,
            "alive": True,
            "names": ("甲", "乙"),
            "spouse": None,
        }
    )


async def test_there_is_no_record(life: Life) -> None:
    """No such record is an answer like any other."""
    request = (await life.open()).id
    sent = await life.to_sent(request, {"noRecord": {"searched": "registers of 1990 to 2025"}})

    assert sent.deliveries[0].findings.answer == NoRecord("registers of 1990 to 2025")


async def test_several_fit(life: Life) -> None:
    """That several subjects fit is sealed once the requester was asked and didn't answer."""
    request = (await life.open()).id
    await life.take(request, "claim", VERA)
    await life.take(request, "begin", VERA)
    which = {"kind": QuestionKind.AMBIGUOUS_SUBJECT, "question": "the one in Haishu?"}
    await life.take(request, "ask", VERA, **which)
    await life.take(request, "clarify", CLERK, answer="not known")

    made = await life.take(request, "make", VERA, findings={"ambiguous": {"candidates": 2}})

    assert made.draft is not None
    assert made.draft.findings.answer == Ambiguous(2)


async def test_a_draft_is_its_holders_alone(life: Life) -> None:
    """The requester doesn't see what is only drafted; nobody else sees the request at all."""
    request = (await life.open()).id
    await life.take(request, "claim", VERA)
    await life.take(request, "begin", VERA)
    await life.take(request, "make", VERA, findings=FOUND)

    holders, requesters, others = [
        await life.desk.request(request, unit) for unit in (CIVIL, HOUSING, ARCHIVES)
    ]

    assert holders is not None
    assert requesters is not None
    assert (holders.draft is None, requesters.draft is None, others) == (False, True, None)
    assert await life.desk.history(request, ARCHIVES) is None
    returned = await life.take(request, "return", KEEPER, reason="a misprint")
    assert (returned.state, returned.draft) == (RequestState.IN_VERIFICATION, None)


async def test_on_to_who_keeps_the_record(life: Life) -> None:
    """Forwarded and reassigned, it keeps its deadline and tells its ways."""
    opened = await life.open()
    await life.take(opened.id, "claim", VERA)
    reassigned = await life.take(opened.id, "reassign", CHIEF, to="viktor", reason="leave")
    forwarded = await life.take(opened.id, "forward", VIKTOR, to=ARCHIVES, reason="kept there")

    assert reassigned.verifier == "viktor"
    (hop,) = forwarded.hops
    assert (hop.origin, hop.to, hop.by, hop.reason) == (CIVIL, ARCHIVES, VIKTOR, "kept there")
    assert forwarded.due == opened.due
    assert (await life.take(opened.id, "claim", ANNA)).issuer == ARCHIVES


async def test_late_and_urged(life: Life, ground: Ground) -> None:
    """An overdue request asks for reasons; supervision's words are on record."""
    request = (await life.open()).id
    await ground.pass_time(30 * HOUR)
    estimate = ground.clock.moment + 3 * HOUR

    late = await life.desk.request(request, HOUSING)
    explained = await life.take(
        request, "explain", CHIEF, reason="flooded archive", estimate=estimate
    )
    urged = await life.take(request, "urge", WATCHER, words="by noon")

    assert late is not None
    assert late.overdue is not None
    assert late.time_left == -6 * 3600.0
    assert (late.overdue.since, late.overdue.explanation_asked) == (TEN + 24 * HOUR, True)
    assert explained.overdue is not None
    (explanation,) = explained.overdue.explanations
    assert (explanation.by, explanation.reason) == (CHIEF, "flooded archive")
    assert explanation.estimate == estimate
    assert urged.state is RequestState.DELIVERED
    reminded = await life.desk.reminders(CIVIL, None, 50)
    assert {each.unit for each in reminded} == {CIVIL}
    assert {each.request for each in reminded} == {request}
    assert [each.said_at for each in reminded] == sorted(each.said_at for each in reminded)
    last = reminded[-1].said_at.astimezone(UTC)
    assert all(each.said_at >= last for each in await life.desk.reminders(CIVIL, last, 50))
    assert len(await life.desk.reminders(CIVIL, None, 1)) == 1
    watched = await life.desk.reminders(REFORM, None, 50)
    assert {(each.unit, each.role) for each in watched} == {(None, "supervisor")}


async def test_an_objection_corrected(life: Life) -> None:
    """A doubted answer is verified afresh; corrected, the old delivery names the review."""
    request = (await life.open()).id
    await life.to_sent(request, FOUND)
    await life.take(request, "receipt", CLERK)

    objected = await life.take(request, "objection", CLERK, delivery=1, grounds="I am married")
    (objection,) = objected.objections
    review = await life.desk.request(objection.review, HOUSING)
    await life.to_sent(objection.review, {"verified": {"spouse": "某", "since": None}}, VIKTOR)
    settled = await life.desk.request(request, HOUSING)

    assert (objection.by, objection.at, objection.ending) == (CLERK, TEN, None)
    assert review is not None
    assert review.review_of == request
    assert settled is not None
    assert settled.objections[0].ending is Ending.CORRECTED
    assert settled.deliveries[0].recalled_by == objection.review
    recalled = [
        each for each in await life.desk.reminders(HOUSING, None, 50) if each.kind == "recall"
    ]
    assert [(each.unit, each.reference) for each in recalled] == [(HOUSING, request)]


async def test_a_case_withdrawn(life: Life) -> None:
    """Only the requester cancels."""
    request = (await life.open()).id
    missed = await life.miss(request, "cancel", VERA, reason="too much work")
    cancelled = await life.take(request, "cancel", CLERK, reason="withdrawn")

    assert (missed.status, missed.reason) == (403, "wrong_unit")
    assert cancelled.state is RequestState.CANCELLED


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
    "odd", ["", ".", "..", "a/b", "a?b", "a%2Fb", "号", "x" * 101, "a\n", "\ud800"]
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
