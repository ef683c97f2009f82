"""The issuer's side over real HTTP: two units with their own keys, and what nobody may do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.issuing.city import (
    ARCHIVES,
    CASE,
    CIVIL,
    NAME,
    PURPOSE,
    REFORM,
    RESIDENT,
    SUBJECT,
    City,
    Side,
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
    OPEN,
    REASSIGN,
    RETURN,
    SEAL,
    SEND,
    URGE,
)

FIELDS = ["conclusion", "id_number", "issued_on", "name", "period_from", "period_until"]
VALUES = [
    {"name": "name", "value": NAME},
    {"name": "id_number", "value": RESIDENT},
    {"name": "period_from", "value": "2008-01-01"},
    {"name": "period_until", "value": "2026-03-09"},
    {"name": "conclusion", "value": "无婚姻登记记录"},
    {"name": "issued_on"},
]
LATER = {"reason": "The archive moves.", "estimate": "2025-03-14T12:00:00+08:00"}


async def opened(city: City, issuer: str = CIVIL, **purpose: str) -> str:
    """The id of a new request."""
    given = {"subject": SUBJECT, "purpose": {**PURPOSE, **purpose}, "issuer": issuer}
    data = await city.housing.ask(OPEN, **given)
    came = data["requestVerification"]
    assert came["__typename"] == "Pending", came
    return str(came["verification"]["id"])


async def took(side: Side, document: str, request: str, **given: object) -> Any:
    """The request after a step that must be taken."""
    came = (await side.ask(document, request=request, **given))["step"]
    assert came["__typename"] == "StepTaken", came
    return came["request"]


async def rejected(side: Side, document: str, request: str, **given: object) -> Any:
    """Why a step can't be taken."""
    came = (await side.ask(document, request=request, **given))["step"]
    assert came["__typename"] == "StepRejected", came
    return came


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


async def test_a_double_claim(city: City) -> None:
    """The second verifier is told that it is claimed; the first keeps it."""
    request = await opened(city)

    await took(city.civil, CLAIM, request, by="vera")
    second = await rejected(city.civil, CLAIM, request, by="viktor")
    begun = await rejected(city.civil, BEGIN, request, by="viktor")

    assert second["reason"] == "wrong_state"
    assert second["remedy"].startswith("It is claimed")
    assert begun["reason"] == "not_the_verifier"


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


