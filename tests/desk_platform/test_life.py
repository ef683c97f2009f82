"""A request lives its life over HTTP, on both databases."""

import asyncio
import hashlib

from tests.desk_platform.ground import (
    ANNA,
    ARCHIVES,
    BOOK,
    CHIEF,
    CIVIL,
    CLERK,
    HOUR,
    HOUSING,
    KEEPER,
    MINUTE,
    REFORM,
    VALUES,
    VERA,
    VIKTOR,
    WATCHER,
    Ground,
    submission,
)


async def test_from_asking_to_closing(ground: Ground) -> None:
    """Issued, delivered at once, claimed, verified, made, sealed, sent, received, closed."""
    opened = await ground.hub.post("requests", submission(promised="2025-03-20"))
    request = opened.body["id"]

    assert opened.status == 201
    assert opened.body["state"] == "delivered"
    assert opened.body["due"] == {
        "receivedAt": "2025-03-12T10:00:00+08:00",
        "at": "2025-03-13T10:00:00+08:00",
        "rule": "twenty_four_hours",
        "estimated": False,
        "infeasible": False,
    }
    assert opened.body["timeLeft"] == 86400.0
    sent = await ground.hub.to_sent(request)
    assert (sent["state"], sent["timeLeft"], sent["outstanding"]) == ("sent", None, [])
    assert sent["deliveries"][0]["findings"] == {"verified": VALUES}
    received = await ground.hub.step(request, "receipt", CLERK)
    assert received.body["state"] == "received"
    closed = await ground.hub.step(request, "close", CLERK)
    assert closed.body["state"] == "closed"
    history = await ground.hub.get(f"requests/{request}/history?unit={HOUSING}")
    assert [(each["event"], each["state"]) for each in history.body["entries"]] == [
        ("Issue", "issued"),
        ("Deliver", "delivered"),
        ("Claim", "claimed"),
        ("Begin", "in_verification"),
        ("Make", "made"),
        ("Seal", "sealed"),
        ("Send", "sent"),
        ("ConfirmReceipt", "received"),
        ("Close", "closed"),
    ]
    assert history.body["entries"][1]["by"] is None
    assert history.body["entries"][2]["by"] == VERA


async def test_the_sealed_document_is_kept(ground: Ground) -> None:
    """What was sealed can be had by its number, by both sides, byte by byte."""
    request = await ground.hub.open()
    sent = await ground.hub.to_sent(request)

    kept = await ground.hub.get(f"requests/{request}/deliveries/1/document?unit={HOUSING}")

    assert kept.status == 200
    assert kept.headers["Content-Type"] == "application/pdf"
    assert kept.raw.startswith(b"seal-1 ")
    assert hashlib.sha256(kept.raw).hexdigest() == sent["deliveries"][0]["document"]
    assert sent["deliveries"][0]["seal"] == "seal-1"
    missing = await ground.hub.get(f"requests/{request}/deliveries/2/document?unit={HOUSING}")
    assert missing.status == 404


async def test_two_verifiers_cannot_both_claim(ground: Ground) -> None:
    """Of those who claim at the same moment, one has it and the others are told so."""
    request = await ground.hub.open()

    replies = await asyncio.gather(
        *(ground.hub.step(request, "claim", by) for by in (VERA, VIKTOR) * 5)
    )

    assert sorted(reply.status for reply in replies) == [200] + [409] * 9
    assert {reply.body["reason"] for reply in replies if reply.status == 409} == {"wrong_state"}


async def test_clarification(ground: Ground) -> None:
    """The verifier asks, the requester answers; the time is the requester's, the clock runs on."""
    request = await ground.hub.open()
    await ground.hub.step(request, "claim", VERA)
    asked = await ground.hub.step(request, "ask", VERA, kind="detail", question="哪一年?")
    await ground.pass_time(HOUR)

    answered = await ground.hub.step(request, "clarify", CLERK, answer="2020")

    assert asked.body["clarifications"][0]["answer"] is None
    assert answered.body["clarifications"][0]["answer"] == "2020"
    assert answered.body["waitedForRequester"] == 3600.0
    assert answered.body["timeLeft"] == 23 * 3600.0
    again = await ground.hub.step(request, "clarify", CLERK, answer="2020")
    assert (again.status, again.body["reason"]) == (409, "no_question")


async def test_forward_and_reassign(ground: Ground) -> None:
    """Inside the unit to another verifier; to the right issuer with the original receipt time."""
    request = await ground.hub.open()
    await ground.hub.step(request, "claim", VERA)

    reassigned = await ground.hub.step(request, "reassign", CHIEF, to="viktor", reason="休假")
    await ground.pass_time(HOUR)
    forwarded = await ground.hub.step(request, "forward", VIKTOR, to=ARCHIVES, reason="档案")

    assert reassigned.body["verifier"] == "viktor"
    assert forwarded.body["issuer"] == ARCHIVES
    assert forwarded.body["due"]["receivedAt"] == "2025-03-12T10:00:00+08:00"
    assert forwarded.body["hops"][0]["to"] == ARCHIVES
    back = await ground.hub.step(request, "forward", ANNA, to=CIVIL, reason="退回")
    assert (back.status, back.body["reason"]) == (422, "loop")


