"""The verification seal is set for real, on every kind of answer, by whom it is permitted to only."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.desk.sealing import Sealer
from hub.evidence import HolderKind, Subject
from hub.notary.keeping import open_authority, read_trust
from hub.notary.registry import Change
from hub.notary.verdict import Check
from hub.notary.words import Content, Proof, Seal, SealKind, SealUse
from hub.notary.words import Sealed as SealedContent
from tests.desk_platform.ground import (
    ARCHIVES,
    BOOK,
    CIVIL,
    CLERK,
    HOUSING,
    KEEPER,
    SUBJECT,
    TEN,
    VALUES,
    VERA,
    Ground,
    Reply,
    submission,
)
from tests.desk_platform.real_seals import ARCHIVED, SHARING, VERIFYING, Sealed, cut, twin

EVERYTHING = {"verified": VALUES}


async def _counted(ground: Ground) -> tuple[int, int, int]:
    """How many uses, documents and sealing steps are kept."""
    async with ground.desk.database.reading() as connection:
        counts = [
            (await connection.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one()
            for what in (
                "desk_seal_uses",
                "desk_documents",
                "desk_entries WHERE event = 'Seal'",
            )
        ]
    return counts[0], counts[1], counts[2]


async def test_a_sealed_answer_is_genuine(sealed: Sealed) -> None:
    """What is sealed and extracted passes every check there is; before, only the endorsement lacks."""
    hub = sealed.ground.hub
    request = await hub.open()
    await hub.to_sent(request)

    (proof,) = (await hub.extract(request=request)).body["proofs"]
    original = await hub.get(f"requests/{request}/deliveries/1/document?unit={HOUSING}")

    verdict = await sealed.verdict(proof)
    assert [one for one in verdict.checks if not one.passed] == []
    assert verdict.document_number == proof["documentNumber"]
    bare = await sealed.workshop.check(
        original.raw,
        read_trust(sealed.notary / "roots"),
        None,
        subject=Subject(HolderKind.PERSON, SUBJECT),
        now=sealed.ground.clock(),
    )
    assert [one.name for one in bare.failed] == [Check.ENDORSED]


@pytest.mark.parametrize(
    ("findings", "answer", "fields", "remark"),
    [
        (EVERYTHING, "held", {"spouse": "无", "since": "2020-05-20"}, ""),
        ({"verified": {"spouse": "无"}}, "partial", {"spouse": "无", "since": None}, ""),
        (
            {"verified": {"spouse": "无", "since": None}},
            "held",
            {"spouse": "无"},
            "登记信息中未载明：since项。",
        ),
        ({"noRecord": {"searched": "婚姻登记"}}, "no_such_record", {}, "查询范围：婚姻登记"),
    ],
    ids=["all", "partial", "open", "none"],
)
async def test_each_kind_of_answer(
    sealed: Sealed,
    findings: dict[str, object],
    answer: str,
    fields: dict[str, object],
    remark: str,
) -> None:
    """Verified in full, in part, with what the record leaves open, and that there is no record."""
    hub = sealed.ground.hub
    request = await hub.to_made(findings=findings)
    await hub.seal_and_send(request)

    (proof,) = (await hub.extract(request=request)).body["proofs"]

    content = twin(proof)["content"]
    assert (content["answer"], content["remark"]) == (answer, remark)
    assert {line["name"]: line["value"] for line in content["fields"]} == fields
    assert content["title"] == "无婚姻登记记录证明"
    assert content["makingUnit"] == {"code": CIVIL, "name": "某市民政局"}
    assert (await sealed.verdict(proof)).accepted


async def test_an_ambiguous_subject(sealed: Sealed) -> None:
    """That several fit is sealed like any other answer, once the requester was asked."""
    hub = sealed.ground.hub
    request = await hub.open()
    for name, by, parts in (
        ("claim", VERA, {}),
        ("begin", VERA, {}),
        ("ask", VERA, {"kind": "ambiguous_subject", "question": "哪一位?"}),
        ("clarify", CLERK, {"answer": "不清楚"}),
        ("make", VERA, {"findings": {"ambiguous": {"candidates": 2}}}),
    ):
        assert (await hub.step(request, name, by, **parts)).status == 200
    await hub.seal_and_send(request)

    (proof,) = (await hub.extract(request=request)).body["proofs"]

    content = twin(proof)["content"]
    assert (content["answer"], content["fields"]) == ("ambiguous", [])
    assert content["remark"] == "相符记录涉及2个对象。"
    assert (await sealed.verdict(proof)).accepted


async def test_parts_are_sealed_one_by_one(sealed: Sealed) -> None:
    """Each part has a document of its own, and the rest says what it is about."""
    hub = sealed.ground.hub
    request = await hub.open()
    await hub.to_sent(request, spouse="无")
    await hub.step(request, "make", VERA, findings={"noRecord": {"searched": "档案"}})
    await hub.seal_and_send(request)

    proofs = (await hub.extract(request=request)).body["proofs"]

    assert [each["delivery"] for each in proofs] == [1, 2]
    assert len({each["documentNumber"] for each in proofs}) == 2
    assert twin(proofs[1])["content"]["remark"] == "查询范围：档案\n所涉信息：since项。"
    assert [(await sealed.verdict(each)).accepted for each in proofs] == [True, True]
    only = await hub.extract(request=request, delivery=2)
    assert [each["documentNumber"] for each in only.body["proofs"]] == [proofs[1]["documentNumber"]]


async def _sealing(sealed: Sealed, request: str, seal: str | None = None) -> Reply:
    parts = {} if seal is None else {"seal": seal}
    return await sealed.ground.hub.step(request, "seal", KEEPER, **parts)


@pytest.mark.parametrize(
    ("change", "operator", "said"),
    [
        (
            Change.WITHDRAWN,
            "keeper",
            f"seal {VERIFYING} is permitted to nobody: have it permitted (certhub seals permit)",
        ),
        (
            Change.SUSPENDED,
            None,
            f"seal {VERIFYING} is suspended: use another, or have it resumed by who suspended it",
        ),
        (
            Change.REVOKED,
            None,
            f"seal {VERIFYING} is revoked for good: use another, or have a new one made",
        ),
    ],
)
@pytest.mark.parametrize("named", [True, False])
async def test_a_seal_that_may_not_be_used(
    sealed: Sealed, change: Change, operator: str | None, said: str, named: bool
) -> None:
    """Withdrawn, suspended or revoked: 409 says so and what to do, and nothing is kept."""
    request = await sealed.ground.hub.to_made()
    await sealed.change(VERIFYING, change, operator)

    reply = await _sealing(sealed, request, VERIFYING if named else None)

    assert (reply.status, reply.body) == (409, {"message": said})
    assert await _counted(sealed.ground) == (0, 0, 0)
    seen = await sealed.ground.hub.get(f"requests/{request}?unit={CIVIL}")
    assert seen.body["state"] == "made"


async def test_another_operators_seal(sealed: Sealed) -> None:
    """Permitted to others only: the operator is told to have it permitted."""
    request = await sealed.ground.hub.to_made()
    await sealed.change(VERIFYING, Change.PERMITTED, "apprentice")
    await sealed.change(VERIFYING, Change.WITHDRAWN, "keeper")

    reply = await _sealing(sealed, request)

    assert reply.status == 409
    assert reply.body["message"] == (
        f"seal {VERIFYING} is not permitted to this operator: have it permitted"
    )


async def test_an_expired_seal(sealed: Sealed) -> None:
    """After its certificate's last day a seal isn't set."""
    sealed.ground.clock.moment = TEN + timedelta(days=2000)
    request = await sealed.ground.hub.to_made()

    reply = await _sealing(sealed, request)

    assert reply.status == 409
    assert "is not in date: have a new one made" in reply.body["message"]
    assert await _counted(sealed.ground) == (0, 0, 0)


async def test_seals_of_others(sealed: Sealed) -> None:
    """Of another unit, of the other kind, in no registry, without its key: each is told apart."""
    ground, authority = sealed.ground, open_authority(sealed.notary, TEN)
    request = await ground.hub.to_made()
    kind = SealKind.VERIFICATION
    await cut(ground.desk.database, sealed.notary, authority, ARCHIVED, kind, ARCHIVES, "keeper")
    (sealed.notary / "seals" / f"{VERIFYING}.p12").rename(sealed.notary / "elsewhere")

    foreign = await _sealing(sealed, request, ARCHIVED)
    sharing = await _sealing(sealed, request, SHARING)
    unknown = await _sealing(sealed, request, "../../desk")
    keyless = await _sealing(sealed, request)

    assert foreign.body["message"].endswith("is another unit's: name a seal of your own unit")
    assert sharing.body["message"].endswith("is another unit's: name a seal of your own unit")
    assert unknown.body["message"].startswith("no seal of this number is in the registry")
    assert keyless.body["message"].startswith(f"the key of seal {VERIFYING} isn't at this desk")
    assert {each.status for each in (foreign, sharing, unknown, keyless)} == {409}
    assert await _counted(ground) == (0, 0, 0)


async def test_what_cannot_be_put_on_paper(sealed: Sealed) -> None:
    """An answer without any value goes back to its verifier; nothing is kept."""
    request = await sealed.ground.hub.to_made(
        findings={"verified": {"spouse": None, "since": None}}
    )

    reply = await _sealing(sealed, request)

    assert reply.status == 409
    assert reply.body["message"].startswith("it holds no value at all")
    assert await _counted(sealed.ground) == (0, 0, 0)


async def test_what_could_never_be_sealed(small: Ground) -> None:
    """A field or type that isn't declared is told to who asks, a value of no such kind to who makes it."""
    request = await small.hub.open()
    for name in ("claim", "begin"):
        await small.hub.step(request, name, VERA)

    field = await small.hub.post("requests", submission(fields=["spouse", "shoes"]))
    value = await small.hub.step(
        request, "make", VERA, findings={"verified": {"spouse": "无", "since": "去年"}}
    )
    small.desk.types = {BOOK: small.desk.types[BOOK]}
    undeclared = await small.hub.post("requests", submission())

    assert field.status == value.status == undeclared.status == 422
    assert field.body["message"] == (
        "certificate type no_marriage_record has no field shoes: ask for spouse, since, a,"
        " b, c, d, e"
    )
    assert value.body["message"] == "field since is a date: give it as such, like 2026-11-23"
    assert "add no_marriage_record.toml" in undeclared.body["message"]
    seen = await small.hub.get(f"requests/{request}?unit={CIVIL}")
    assert seen.body["state"] == "in_verification"


