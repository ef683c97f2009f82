"""Proofs: extracted, checked, on record before anything leaves; one that fails never leaves."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from connectors.assisted_words import RequestView
from hub.assisting.checking import NotAccepted
from hub.assisting.extracting import NoProof
from hub.assisting.proofs import CameOfProof, Proven
from hub.assisting.words import Ask
from hub.compose import Hub
from hub.desk.seals import change_seal
from hub.evidence import Found, Requester
from hub.notary.authority import make_authority
from hub.notary.keeping import write_trust
from hub.notary.registry import Change, SealEvent
from hub.notary.verdict import Check
from hub.storage.record_store import SqlRecords
from tests.assisting.ground import (
    ANOTHER,
    ASKING,
    FOUND,
    KEEPER,
    OPERATOR,
    OTHER,
    PERSON,
    UNIT,
    VERA,
    VIKTOR,
    DeskGround,
    Proof,
    ask,
    lookup,
    opened,
)
from tests.connectors.assisted_ground import Cut

SEAL = "3302010000001"


async def answered(hub: Hub, ground: DeskGround, findings: object = None) -> RequestView:
    """A request whose sealed answer was sent."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id, findings)
    return await seen(hub, view.id)


async def seen(hub: Hub, request: str) -> RequestView:
    """A request as its requester sees it."""
    view = await hub.assisting.request(ASKING, request)
    assert view is not None
    return view


async def proof(
    hub: Hub,
    view: RequestView,
    wanted: frozenset[str] | None = None,
    *,
    number: int = 1,
    requester: Requester = ASKING,
    request_id: str = "r-2",
) -> CameOfProof:
    """What comes of the proof of a delivery."""
    return await hub.assisting.proofs.of_delivery(
        requester, OPERATOR, view, number, wanted, request_id
    )


async def test_a_delivery_comes_with_its_proof(hub: Hub, ground: DeskGround) -> None:
    """Every check passed, the values are the twin's, and the endorsement names unit, item and case."""
    view = await answered(hub, ground)

    came = await proof(hub, view)

    assert isinstance(came, Proven)
    assert came.found.disclosed == FOUND
    assert (came.holds, came.document) == (True, True)
    assert {one.result for one in came.verdict.checks} == {"passed"}
    assert [one.name for one in came.verdict.checks] == list(Check)
    assert came.sealed.pdf.startswith(b"%PDF")
    endorsed = json.loads(came.sealed.twin)["endorsement"]
    assert endorsed["extractingUnit"]["code"] == UNIT
    assert (endorsed["operator"], endorsed["case"]) == (OPERATOR, view.purpose.case)
    assert endorsed["itemName"] == "示例即办事项"


async def test_a_delivery_is_on_record_before_it_leaves(hub: Hub, ground: DeskGround) -> None:
    """The record says which fields, for which case, by which row of the opening, and no name."""
    view = await answered(hub, ground)

    came = await proof(hub, view, frozenset({"marital_status"}))

    assert isinstance(came, Proven)
    assert came.found.disclosed == {"marital_status": "未婚"}
    (record,) = await SqlRecords(hub.engine).of_request("r-2")
    assert record.id == came.found.record
    assert (record.outcome, record.source) == ("found", "verification")
    assert record.fields == ("marital_status",)
    assert (record.unit, record.operator, record.row) == (UNIT, OPERATOR, 1)
    assert PERSON.identifier not in repr(record)


async def test_no_such_record_is_proven_too(hub: Hub, ground: DeskGround) -> None:
    """查无记录 comes as a sealed document without values."""
    view = await answered(hub, ground, {"noRecord": {"searched": "全市婚姻登记库"}})

    came = await proof(hub, view)

    assert isinstance(came, Proven)
    assert (came.holds, came.found.disclosed) == (False, {})
    assert json.loads(came.sealed.twin)["content"]["answer"] == "no_such_record"


