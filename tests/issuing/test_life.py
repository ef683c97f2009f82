"""Whole lives over real HTTP, by two units with their own keys."""

from datetime import timedelta

import pytest

from tests.issuing.acting import FIELDS, VALUES, opened, rejected, to_verification, took
from tests.issuing.city import (
    ARCHIVES,
    CASE,
    CIVIL,
    NAME,
    REFORM,
    RESIDENT,
    City,
)
from tests.issuing.words import (
    ASK,
    BEGIN,
    CLAIM,
    CLARIFY,
    CONFIRM,
    EXPLAIN,
    FORWARD,
    INBOX,
    MAKE,
    MINE,
    REASSIGN,
    RETURN,
    SEAL,
    SEND,
    URGE,
)


async def test_a_whole_life(city: City) -> None:
    """Asked, found in the inbox, claimed, clarified, made, sealed, sent, confirmed, closed."""
    request = await opened(city)

    (lying,) = (await city.civil.ask(INBOX, by="vera"))["inbox"]["nodes"]
    assert (lying["id"], lying["state"], lying["case"]) == (request, "DELIVERED", CASE)
    assert lying["subject"] == {"identifier": RESIDENT, "name": NAME}
    assert lying["secondsLeft"] == 24 * 3600
    assert lying["fields"] == FIELDS

    claimed = await took(city.civil, CLAIM, request, by="vera")
    assert (claimed["state"], claimed["verifier"]) == ("CLAIMED", "vera")
    await took(city.civil, BEGIN, request, by="vera")
    await took(
        city.civil, ASK, request, by="vera", kind="DETAIL", question="Since when in the city?"
    )
    answered = await took(city.housing, CLARIFY, request, operator="clerk", text="Since 2008.")
    assert answered["clarifications"] == [
        {"question": "Since when in the city?", "answer": "Since 2008."}
    ]

    made = await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})
    assert (made["draft"]["answer"], made["draft"]["fields"]) == ("VERIFIED", FIELDS)
    to_be_sealed = (await city.civil.ask(INBOX, by="keeper"))["inbox"]["nodes"][0]["draft"]
    assert [one["value"] for one in to_be_sealed["values"]] == [one.get("value") for one in VALUES]
    assert to_be_sealed["values"][0] == {"name": "name", "labelZh": "姓名", "value": NAME}
    assert (await city.housing.ask(MINE, id=request, operator="clerk"))["verificationRequest"][
        "draft"
    ] is None
    sealed = await took(city.civil, SEAL, request, by="keeper")
    assert sealed["state"] == "SEALED"
    sent = await took(city.civil, SEND, request, by="keeper")
    assert (sent["state"], sent["outstanding"]) == ("SENT", [])
    assert (await city.civil.ask(INBOX, by="keeper"))["inbox"]["nodes"] == []

    received = await took(city.housing, CONFIRM, request, operator="clerk")
    assert received["state"] == "RECEIVED"
    assert received["deliveries"][0]["confirmedAt"] is not None
    await city.pass_time(timedelta(days=15))
    closed = (await city.housing.ask(MINE, id=request, operator="clerk"))["verificationRequest"]
    assert closed["state"] == "CLOSED"


async def test_no_record_is_an_answer(city: City) -> None:
    """What the registers don't hold is said under seal, like anything else."""
    request = await opened(city)
    await to_verification(city, request)

    made = await took(
        city.civil,
        MAKE,
        request,
        by="vera",
        findings={"noRecord": {"searched": "婚姻登记档案 1990—2026"}},
    )
    await took(city.civil, SEAL, request, by="keeper", seal="seal-1")
    sent = await took(city.civil, SEND, request, by="vera")

    assert made["draft"] == {
        "answer": "NO_RECORD",
        "fields": FIELDS,
        "values": [],
        "searched": "婚姻登记档案 1990—2026",
    }
    assert [(one["number"], one["answer"]) for one in sent["deliveries"]] == [(1, "NO_RECORD")]
    assert sent["state"] == "SENT"


async def test_the_rest_may_come_after(city: City) -> None:
    """What is known goes in time; the other fields stay outstanding until they are answered."""
    request = await opened(city)
    await to_verification(city, request)

    first = {"verified": VALUES[:2]}
    await took(city.civil, MAKE, request, by="vera", findings=first)
    await took(city.civil, SEAL, request, by="keeper")
    partly = await took(city.civil, SEND, request, by="keeper")

    assert partly["state"] == "IN_VERIFICATION"
    assert partly["outstanding"] == ["conclusion", "issued_on", "period_from", "period_until"]
    assert [one["number"] for one in partly["deliveries"]] == [1]


