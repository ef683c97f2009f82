"""`certhub seals`: from the making of a seal to a proof that `certhub proof verify` accepts."""

import base64
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.commands.terminal import Ended, certhub, running
from tests.desk_platform.ground import CLERK, KEEPER, VERA, Caller, extraction, submission

REGISTRY = """
[clients.hub]
units = "all"
states_items = true
[units.housing]
name = "某市住房保障局"
operators = ["clerk"]
[units.civil-affairs]
name = "某市民政局"
verifiers = ["vera"]
seal_keepers = ["keeper"]
issues = ["no_marriage_record"]
"""
CREDENTIALS = """
[hub]
access_key = "key-hub"
secret = "secret-hub"
"""
FIELDS = {"conclusion": "无婚姻登记记录", "issued_on": "2026-11-20"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with people."""
    (tmp_path / "desk.toml").write_text(REGISTRY)
    (tmp_path / "credentials.toml").write_text(CREDENTIALS)
    return tmp_path


def _seals(folder: Path, *words: str | Path) -> Ended:
    return certhub("seals", *words, "--data", folder, at=folder)


def _made(folder: Path, unit: str = "civil-affairs", kind: str = "verification") -> str:
    done = _seals(folder, "make", unit, kind)
    assert done.code == 0, done.err
    return done.out.strip()


async def _made_answer(caller: Caller) -> str:
    """The id of a request whose draft waits for its seal."""
    body = submission(fields=list(FIELDS), issuer="civil-affairs")
    request = str((await caller.post("requests", body)).body["id"])
    return await caller.to_made(request, VERA, {"verified": FIELDS})


async def test_a_running_desk_sees_every_change(folder: Path) -> None:
    """Made, permitted, used, suspended, resumed, withdrawn: at once, without a restart."""
    with running("desk", "--data", folder, "--port", "0", at=folder) as begun:
        base = begun.says(r"The desk answers at (http://127\.0\.0\.1:\d+)/api")[1]
        async with aiohttp.ClientSession() as session:
            caller = Caller(session, base)
            request = await _made_answer(caller)

            async def sealing() -> Any:
                return await caller.step(request, "seal", KEEPER)

            without = await sealing()
            seal = _made(folder)
            made = await sealing()
            permitted = _seals(folder, "permit", seal, "keeper")
            suspended = _seals(folder, "suspend", seal, "--reason", "盘点")
            halted = await sealing()
            _seals(folder, "resume", seal)
            done = await sealing()
            sent = await caller.step(request, "send", KEEPER)
            _seals(folder, "withdraw", seal, "keeper")
            extracted = await caller.post("proofs/extract", extraction(CLERK, request=request))
        ended = begun.interrupt()

    assert (without.status, made.status, halted.status) == (409, 409, 409)
    assert "certhub seals make civil-affairs verification" in without.body["message"]
    assert "certhub seals permit" in made.body["message"]
    assert permitted.out == f"seal {seal} is permitted, permitted to: keeper."
    assert suspended.out == f"seal {seal} is suspended, permitted to: keeper."
    assert "is suspended" in halted.body["message"]
    assert (done.status, sent.status) == (200, 200)
    (proof,) = extracted.body["proofs"]
    _verified(folder, seal, proof)
    assert (ended.code, "Traceback" in ended.err) == (0, False)


def _verified(folder: Path, seal: str, proof: dict[str, Any]) -> None:
    """`proof verify` accepts it by what `seals export` writes, and by what came with it."""
    pdf, twin, register = folder / "p.pdf", folder / "p.json", folder / "seals.json"
    pdf.write_bytes(base64.b64decode(proof["pdf"]))
    twin.write_bytes(base64.b64decode(proof["twin"]))
    exported = _seals(folder, "export", "--output", register)
    assert exported.code == 0

    verify: list[str | Path] = [
        "proof",
        "verify",
        pdf,
        "--twin",
        twin,
        "--subject",
        "330203199001016712",
    ]
    whole = certhub(*verify, "--registry", register, "--data", folder, at=folder)
    register.write_text(proof["seal"])
    single = certhub(*verify, "--registry", register, "--data", folder, at=folder)
    number = proof["documentNumber"]
    one = _seals(folder, "export", "--document", number)

    for done in (whole, single):
        assert done.code == 0, done.out
        assert done.out.splitlines()[-1] == f"accepted (核验通过): {number}"
    assert one.out.count('"document"') == 1
    assert f'"id": "{seal}"' in one.out


def test_who_may_be_permitted(folder: Path) -> None:
    """Seal keepers for the verification seal, operators for the sharing seal, nobody else."""
    verification, sharing = _made(folder), _made(folder, "housing", "sharing")

    keeper = _seals(folder, "permit", verification, "keeper")
    clerk = _seals(folder, "permit", sharing, "clerk")
    verifier = _seals(folder, "permit", verification, "vera")
    stranger = _seals(folder, "permit", sharing, "keeper")
    listed = _seals(folder, "list")

    assert (keeper.code, clerk.code, verifier.code, stranger.code) == (0, 0, 1, 1)
    assert "Add them to seal_keepers of [units.civil-affairs] in desk.toml" in verifier.err
    assert "Add them to operators of [units.housing] in desk.toml" in stranger.err
    lines = [line for line in listed.out.splitlines() if "330299" in line]
    assert len(lines) == 2
    for seal, unit, person in (
        (verification, "civil-affairs 某市民政局", "keeper"),
        (sharing, "housing 某市住房保障局", "clerk"),
    ):
        (line,) = [each for each in lines if seal in each]
        assert unit in line
        assert person in line
        assert "permitted" in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["make", "nowhere", "sharing"], "it has: civil-affairs, housing"),
        (["make", "housing", "sharing", "--number", "../x"], "digits, letters and -"),
        (["permit", "9", "clerk"], "no seal 9 is in the registry"),
        (["suspend", "9"], "no seal 9 is in the registry"),
        (["export", "--document", "HS-1"], "no seal was set on a document HS-1"),
        (["list", "--database", "postgresql://u:hidden@127.0.0.1:1/x"], "can't be opened"),
    ],
)
def test_what_goes_wrong(folder: Path, words: list[str], said: str) -> None:
    """It is told with what to do, and exits 1."""
    done = _seals(folder, *words)

    assert done.code == 1
    assert said in done.err
    assert "hidden" not in done.err
    assert "Traceback" not in done.err


def test_a_number_is_made_once(folder: Path) -> None:
    """The same number again is refused, and the first key stays."""
    first = _seals(folder, "make", "housing", "sharing", "--number", "7")
    key = (folder / "notary" / "seals" / "7.p12").read_bytes()

    again = _seals(folder, "make", "housing", "sharing", "--number", "7")

    assert (first.code, again.code) == (0, 1)
    assert "seal 7 is in the registry already" in again.err
    assert (folder / "notary" / "seals" / "7.p12").read_bytes() == key
    assert (folder / "notary" / "seals" / "7.p12").stat().st_mode & 0o777 == 0o600


def test_revoked_for_good(folder: Path) -> None:
    """Nothing can be done to a revoked seal any more."""
    seal = _made(folder)

    revoked = _seals(folder, "revoke", seal, "--reason", "遗失")
    again = _seals(folder, "permit", seal, "keeper")

    assert revoked.out == f"seal {seal} is revoked, permitted to: nobody."
    assert (again.code, "revoked for good" in again.err) == (1, True)


def test_a_broken_key_of_the_platform(folder: Path) -> None:
    """The desk says which file it is and doesn't start."""
    _made(folder)
    (folder / "notary" / "endorser.p12").write_bytes(b"x")

    done = certhub("desk", "--data", folder, "--port", "0", at=folder)

    assert done.code == 2
    assert "endorser.p12" in done.err
    assert "Traceback" not in done.err