async def test_parts_come_each_with_a_proof(hub: Hub, ground: DeskGround) -> None:
    """What was sent first and what came after are two documents with their own fields."""
    view = await answered(hub, ground, {"verified": {"name": "王示例"}})
    rest = {"household_number": "0042", "marital_status": "未婚"}
    await ground.issuer.take(view.id, "make", VERA, findings={"verified": rest})
    await ground.issuer.take(view.id, "seal", KEEPER)
    await ground.issuer.take(view.id, "send", KEEPER)
    view = await seen(hub, view.id)

    first, second = await proof(hub, view), await proof(hub, view, number=2)

    assert isinstance(first, Proven)
    assert isinstance(second, Proven)
    assert first.found.disclosed == {"name": "王示例"}
    assert second.found.disclosed == rest
    assert first.sealed.document_number != second.sealed.document_number


async def refuse(seal: str, change: Change, ground: DeskGround) -> None:
    """A change of the seal that counts from before its use on."""

    def event(at: datetime) -> SealEvent:
        operator = "keeper" if change is Change.WITHDRAWN else None
        return SealEvent(at, change, "police", operator, "test")

    await change_seal(ground.desk.database, seal, event, lambda: datetime.now(UTC))


def _flipped(proof: Proof) -> Proof:
    pdf = bytearray(b64decode(proof["pdf"]))
    pdf[len(pdf) // 2] ^= 1
    return proof | {"pdf": b64encode(pdf).decode()}


def _twin(proof: Proof, old: str, new: str) -> Proof:
    twin = b64decode(proof["twin"])
    assert old.encode() in twin
    return proof | {"twin": b64encode(twin.replace(old.encode(), new.encode())).decode()}


def _other_value(proof: Proof) -> Proof:
    return _twin(proof, "未婚", "已婚")


def _other_unit(proof: Proof) -> Proof:
    return _twin(proof, UNIT, OTHER)


def _no_seal(proof: Proof) -> Proof:
    return proof | {"seal": '{"format": "certhub-seals/1", "seals": []}'}


def _garbled_seal(proof: Proof) -> Proof:
    return proof | {"seal": "nothing"}


def _no_permission(proof: Proof) -> Proof:
    ledger = json.loads(proof["seal"])
    ledger["seals"][0]["events"] = []
    return proof | {"seal": json.dumps(ledger)}


def _no_use(proof: Proof) -> Proof:
    ledger = json.loads(proof["seal"])
    ledger["seals"][0]["uses"] = []
    return proof | {"seal": json.dumps(ledger)}


def _other_number(proof: Proof) -> Proof:
    return proof | {"documentNumber": "HS-20260101-000000000000"}


TAMPERINGS: dict[str, tuple[Callable[[Proof], Proof], Check | None]] = {
    "a byte of the document": (_flipped, None),
    "a value in the twin": (_other_value, Check.TWIN),
    "another unit in the twin": (_other_unit, Check.TWIN),
    "no record of the seal": (_no_seal, Check.SEAL_REGISTERED),
    "a record that can't be read": (_garbled_seal, Check.SEAL_REGISTERED),
    "a seal permitted to nobody": (_no_permission, Check.SEAL_PERMITTED),
    "a use that is not on record": (_no_use, Check.USE_RECORDED),
    "another number": (_other_number, Check.TWIN),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_was_tampered_with_never_leaves(hub: Hub, ground: DeskGround, name: str) -> None:
    """Refused with the failed check, an error in the log and a record, without a person in any."""
    view = await answered(hub, ground)
    ground.meddler.change, check = TAMPERINGS[name]

    with capture_logs() as logs:
        came = await proof(hub, view)

    assert isinstance(came, NotAccepted)
    failed = [one.name for one in came.failed if one.result == "failed"]
    assert failed
    assert check in (None, failed[0])
    (event,) = [one for one in logs if one["event"] == "proof refused"]
    assert (event["log_level"], event["request"]) == ("error", view.id)
    told = f"{logs} {came!r}"
    for person in (PERSON.identifier, "王示例", OPERATOR, "keeper", view.purpose.case):
        assert person not in told
    (record,) = await SqlRecords(hub.engine).of_request("r-2")
    assert (record.outcome, record.rule) == ("unavailable", "proof_refused")
    assert (record.fields, record.source) == ((), "verification")


async def swapped(hub: Hub, ground: DeskGround, other: Ask) -> CameOfProof:
    """What comes of a proof where the platform hands over that of another request."""
    mine = await answered(hub, ground)
    await proof(hub, mine)
    view = opened(await hub.assisting.asking.ask(ASKING, other, "r-3"))
    await ground.issuer.answer(view.id)
    stolen = ground.meddler.last | {"request": view.id}
    ground.meddler.change = lambda _: stolen
    return await proof(hub, await seen(hub, view.id), request_id="r-4")


async def test_the_proof_of_another_subject_never_leaves(hub: Hub, ground: DeskGround) -> None:
    """A sound proof about somebody else is refused by its subject alone."""
    came = await swapped(hub, ground, ask(subject=ANOTHER))

    assert isinstance(came, NotAccepted)
    assert [one.name for one in came.failed] == [Check.SUBJECT]


async def test_the_proof_for_another_case_never_leaves(hub: Hub, ground: DeskGround) -> None:
    """The very document, but endorsed for another case of this unit, is refused by that alone."""
    view = await answered(hub, ground)
    elsewhere = lookup(case="办-another")
    (found,) = await hub.disclosure.disclose(ASKING, [elsewhere], "r-3")
    assert isinstance(found, Found)
    assert isinstance(await hub.assisting.proofs.of_found(ASKING, elsewhere, found, "r-3"), Proven)
    other = ground.meddler.last
    ground.meddler.change = lambda _: other

    came = await proof(hub, view)

    assert isinstance(came, NotAccepted)
    assert [one.name for one in came.failed] == [Check.ENDORSEMENT_AGREES]


async def test_the_proof_of_another_answer_never_leaves(hub: Hub, ground: DeskGround) -> None:
    """The first part's sound proof in place of the second's is refused: it is another answer."""
    view = await answered(hub, ground, {"verified": {"name": "王示例"}})
    await proof(hub, view)
    first = ground.meddler.last | {"delivery": 2}
    rest = {"household_number": "0042", "marital_status": "未婚"}
    await ground.issuer.take(view.id, "make", VERA, findings={"verified": rest})
    await ground.issuer.take(view.id, "seal", KEEPER)
    await ground.issuer.take(view.id, "send", KEEPER)
    ground.meddler.change = lambda _: first

    came = await proof(hub, await seen(hub, view.id), number=2, request_id="r-5")

    assert isinstance(came, NotAccepted)
    (failed,) = came.failed
    assert (failed.name, "another answer" in failed.message) == (Check.TWIN, True)


async def test_foreign_roots_believe_nothing(hub: Hub, ground: DeskGround) -> None:
    """Where the hub's roots are another authority's, the same proof is not accepted."""
    view = await answered(hub, ground)
    stranger = make_authority(datetime.now(UTC) - timedelta(days=1))
    write_trust(ground.settings.notary_roots, stranger.trust)

    came = await proof(hub, view)

    assert isinstance(came, NotAccepted)
    assert Check.SEAL_TRUSTED in {one.name for one in came.failed}


async def test_without_roots_there_is_no_proof(hub: Hub, ground: DeskGround) -> None:
    """No roots, no delivery: the caller is told so, and the operator in the log."""
    view = await answered(hub, ground)
    for file in ground.settings.notary_roots.iterdir():
        file.unlink()

    with capture_logs() as logs:
        came = await proof(hub, view)

    assert isinstance(came, NoProof)
    assert came.reason == "not_checkable"
    assert [one["event"] for one in logs] == ["proofs can't be checked"]


async def test_a_seal_withdrawn_later_spoils_no_earlier_proof(hub: Hub, ground: DeskGround) -> None:
    """The seal is judged as of its use: revoked since, the proof sealed before is still good."""
    view = await answered(hub, ground)
    await refuse(SEAL, Change.REVOKED, ground)

    assert isinstance(await proof(hub, view), Proven)


async def test_a_recalled_delivery_is_told_without_asking(hub: Hub, ground: DeskGround) -> None:
    """After a correction the old delivery says which request holds the right answer."""
    view, review = await corrected(hub, ground)

    came = await proof(hub, view)

    assert isinstance(came, NoProof)
    assert came.reason == "recalled"
    assert review in came.remedy
    right = await proof(hub, await seen(hub, review))
    assert isinstance(right, Proven)
    assert right.found.disclosed == {**FOUND, "marital_status": "已婚"}


async def corrected(hub: Hub, ground: DeskGround) -> tuple[RequestView, str]:
    """A request whose answer was objected to and corrected, and the request that corrected it."""
    return await correct(hub, ground, await answered(hub, ground))


async def correct(hub: Hub, ground: DeskGround, view: RequestView) -> tuple[RequestView, str]:
    """An answered request after an objection and its correction."""
    await hub.assisting.step(ASKING, OPERATOR, view.id, "receipt", {})
    grounds: dict[str, object] = {"delivery": 1, "grounds": "申请人称已婚"}
    objected = await hub.assisting.step(ASKING, OPERATOR, view.id, "objection", grounds)
    assert isinstance(objected, RequestView)
    review = objected.objections[-1].review
    found = {"verified": {**FOUND, "marital_status": "已婚"}}
    await ground.issuer.answer(review, found, VIKTOR)
    return await seen(hub, view.id), review


async def test_recalls_are_told_to_who_received(hub: Hub, ground: DeskGround) -> None:
    """The requester's own recall names request, delivery and correction; another unit sees none."""
    view, review = await corrected(hub, ground)

    (recall,) = await hub.assisting.recalls.since(ASKING, None, 50)

    assert (recall.request, recall.delivery, recall.corrected_by) == (view.id, 1, review)
    assert recall.reference == view.id
    assert recall.certificate == view.certificate_type
    other = Requester("k", OTHER, frozenset({OPERATOR}))
    assert await hub.assisting.recalls.since(other, None, 50) == ()
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await hub.assisting.recalls.since(ASKING, later, 50) == ()


async def test_a_silent_platform_is_told_as_such(hub: Hub, ground: DeskGround) -> None:
    """Its answers got lost twice: no proof now, asked again later it is there."""
    view = await answered(hub, ground)
    ground.wire.cuts += [Cut.LOST, Cut.LOST]

    came = await proof(hub, view)

    assert isinstance(came, NoProof)
    assert came.reason == "platform_silent"
    assert isinstance(await proof(hub, view, request_id="r-3"), Proven)


async def test_another_unit_gets_nothing(hub: Hub, ground: DeskGround) -> None:
    """A unit that has nothing to do with the request sees none, and extracts none."""
    view = await answered(hub, ground)
    other = Requester("k", OTHER, frozenset({OPERATOR}))

    assert await hub.assisting.request(other, view.id) is None
    came = await proof(hub, view, requester=other)

    assert isinstance(came, NoProof)
    assert came.reason == "nothing_there"


async def test_a_document_is_checked_for_whoever_received_it(hub: Hub, ground: DeskGround) -> None:
    """The received document is accepted with the seal's record from the platform; broken ones not."""
    view = await answered(hub, ground)
    came = await proof(hub, view)
    assert isinstance(came, Proven)
    proofs, pdf = hub.assisting.proofs, came.sealed.pdf

    whole = await proofs.examine(ASKING, pdf, PERSON, came.sealed.twin)
    assert (whole.accepted, whole.not_checked) == (True, frozenset())
    other = await proofs.examine(ASKING, pdf, ANOTHER, None)
    assert [one.name for one in other.failed] == [Check.SUBJECT]
    nothing = await proofs.examine(ASKING, b"%PDF-1.7 nothing", None, None)
    assert [one.name for one in nothing.failed] == [Check.READABLE]
    ground.wire.cuts += [Cut.LOST] * 4
    silent = await proofs.examine(ASKING, pdf, None, None)
    assert silent.accepted
    assert Check.SEAL_REGISTERED in silent.not_checked
