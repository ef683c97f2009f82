"""Assisted verification against a real desk over HTTP: lives of requests, told in typed words."""

from datetime import UTC, date, timedelta
from decimal import Decimal

from connectors.assisted_parts import (
    Ambiguous,
    AskedPurpose,
    AskedSubject,
    Due,
    DueRule,
    Ending,
    NoRecord,
    QuestionKind,
    RequestState,
    SubjectKind,
    Verified,
)
from connectors.assisted_words import RequestView
from connectors.contract import ValueKind
from tests.connectors.assisted_ground import (
    ANNA,
    CASE,
    CHIEF,
    CLERK,
    KEEPER,
    NAME,
    SUBJECT,
    VERA,
    VIKTOR,
    WATCHER,
    Life,
)
from tests.desk_platform.ground import (
    ARCHIVES,
    CIVIL,
    HOUR,
    HOUSING,
    REFORM,
    SINGLE,
    TEN,
    Ground,
    declared,
)

FOUND = {"verified": {"spouse": "无", "since": date(2020, 5, 20)}}


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


EVERY_KIND = declared(
    SINGLE,
    "无婚姻登记记录证明",
    since=ValueKind.DATE,
    share=ValueKind.DECIMAL,
    children=ValueKind.INTEGER,
    alive=ValueKind.BOOLEAN,
    names=ValueKind.TEXTS,
    spouse=ValueKind.TEXT,
)


async def test_values_of_every_kind_arrive(life: Life, ground: Ground) -> None:
    """Dates and decimals go as texts, numbers, truths, lists and open fields as they are."""
    ground.desk.types = {SINGLE: EVERY_KIND}
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