async def test_a_repeated_call_is_one_use(sealed: Sealed) -> None:
    """The same call five times at once and once more later: one use, one document, one answer."""
    request = await sealed.ground.hub.to_made()
    path, body = f"requests/{request}/seal", {"by": KEEPER}

    at_once = await asyncio.gather(*(sealed.ground.hub.post(path, body, "k") for _ in range(5)))
    again = await sealed.ground.hub.post(path, body, "k")

    assert {each.raw for each in at_once} == {again.raw}
    assert {each.status for each in at_once} == {200}
    assert await _counted(sealed.ground) == (1, 1, 1)


@dataclass
class Meanwhile:
    """A seal room in which something happens to the seal while it is set."""

    room: Sealer
    sealed: Sealed

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> SealedContent:
        """The permission is withdrawn before the document is done."""
        made = await self.room.seal(content, seal, use)
        await self.sealed.change(seal.id, Change.WITHDRAWN, "keeper")
        return made

    async def endorse(self, *_: object) -> Proof:
        """Never."""
        raise AssertionError


async def test_withdrawn_while_it_is_set(sealed: Sealed) -> None:
    """What was withdrawn before the document is kept counts: nothing is kept."""
    request = await sealed.ground.hub.to_made()
    sealed.ground.desk.sealer = Meanwhile(sealed.ground.seals, sealed)

    reply = await _sealing(sealed, request)

    assert reply.status == 409
    assert reply.body["message"].startswith(f"seal {VERIFYING} is permitted to nobody")
    assert await _counted(sealed.ground) == (0, 0, 0)


async def test_what_is_done_later_changes_nothing_earlier(sealed: Sealed) -> None:
    """Revoked at the very moment of its last use, the seal is revoked after it: the proof is good."""
    hub = sealed.ground.hub
    request = await hub.open()
    await hub.to_sent(request)

    await sealed.change(VERIFYING, Change.REVOKED)

    (proof,) = (await hub.extract(request=request)).body["proofs"]
    assert (await sealed.verdict(proof)).accepted
    assert '"change": "revoked"' in proof["seal"]