async def test_a_draft_goes_back(city: City) -> None:
    """The seal keeper sends a draft back for correction; it is made anew."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    back = await took(city.civil, RETURN, request, by="keeper", reason="The period is too short.")

    assert (back["state"], back["draft"]) == ("IN_VERIFICATION", None)


async def test_a_forward_to_the_issuer_that_keeps_it(city: City) -> None:
    """It leaves one inbox for another, hops on record, and never comes back in a loop."""
    request = await opened(city)

    moved = await took(
        city.civil, FORWARD, request, by="chief", to=ARCHIVES, reason="kept in the archives"
    )
    lying = (await city.archives.ask(INBOX, by="anna"))["inbox"]["nodes"]
    gone = (await city.civil.ask(INBOX, by="chief"))["inbox"]["nodes"]
    again = await rejected(city.archives, FORWARD, request, by="anna", to=CIVIL, reason="no")
    wrong = await rejected(city.archives, FORWARD, request, by="anna", to=REFORM, reason="no")
    claimed = await took(city.archives, CLAIM, request, by="anna")

    assert moved["hops"] == [{"origin": CIVIL, "to": ARCHIVES}]
    assert (moved["issuerCode"], moved["verifier"]) == (ARCHIVES, None)
    assert ([one["id"] for one in lying], gone) == ([request], [])
    assert (again["reason"], wrong["reason"]) == ("loop", "not_an_issuer")
    assert claimed["state"] == "CLAIMED"


async def test_reassigned_by_the_coordinator(city: City) -> None:
    """Another verifier of the unit gets it; nobody outside of the unit can."""
    request = await opened(city)
    await took(city.civil, CLAIM, request, by="vera")

    stranger = await rejected(
        city.civil, REASSIGN, request, by="chief", to="anna", reason="she is away"
    )
    moved = await took(city.civil, REASSIGN, request, by="chief", to="viktor", reason="she is away")

    assert stranger["reason"] == "not_designated"
    assert moved["verifier"] == "viktor"


LATER = {"reason": "The archive moves.", "estimate": "2025-03-14T12:00:00+08:00"}


async def test_a_delay_is_explained(city: City) -> None:
    """Once overdue, a reason and a new estimate are given; the estimate needs its zone."""
    request = await opened(city)
    early = await rejected(city.civil, EXPLAIN, request, by="chief", **LATER)
    await city.pass_time(timedelta(hours=25))

    without = await city.civil.refused(
        EXPLAIN, request=request, by="chief", reason="r", estimate="2025-03-14T12:00:00"
    )
    explained = await took(city.civil, EXPLAIN, request, by="chief", **LATER)

    assert early["reason"] == "not_overdue"
    assert without["message"] == "`estimate` needs a time zone."
    assert explained["state"] == "DELIVERED"


async def test_supervision_urges_whatever_the_unit(city: City) -> None:
    """A supervisor of any unit urges; the history says so."""
    request = await opened(city)

    urged = await took(city.reform, URGE, request, by="watcher", words="It is due today.")

    assert urged["version"] == 3
    assert urged["state"] == "DELIVERED"


async def test_ambiguity_is_asked_first(city: City) -> None:
    """Several that fit are an answer only after the requester was asked which one is meant."""
    request = await opened(city)
    await to_verification(city, request)
    findings = {"ambiguous": {"candidates": 2}}

    before = await rejected(city.civil, MAKE, request, by="vera", findings=findings)
    asked = {"kind": "AMBIGUOUS_SUBJECT", "question": "Born in Ningbo or in Wenzhou?"}
    await took(city.civil, ASK, request, by="vera", **asked)
    await took(city.housing, CLARIFY, request, operator="clerk", text="It is not known.")
    made = await took(city.civil, MAKE, request, by="vera", findings=findings)

    assert before["reason"] == "ask_first"
    assert made["draft"]["answer"] == "AMBIGUOUS"


async def test_nobody_stands_in_the_logs(city: City, capfd: pytest.CaptureFixture[str]) -> None:
    """A life with its mistakes leaves no identifier, name, case or words of a person in the log."""
    request = await opened(city)
    await to_verification(city, request)
    await city.civil.refused(CLAIM, request=request, by="keeper")
    await rejected(city.archives, CLAIM, request, by="anna")
    await rejected(city.civil, FORWARD, request, by="vera", to=REFORM, reason="secret-reason")
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})
    await took(city.civil, SEAL, request, by="keeper")
    await took(city.civil, SEND, request, by="keeper")

    said = "".join(capfd.readouterr())
    persons = (RESIDENT, NAME, CASE, "vera", "keeper", "anna", "clerk", "secret-reason", "ch_")
    assert [one for one in persons if one in said] == []