async def test_who_made_it_does_not_seal_it(city: City) -> None:
    """Two pairs of eyes: the roles of one person in the key don't change that."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    error = await city.civil.refused(SEAL, request=request, by="vera")

    assert error["extensions"]["code"] == "BAD_INPUT"
    assert (
        error["message"]
        == "`by` must be designated as seal keeper (印章管理人员), and has another role."
    )


@pytest.mark.parametrize(
    ("document", "given", "by", "needed"),
    [
        (CLAIM, {}, "keeper", "verifier (核查人员)"),
        (BEGIN, {}, "chief", "verifier (核查人员)"),
        (ASK, {"kind": "DETAIL", "question": "?"}, "keeper", "verifier (核查人员)"),
        (
            FORWARD,
            {"to": "archives", "reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (
            REASSIGN,
            {"to": "viktor", "reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (MAKE, {"findings": {"noRecord": {"searched": "all"}}}, "chief", "verifier (核查人员)"),
        (
            RETURN,
            {"reason": "r"},
            "chief",
            "verifier (核查人员) or seal keeper (印章管理人员)",
        ),
        (SEAL, {}, "chief", "seal keeper (印章管理人员)"),
        (
            EXPLAIN,
            {"reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (URGE, {"words": "now"}, "chief", "supervisor (监督检查人员)"),
    ],
)
async def test_each_step_needs_its_role(
    city: City, document: str, given: dict[str, object], by: str, needed: str
) -> None:
    """A person of the key in another role is refused before the platform is asked, and told how."""
    request = await opened(city)
    before = await version(city, request)

    error = await city.civil.refused(document, request=request, by=by, **given)

    assert error["message"] == f"`by` must be designated as {needed}, and has another role."
    assert "certhub keys create --unit civil-affairs" in error["extensions"]["hint"]
    assert by not in error["message"] + error["extensions"]["hint"]
    assert await version(city, request) == before


async def test_somebody_of_another_unit_is_nobody(city: City) -> None:
    """A key names its own people only: another unit's verifier can't be borrowed."""
    request = await opened(city)

    error = await city.archives.refused(CLAIM, request=request, by="vera")
    inbox = await city.housing.refused(INBOX, by="clerk")

    assert error["message"] == (
        "`by` must be designated as verifier (核查人员), and is nobody this API key names."
    )
    assert "--verifier NAME" in error["extensions"]["hint"]
    assert inbox["message"].startswith(
        "`by` must be designated as verifier (核查人员) or seal keeper"
    )


async def test_somebody_elses_request(city: City) -> None:
    """A unit that has nothing to do with a request learns not even that there is one."""
    request = await opened(city)

    claim = await rejected(city.archives, CLAIM, request, by="anna")
    make = await rejected(
        city.archives, MAKE, request, by="anna", findings={"noRecord": {"searched": "all"}}
    )
    none = await rejected(city.archives, CLAIM, "000000000000000000000000", by="anna")
    odd = await rejected(city.archives, CLAIM, "../../proofs/lookup", by="anna")

    assert claim["reason"] == make["reason"] == none["reason"] == odd["reason"]
    assert claim == none
    assert claim["reason"] == "no_such_request"
    assert (await city.archives.ask(INBOX, by="anna"))["inbox"]["nodes"] == []


async def test_an_id_that_can_not_be_one(city: City) -> None:
    """What no record can hold is refused before it is put on record."""
    for request in ("x" * 201, "a\0b", " "):
        error = await city.civil.refused(CLAIM, request=request, by="vera")
        assert error["message"] == "`request` must be 1 to 200 printable characters."


async def test_a_seal_that_is_not_the_keepers(city: City) -> None:
    """The keeper is told which seals may be used now; the draft waits."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    came = await rejected(city.civil, SEAL, request, by="keeper", seal="seal-2")

    assert came["reason"] == "not_now"
    assert "seal" in came["remedy"]
    assert (await took(city.civil, SEAL, request, by="keeper"))["state"] == "SEALED"


async def test_supervision_urges_whatever_the_unit(city: City) -> None:
    """A supervisor of any unit urges; the history says so."""
    request = await opened(city)

    urged = await took(city.reform, URGE, request, by="watcher", words="It is due today.")

    assert urged["version"] == 3
    assert urged["state"] == "DELIVERED"


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


async def test_the_same_key_takes_a_step_once(city: City) -> None:
    """Repeated, it gives the same answer; for something else it is told; another unit's is another."""
    first, second = await opened(city), await opened(city, case="办-2026-78")
    third = await opened(city, ARCHIVES, case="办-2026-79")

    once = await took(city.civil, CLAIM, first, by="vera", key="k-1")
    again = await took(city.civil, CLAIM, first, by="vera", key="k-1")
    for request, by in ((second, "vera"), (first, "viktor")):
        other = await rejected(city.civil, CLAIM, request, by=by, key="k-1")
        assert other["reason"] == "not_now"
        assert "was used for another call" in other["remedy"]
    elsewhere = await took(city.archives, CLAIM, third, by="anna", key="k-1")

    assert again == once
    assert await version(city, first) == once["version"]
    assert elsewhere["verifier"] == "anna"


