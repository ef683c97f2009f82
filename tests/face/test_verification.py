"""Assisted verification over GraphQL: asked for, followed, answered with a checked proof, objected to."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.china import CHINA
from hub.storage.opened import open_database
from hub.storage.record_store import SqlRecords
from tests.assisting.ground import (
    CARD,
    CASE,
    CIVIL,
    DISABILITY,
    FOUND,
    ITEM,
    MARRIAGE,
    OPERATOR,
    PERSON,
    REGISTER,
    SLOW,
    UNIT,
    VERA,
    VIKTOR,
    DeskGround,
    open_desk_ground,
)
from tests.connectors.assisted_ground import Cut
from tests.stack import serving

SUBJECT = {"person": {"residentId": PERSON.identifier, "name": PERSON.name}}
PURPOSE = {"item": ITEM, "case": CASE, "operator": OPERATOR}
ABOUT = {"type": REGISTER, "subject": SUBJECT, "purpose": PURPOSE}
STEPPED = """{ __typename
  ... on StepTaken { request { id state recalledDeliveries: deliveries { recalledBy } } }
  ... on StepRejected { reason remedy } }"""
PENDING = """{ __typename record
  ... on Pending { verification {
    id state secondsLeft outstanding fields certificateType { name } item { code } case
    subject { identifier name } requester { unitCode name } issuerCode
    due { rule at receivedAt estimated infeasible } } }
  ... on Denied { rule article remedy }
  ... on Unavailable { next silent { name } trail { said reason source { name } } }
  ... on Found { source { name } certificate { ... on HouseholdRegister { maritalStatus formerName } }
    disclosure { fields } proof { __typename ... on Proof { documentNumber kind document } } }
  ... on NotHeld { next } }"""
REQUEST = (
    """mutation Ask($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!, $acceptedOn: Date,
  $fields: [String!], $issuer: ID, $key: ID) {
  requestVerification(type: $type, subject: $subject, purpose: $purpose, acceptedOn: $acceptedOn,
    fields: $fields, issuer: $issuer, key: $key) """
    + PENDING
    + "}"
)
OBTAIN = (
    """mutation Obtain($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!, $even: Boolean, $issuer: ID) {
  obtainCertificate(type: $type, subject: $subject, purpose: $purpose, evenIfSilent: $even,
    issuer: $issuer) """
    + PENDING
    + "}"
)
SEE = """query See($id: ID!, $operator: ID!) { verificationRequest(id: $id, operator: $operator) {
  id state verifier version history { event by { name } state }
  clarifications { kind question answer }
  objections { ending review }
  deliveries { number answer confirmedAt recalledBy
    certificate { __typename id issuer { name } attributes { name value }
      ... on HouseholdRegister { maritalStatus householdNumber formerName } }
    proof { __typename
      ... on Proof { documentNumber kind validUntil checks { name title result message } document twin }
      ... on ProofUnavailable { reason remedy }
      ... on ProofRefused { documentNumber checks { name result } } } } } }"""


@dataclass
class Face:
    """A hub's face over a real desk."""

    ground: DeskGround
    url: str
    session: aiohttp.ClientSession = field(repr=False)

    async def post(self, query: str, **variables: object) -> Any:
        """The whole answer."""
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {self.ground.key}"}
        async with self.session.post(f"{self.url}/graphql", json=body, headers=headers) as reply:
            return await reply.json(content_type=None)

    async def ask(self, query: str, **variables: object) -> Any:
        """The one field of an answer without errors."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer
        (only,) = answer["data"].values()
        return only

    async def see(self, request: str) -> Any:
        """A request as its requester sees it."""
        return await self.ask(SEE, id=request, operator=OPERATOR)

    async def open(self, **further: object) -> str:
        """The id of a new request."""
        came = await self.ask(REQUEST, **(ABOUT | further))
        assert came["__typename"] == "Pending", came
        return str(came["verification"]["id"])

    async def step(self, name: str, **arguments: object) -> Any:
        """What became of a step; texts are given as they are."""
        given = ", ".join(
            f'{key}: "{value}"' if isinstance(value, str) else f"{key}: {value}"
            for key, value in ({"operator": OPERATOR} | arguments).items()
        )
        return await self.ask(f"mutation {{ {name}({given}) {STEPPED} }}")


@pytest.fixture
async def face(tmp_path: Path) -> AsyncIterator[Face]:
    """A face for each test."""
    async with (
        open_desk_ground(tmp_path) as ground,
        serving(ground.settings) as (url, _),
        aiohttp.ClientSession() as session,
    ):
        yield Face(ground, url, session)


async def test_a_verification_is_asked_for(face: Face) -> None:
    """Pending, with the request, its clock of half an hour, and the record of asking."""
    came = await face.ask(REQUEST, **ABOUT)

    assert came["__typename"] == "Pending"
    request = came["verification"]
    assert request["state"] == "DELIVERED"
    assert request["certificateType"] == {"name": REGISTER}
    assert (request["item"], request["case"]) == ({"code": ITEM}, CASE)
    assert request["subject"] == {"identifier": PERSON.identifier, "name": PERSON.name}
    assert request["requester"] == {"unitCode": UNIT, "name": OPERATOR}
    assert request["issuerCode"] == CIVIL
    assert sorted(request["fields"]) == sorted(request["outstanding"]) == sorted(FOUND)
    assert request["due"]["rule"] == "HALF_HOUR"
    assert 1700 < request["secondsLeft"] < 1801
    async with open_database(face.ground.settings) as engine:
        record = await SqlRecords(engine).get(came["record"])
    assert record is not None
    assert record.outcome == "pending"


async def test_its_state_is_seen_and_it_is_withdrawn(face: Face) -> None:
    """Claimed by a verifier, then withdrawn by the requester: both are seen at once."""
    request = await face.open()
    await face.ground.issuer.take(request, "claim", VERA)

    seen = await face.see(request)
    assert (seen["state"], seen["verifier"]) == ("CLAIMED", "vera")
    assert [one["event"] for one in seen["history"]] == ["Issue", "Deliver", "Claim"]
    taken = await face.step("cancelVerification", request=request, reason="申请人撤回")
    assert taken["__typename"] == "StepTaken"
    assert taken["request"]["state"] == "CANCELLED"
    again = await face.step("cancelVerification", request=request, reason="申请人撤回")
    assert again["__typename"] == "StepRejected"
    assert again["remedy"]


async def test_a_question_is_answered(face: Face) -> None:
    """The issuer asks back, the clerk answers, and the question is closed with the answer."""
    request = await face.open()
    await face.ground.issuer.take(request, "claim", VERA)
    await face.ground.issuer.take(request, "begin", VERA)
    parts = {"kind": "detail", "question": "何时迁入?"}
    await face.ground.issuer.take(request, "ask", VERA, **parts)

    taken = await face.step("answerClarification", request=request, text="2019年")

    assert taken["__typename"] == "StepTaken"
    (asked,) = (await face.see(request))["clarifications"]
    assert asked == {"kind": "DETAIL", "question": "何时迁入?", "answer": "2019年"}


async def test_the_answer_comes_with_certificate_and_proof(face: Face) -> None:
    """Values from the checked document, the document itself, and what the hub checked."""
    request = await face.open()
    await face.ground.issuer.answer(request)

    (delivery,) = (await face.see(request))["deliveries"]

    assert delivery["answer"] == "VERIFIED"
    certificate = delivery["certificate"]
    assert certificate["maritalStatus"] == FOUND["marital_status"]
    assert certificate["formerName"] is None
    assert certificate["issuer"] == {"name": "示例民政局"}
    shown = {one["name"]: one["value"] for one in certificate["attributes"]}
    assert shown == FOUND
    proof = delivery["proof"]
    assert (proof["__typename"], proof["kind"]) == ("Proof", "VERIFICATION")
    assert len(proof["checks"]) == 19
    assert {one["result"] for one in proof["checks"]} == {"PASSED"}
    assert base64.b64decode(proof["document"]).startswith(b"%PDF")
    taken = await face.step("confirmReceipt", request=request)
    assert taken["request"]["state"] == "RECEIVED"


async def test_only_what_is_selected_is_disclosed(face: Face) -> None:
    """Without certificate and proof nothing is extracted; with one field, that one is on record."""
    request = await face.open()
    await face.ground.issuer.answer(request)

    bare = await face.ask(
        f'{{ verificationRequest(id: "{request}", operator: "{OPERATOR}") '
        "{ deliveries { number answer } } }"
    )
    assert bare["deliveries"] == [{"number": 1, "answer": "VERIFIED"}]
    assert face.ground.meddler.last == {}
    one = await face.ask(
        f'{{ verificationRequest(id: "{request}", operator: "{OPERATOR}") {{ deliveries {{ '
        "certificate { id ... on HouseholdRegister { maritalStatus } } } } }"
    )
    certificate = one["deliveries"][0]["certificate"]
    assert certificate["maritalStatus"] == FOUND["marital_status"]
    async with open_database(face.ground.settings) as engine:
        record = await SqlRecords(engine).get(certificate["id"])
    assert record is not None
    assert (record.outcome, record.fields) == ("found", ("marital_status",))


async def test_a_tampered_proof_is_refused_and_nothing_is_shown(face: Face) -> None:
    """ProofRefused names the failed check; the certificate stays away."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    face.ground.meddler.change = lambda proof: proof | {"twin": base64.b64encode(b"{}").decode()}

    (delivery,) = (await face.see(request))["deliveries"]

    assert delivery["certificate"] is None
    assert delivery["proof"]["__typename"] == "ProofRefused"
    failed = [one["name"] for one in delivery["proof"]["checks"] if one["result"] == "FAILED"]
    assert failed == ["TWIN"]


async def test_only_what_is_signed_is_shown(face: Face) -> None:
    """Dates and kind beside the document are not believed: those under the signatures are shown."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    true = (await face.see(request))["deliveries"][0]["proof"]
    face.ground.meddler.change = lambda proof: (
        proof
        | {
            "validUntil": "2099-01-01T00:00:00+08:00",
            "kind": "sharing",
        }
    )

    told = (await face.see(request))["deliveries"][0]["proof"]

    assert told["__typename"] == "Proof"
    assert (told["kind"], true["kind"]) == ("VERIFICATION", "VERIFICATION")
    assert told["validUntil"] == true["validUntil"] < "2099"


async def test_a_certificate_is_obtained_one_way_or_the_other(face: Face) -> None:
    """Not held: the issuer is asked; repeated: the same request; answered: found, with its proof."""
    first = await face.ask(OBTAIN, **ABOUT)
    assert first["__typename"] == "Pending"
    again = await face.ask(OBTAIN, **ABOUT)
    assert again["verification"]["id"] == first["verification"]["id"]
    await face.ground.issuer.answer(first["verification"]["id"])

    found = await face.ask(OBTAIN, **ABOUT)

    assert found["__typename"] == "Found"
    assert found["source"] == {"name": "verification"}
    assert found["certificate"]["maritalStatus"] == FOUND["marital_status"]
    assert found["proof"]["__typename"] == "Proof"
    assert found["proof"]["kind"] == "VERIFICATION"
    assert await face.ground.requests() == [first["verification"]["id"]]


async def test_silence_is_not_absence(face: Face) -> None:
    """A source that is silent opens no request, unless the caller wants it so."""
    about = ABOUT | {"type": DISABILITY}
    silent = await face.ask(OBTAIN, **about)
    assert silent["__typename"] == "Unavailable"
    assert "VERIFICATION" in silent["next"]
    assert await face.ground.requests() == []

    pending = await face.ask(OBTAIN, **about, even=True)

    assert pending["__typename"] == "Pending"
    assert await face.ground.requests() == [pending["verification"]["id"]]


async def test_a_dossier_is_obtained(face: Face) -> None:
    """What no source holds is pending, what may not be looked up is denied, side by side."""
    dossier = await face.ask(
        """mutation Dossier($subject: SubjectInput!, $purpose: PurposeInput!) {
          obtainDossier(subject: $subject, purpose: $purpose) { complete item { code }
            entries { row { certificateType { name } } outcome { __typename
              ... on Pending { verification { id } } } } } }""",
        subject=SUBJECT,
        purpose=PURPOSE,
    )

    outcomes = {
        entry["row"]["certificateType"]["name"]: entry["outcome"] for entry in dossier["entries"]
    }
    assert (dossier["complete"], dossier["item"]) == (False, {"code": ITEM})
    assert outcomes[REGISTER]["__typename"] == "Pending"
    assert outcomes[CARD]["__typename"] == "Unavailable"
    assert outcomes["academic_degree"]["__typename"] == "Denied"
    assert await face.ground.requests() == [outcomes[REGISTER]["verification"]["id"]]


@pytest.mark.parametrize(
    ("accepted", "promised"),
    [
        ("2025-09-26", "2025-10-10"),  # the Sunday 28 is worked, 1 to 8 October is Golden Week
        ("2025-09-30", "2025-10-14"),  # Saturday 11 October is worked
        ("2026-02-13", "2026-02-27"),  # Spring Festival from 15 to 23; Saturdays 14 and 28 worked
    ],
)
async def test_the_promised_day_counts_working_days(
    face: Face, accepted: str, promised: str
) -> None:
    """Five working days across Golden Week and Spring Festival; the answer is due the one before."""
    purpose = PURPOSE | {"item": SLOW}

    came = await face.ask(REQUEST, **(ABOUT | {"purpose": purpose}), acceptedOn=accepted)

    due = came["verification"]["due"]
    assert due["rule"] == "DAY_BEFORE_PROMISE"
    assert due["infeasible"] is True
    day = datetime.fromisoformat(due["at"]).astimezone(CHINA).date()
    assert day == _working_day_before(date.fromisoformat(promised))


async def test_a_day_in_the_future_is_refused(face: Face) -> None:
    """A case can't have been accepted tomorrow: told, and nothing was asked."""
    tomorrow = (datetime.now(CHINA).date() + timedelta(days=1)).isoformat()

    answer = await face.post(REQUEST, **ABOUT, acceptedOn=tomorrow)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "acceptedOn" in error["message"]
    assert face.ground.wire.answers == 0


@pytest.mark.parametrize(
    ("person", "said"), [("op-999", "nobody this API key names"), ("verifier-1", "another role")]
)
@pytest.mark.parametrize(
    "field",
    [
        'verificationRequest(id: "x", operator: "{}") {{ id }}',
        'verificationRequests(operator: "{}") {{ nodes {{ id }} }}',
        'recalls(operator: "{}") {{ request }}',
    ],
)
async def test_only_operators_see(face: Face, field: str, person: str, said: str) -> None:
    """Somebody else, or one with another role: told how a key names operators; nothing was asked."""
    answer = await face.post("{ " + field.format(person) + " }")

    (error,) = answer["errors"]
    assert said in error["message"]
    assert "certhub keys create" in error["extensions"]["hint"]
    assert person not in str(answer)
    assert face.ground.wire.answers == 0


@pytest.mark.parametrize(
    "step",
    [
        'cancelVerification(request: "x", operator: "verifier-1", reason: "撤件")',
        'answerClarification(request: "x", operator: "verifier-1", text: "是")',
        'confirmReceipt(request: "x", operator: "verifier-1")',
        'raiseObjection(request: "x", delivery: 1, operator: "verifier-1", grounds: "有误")',
    ],
)
async def test_only_operators_act(face: Face, step: str) -> None:
    """A verifier takes no step of the requester's, and nothing was asked."""
    answer = await face.post(f"mutation {{ {step} {{ __typename }} }}")

    (error,) = answer["errors"]
    assert "operator (操作人员)" in error["message"]
    assert face.ground.wire.answers == 0


async def test_a_stranger_is_denied_as_data(face: Face) -> None:
    """An operator who is not the key's own: Denied with the article, and the desk never called."""
    purpose = PURPOSE | {"operator": "op-999"}
    for query in (REQUEST, OBTAIN):
        came = await face.ask(query, **(ABOUT | {"purpose": purpose}))
        assert (came["__typename"], came["rule"]) == ("Denied", "UNKNOWN_OPERATOR")
    assert face.ground.wire.answers == 0


async def test_somebody_elses_request_is_nobodys(face: Face) -> None:
    """An id that concerns another unit, or none at all: null to see, rejected to act on."""
    assert await face.see("0123456789abcdef01234567") is None
    for name, more in (
        ("cancelVerification", {"reason": "撤件"}),
        ("confirmReceipt", {}),
        ("raiseObjection", {"delivery": 1, "grounds": "有误"}),
    ):
        came = await face.step(name, request="0123456789abcdef01234567", **more)
        assert (came["__typename"], came["reason"]) == ("StepRejected", "no_such_request")


async def test_an_objection_ends_in_a_recall(face: Face) -> None:
    """Objected, verified afresh by another, corrected: recalled, seen in `recalls`, the right one found."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    await face.step("confirmReceipt", request=request)
    objected = await face.step(
        "raiseObjection", request=request, delivery=1, grounds="申请人称已婚"
    )
    assert objected["__typename"] == "StepTaken"
    (objection,) = (await face.see(request))["objections"]
    right = {"verified": {**FOUND, "marital_status": "已婚"}}
    await face.ground.issuer.answer(objection["review"], right, VIKTOR)

    (recall,) = await face.ask(
        f'{{ recalls(operator: "{OPERATOR}") '
        "{ request reference delivery correctedBy certificateType { name } } }"
    )

    assert recall == {
        "request": request,
        "reference": request,
        "delivery": 1,
        "correctedBy": objection["review"],
        "certificateType": {"name": REGISTER},
    }
    (old,) = (await face.see(request))["deliveries"]
    assert old["recalledBy"] == objection["review"]
    assert old["certificate"] is None
    assert old["proof"]["reason"] == "recalled"
    (new,) = (await face.see(objection["review"]))["deliveries"]
    assert new["certificate"]["maritalStatus"] == "已婚"
    assert (await face.see(request))["objections"][0]["ending"] == "CORRECTED"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fields": ["former_name"]}, "not granted"),
        ({"fields": [PERSON.identifier]}, "not granted"),
        ({"fields": []}, "no field"),
        ({"type": "no_such_type"}, "no certificate type"),
        ({"key": "x" * 201}, "`key`"),
        ({"issuer": " "}, "`issuer`"),
    ],
)
async def test_what_can_be_mended_is_told(face: Face, given: dict[str, object], said: str) -> None:
    """A wrong argument is BAD_INPUT with a hint, never an echo; nothing was asked."""
    answer = await face.post(REQUEST, **(ABOUT | given))

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert said in error["message"]
    assert error["extensions"]["hint"]
    assert PERSON.identifier not in str(answer)
    assert face.ground.wire.answers == 0


async def test_several_issuers_want_one_named(face: Face) -> None:
    """Where two units issue it, obtaining says so; with the unit named it is pending there."""
    about = ABOUT | {"type": MARRIAGE}
    came = await face.ask(OBTAIN, **about, even=True)
    assert came["__typename"] == "Unavailable"
    assert "name one as issuer" in came["trail"][-1]["reason"]

    named = await face.ask(OBTAIN, **about, even=True, issuer=CIVIL)

    assert named["__typename"] == "Pending"
    assert named["verification"]["issuerCode"] == CIVIL


async def test_requests_come_in_pages(face: Face) -> None:
    """Three requests in pages of two, oldest first, each once."""
    made = [await face.open(purpose=PURPOSE | {"case": f"办-{number}"}) for number in range(3)]
    query = (
        "query Page($operator: ID!, $after: String) { verificationRequests(operator: $operator, "
        "first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    ).replace("$after: String", "$after: ID")

    first = await face.ask(query, operator=OPERATOR)
    cursor = first["pageInfo"]["endCursor"]
    second = await face.ask(query, operator=OPERATOR, after=cursor)

    assert [one["id"] for one in first["nodes"] + second["nodes"]] == made
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_received_document_is_checked(face: Face) -> None:
    """checkProof accepts the delivered document, and says what is wrong with another file."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    proof = (await face.see(request))["deliveries"][0]["proof"]
    query = """query Check($document: Base64!, $subject: SubjectInput, $twin: Base64) {
      checkProof(document: $document, subject: $subject, twin: $twin) {
        accepted documentNumber checks { name result message }
        endorsedFor { unit itemCode isCaller } } }"""

    good = await face.ask(query, document=proof["document"], subject=SUBJECT, twin=proof["twin"])
    bad = await face.ask(query, document=base64.b64encode(b"%PDF-1.7").decode())

    assert (good["accepted"], good["documentNumber"]) == (True, proof["documentNumber"])
    assert {one["result"] for one in good["checks"]} == {"PASSED"}
    assert good["endorsedFor"] == {"unit": UNIT, "itemCode": ITEM, "isCaller": True}
    assert bad["endorsedFor"] is None
    assert (bad["accepted"], bad["documentNumber"]) == (False, None)
    assert bad["checks"][0]["result"] == "FAILED"


async def test_an_unreachable_platform_is_told_with_the_next_step(face: Face) -> None:
    """Asking is Unavailable and loses nothing; seeing is an error that may be retried."""
    face.ground.wire.cuts += [Cut.LOST, Cut.LOST]
    came = await face.ask(REQUEST, **ABOUT, key="my-key")
    assert came["__typename"] == "Unavailable"
    assert "send the same mutation again" in came["trail"][0]["reason"]
    assert came["silent"] == [{"name": "verification"}]

    request = await face.open(key="my-key")

    assert await face.ground.requests() == [request]
    face.ground.wire.cuts += [Cut.LOST] * 4
    answer = await face.post(SEE, id=request, operator=OPERATOR)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "PLATFORM_UNAVAILABLE"
    assert error["extensions"]["retryable"] is True


async def test_no_person_in_what_is_written(face: Face, capfd: pytest.CaptureFixture[str]) -> None:
    """A whole life, with a refused proof and a lost answer, leaves no person on stdout or stderr."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    await face.see(request)
    face.ground.meddler.change = lambda proof: proof | {"twin": base64.b64encode(b"{}").decode()}
    await face.see(request)
    face.ground.wire.cuts += [Cut.LOST] * 4
    await face.post(SEE, id=request, operator=OPERATOR)

    written = "".join(capfd.readouterr())
    assert "proof refused" in written
    for person in (PERSON.identifier, PERSON.name, CASE, OPERATOR, "vera", FOUND["marital_status"]):
        assert str(person) not in written


def _working_day_before(day: date) -> date:
    """The day before, by an account of its own of the two holidays these tests cross."""
    off = {date(2025, 10, number) for number in range(1, 9)}
    worked = {date(2025, 9, 28), date(2025, 10, 11), date(2026, 2, 14), date(2026, 2, 28)}
    off |= {date(2026, 2, number) for number in range(15, 24)}
    before = day - timedelta(days=1)
    while before not in worked and (before in off or before.weekday() > 4):
        before -= timedelta(days=1)
    return before