async def test_in_parts(ground: Ground) -> None:
    """What is available goes in time; the clock runs on for the rest."""
    request = await ground.hub.open()

    first = await ground.hub.to_sent(request, spouse="无")
    await ground.hub.step(
        request, "make", VERA, findings={"noRecord": {"searched": "婚姻登记 1990-2025"}}
    )
    await ground.hub.step(request, "seal", KEEPER, seal="seal-1")
    rest = await ground.hub.step(request, "send", VERA)

    assert (first["state"], first["outstanding"]) == ("in_verification", ["since"])
    assert rest.body["state"] == "sent"
    assert rest.body["deliveries"][1]["findings"] == {
        "noRecord": {"searched": "婚姻登记 1990-2025"}
    }


async def test_ambiguous_after_asking(ground: Ground) -> None:
    """Several fit: an answer once the requester was asked which one is meant."""
    request = await ground.hub.open()
    await ground.hub.step(request, "claim", VERA)
    await ground.hub.step(request, "begin", VERA)
    ambiguous = {"ambiguous": {"candidates": 2}}

    early = await ground.hub.step(request, "make", VERA, findings=ambiguous)
    await ground.hub.step(request, "ask", VERA, kind="ambiguous_subject", question="哪一位?")
    await ground.hub.step(request, "clarify", CLERK, answer="不清楚")
    made = await ground.hub.step(request, "make", VERA, findings=ambiguous)

    assert (early.status, early.body["reason"]) == (409, "ask_first")
    assert made.body["draft"]["findings"] == ambiguous


async def test_a_draft_is_its_holders_own(ground: Ground) -> None:
    """What is only drafted the requester doesn't see; a draft can be returned."""
    request = await ground.hub.open()
    for name in ("claim", "begin"):
        await ground.hub.step(request, name, VERA)
    await ground.hub.step(request, "make", VERA, findings={"verified": VALUES})

    seen = await ground.hub.get(f"requests/{request}?unit={HOUSING}")
    returned = await ground.hub.step(request, "return", KEEPER, reason="日期")

    assert seen.body["draft"] is None
    assert returned.body["state"] == "in_verification"


async def test_cancel(ground: Ground) -> None:
    """Only the requester withdraws; nothing is left to fire."""
    request = await ground.hub.open()

    theirs = await ground.hub.step(request, "cancel", CHIEF, reason="不办")
    ours = await ground.hub.step(request, "cancel", CLERK, reason="撤件")
    await ground.pass_time(48 * HOUR)

    assert (theirs.status, theirs.body["reason"]) == (403, "wrong_unit")
    assert ours.body["state"] == "cancelled"
    said = await ground.hub.get(f"reminders?unit={CIVIL}")
    assert said.body == {"reminders": []}


async def test_overdue_is_explained_and_urged(ground: Ground) -> None:
    """Past its time it is marked; the issuer gives a reason and an estimate, supervision urges."""
    request = await ground.hub.open(immediate=True)

    await ground.pass_time(31 * MINUTE)
    seen = await ground.hub.get(f"requests/{request}?unit={CIVIL}")
    explained = await ground.hub.step(
        request, "explain", CHIEF, reason="系统故障", estimate="2025-03-12T12:00:00+08:00"
    )
    urged = await ground.hub.step(request, "urge", WATCHER, words="请尽快")

    assert seen.body["overdue"]["explanationAsked"] is True
    assert seen.body["timeLeft"] == -60.0
    assert explained.body["overdue"]["explanations"][0]["reason"] == "系统故障"
    assert urged.status == 200
    assert (await ground.hub.get(f"requests/{request}?unit={REFORM}")).status == 200


async def test_the_only_issuer_needs_no_name(ground: Ground) -> None:
    """Where one unit issues it, it needn't be named; where several do, one must be."""
    book = await ground.hub.post("requests", submission(certificateType=BOOK, issuer=None))
    single = await ground.hub.post("requests", submission(issuer=None))
    nobody = await ground.hub.post("requests", submission(certificateType="other", issuer=None))
    wrong = await ground.hub.post("requests", submission(issuer=HOUSING))

    assert book.body["issuer"] == CIVIL
    assert single.status == nobody.status == wrong.status == 422
    assert "several units" in single.body["message"]
    assert "no unit" in nobody.body["message"]


async def test_an_upheld_objection(ground: Ground) -> None:
    """A fresh verification by another verifier says the same."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    early = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    await ground.hub.step(request, "receipt", CLERK)

    objected = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    review = objected.body["objections"][0]["review"]
    same = await ground.hub.step(review, "claim", VERA)
    await ground.hub.to_sent(review, VIKTOR)

    assert (early.status, early.body["reason"]) == (409, "nothing_sent")
    assert (same.status, same.body["reason"]) == (403, "first_verifier")
    ended = await ground.hub.get(f"requests/{request}?unit={HOUSING}")
    assert ended.body["objections"][0]["ending"] == "upheld"
    seen = await ground.hub.get(f"requests/{review}?unit={HOUSING}")
    assert seen.body["reviewOf"] == request
    again = await ground.hub.step(request, "objection", CLERK, delivery=9, grounds="有误")
    assert (again.status, again.body["reason"]) == (422, "no_such_delivery")


async def test_nobody_asks_their_own_unit(ground: Ground) -> None:
    """A rejected submission leaves nothing behind, and is told with its remedy."""
    reply = await ground.hub.post("requests", submission(by=VERA))

    assert (reply.status, reply.body["reason"]) == (403, "wrong_role")
    inbox = await ground.hub.get(f"requests/inbox?unit={CIVIL}")
    assert inbox.body == {"requests": [], "next": None}