async def test_every_attempt_is_on_record(city: City) -> None:
    """What was asked for, by whom, before the platform was asked, and what came of it."""
    request = await opened(city)
    await took(city.civil, CLAIM, request, by="vera")
    await rejected(city.civil, CLAIM, request, by="viktor")
    await city.civil.refused(CLAIM, request=request, by="keeper")

    async with city.records() as connection:
        found = await connection.execute(
            text(
                "SELECT i.unit, i.person, i.action, i.request, c.came, c.reason FROM intents i "
                "JOIN conclusions c ON c.intent = i.id WHERE i.action = 'claim' ORDER BY i.at"
            )
        )
        kept = [tuple(row) for row in found]

    assert kept == [
        (CIVIL, "vera", "claim", request, "taken", None),
        (CIVIL, "viktor", "claim", request, "rejected", "wrong_state"),
    ]


async def test_the_inbox_comes_in_pages(city: City) -> None:
    """Soonest due first, each once; a cursor of something else and a page too long are refused."""
    requests = [await opened(city, case=f"办-{number}") for number in range(5)]

    pages, after = [], None
    for _ in range(3):
        page = (await city.civil.ask(INBOX, by="chief", first=2, after=after))["inbox"]
        pages.append([one["id"] for one in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
    odd = await city.civil.refused(INBOX, by="chief", after="abc")
    long = await city.civil.refused(INBOX, by="chief", first=101)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == sorted(requests)
    assert after is None
    assert odd["message"] == "`after` is no cursor of such a page."
    assert long["message"] == "A page holds 1 to 100 requests."


@pytest.mark.parametrize(
    ("values", "problem", "hint"),
    [
        (
            [{"name": "nmae", "value": "x"}],
            "no_marriage_record (无婚姻登记记录证明) has no field of this name",
            "Did you mean name or number? Allowed now: conclusion, id_number",
        ),
        (
            [{"name": "issued_on", "value": "2026-02-30"}],
            "the value of issued_on (发证日期) can't be read",
            "Give a date of the calendar as yyyy-MM-dd",
        ),
        (
            [{"name": "name", "value": "  "}],
            "the value of name (姓名) can't be read",
            "leave `value` out where the record leaves it open",
        ),
        (
            [{"name": "name", "texts": ["甲"]}],
            "name (姓名) is given as `texts`",
            "Give it as `value`.",
        ),
        (
            [{"name": "name"}, {"name": "name"}],
            "a field is answered twice",
            "Give each field once.",
        ),
        ([], "no field is answered", "Give at least one of: conclusion, id_number"),
    ],
)
async def test_what_is_written_down_must_fit(
    city: City, values: list[object], problem: str, hint: str
) -> None:
    """A value that doesn't fit its declared field is refused with the way to write it, unquoted."""
    request = await opened(city)
    await to_verification(city, request)

    error = await city.civil.refused(
        MAKE, request=request, by="vera", findings={"verified": values}
    )

    assert error["message"] == f"In `findings.verified` {problem}."
    assert hint in error["extensions"]["hint"]


async def test_a_field_nobody_asked_for(city: City) -> None:
    """The catalogue's row does not grant it, so it was not asked, so it is not answered."""
    request = await opened(city)
    await to_verification(city, request)

    findings = {"verified": [{"name": "number", "value": "1"}]}
    came = await rejected(city.civil, MAKE, request, by="vera", findings=findings)

    assert came["reason"] == "foreign_field"
    assert came["remedy"].startswith("Answer one or more of what is still asked: conclusion")


async def test_exactly_one_kind_of_findings(city: City) -> None:
    """Two kinds at once, or none, are refused by the schema itself."""
    both = {"noRecord": {"searched": "all"}, "ambiguous": {"candidates": 2}}

    for findings in (both, {}):
        error = await city.civil.refused(MAKE, request="x", by="vera", findings=findings)
        assert error["extensions"]["code"] == "GRAPHQL_INVALID"


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


async def to_verification(city: City, request: str, by: str = "vera") -> None:
    """Claimed and begun."""
    await took(city.civil, CLAIM, request, by=by)
    await took(city.civil, BEGIN, request, by=by)


async def version(city: City, request: str) -> int:
    """How many steps a request has taken."""
    data = await city.housing.ask(MINE, id=request, operator="clerk")
    return int(data["verificationRequest"]["version"])
