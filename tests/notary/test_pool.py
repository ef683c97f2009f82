"""The workshop: CPU work off the loop, in processes that come and go."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.notary.material import Named
from hub.notary.pool import Workshop, open_workshop
from hub.notary.words import Proof, ProofTrouble, Sealed
from tests.notary.ground import (
    CONTENT,
    EXTRACTION,
    HOLDER,
    LATER,
    NUMBER,
    UNTIL,
    authority,
    civil_seal,
    proof,
    registry,
    timed,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 30.0

OWNER = """
import asyncio, multiprocessing, time
from hub.notary.pool import open_workshop

async def main():
    async with open_workshop(1) as workshop:
        await workshop.named(b"")
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        time.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop() -> AsyncIterator[Workshop]:
    """One worker for all tests."""
    async with open_workshop(1) as opened:
        yield opened


@pytest.fixture
def made() -> Proof:
    """A proof, made outside of the loop."""
    return proof()


async def sealed_by(workshop: Workshop) -> Sealed:
    """The proof, sealed in the workshop."""
    keyed = civil_seal()
    return await workshop.seal(CONTENT, keyed.seal, keyed.record.uses[0], timed(keyed.key))


async def test_a_proof_is_made_and_checked(workshop: Workshop) -> None:
    """All that the notary does can be had without holding up the loop."""
    made = await sealed_by(workshop)
    endorser = timed(authority().endorser, LATER)
    delivered = await workshop.endorse(made, EXTRACTION, UNTIL, endorser)
    told = await workshop.named(delivered.pdf)
    verdict = await workshop.check(
        delivered.pdf,
        authority().trust,
        registry(),
        subject=HOLDER,
        twin=delivered.twin,
        now=LATER,
    )

    assert verdict.accepted
    assert verdict.not_checked == frozenset()
    assert told == Named(NUMBER, civil_seal().seal.id)


async def test_trouble_comes_back(workshop: Workshop, made: Proof) -> None:
    """What can't be done is raised where it was asked for."""
    keyed = civil_seal()
    wrong = Sealed(NUMBER, made.pdf)

    with pytest.raises(ProofTrouble, match="endorsed already"):
        await workshop.endorse(wrong, EXTRACTION, UNTIL, timed(keyed.key))


async def test_the_loop_goes_on(workshop: Workshop) -> None:
    """While a proof is sealed, the loop does other things."""
    job = asyncio.create_task(sealed_by(workshop))
    turns = 0
    while not job.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert turns > 5
    assert (await job).document_number == NUMBER


async def test_a_killed_worker_is_replaced(workshop: Workshop) -> None:
    """Its jobs are done once more, by another."""
    await workshop.named(b"")
    jobs = [asyncio.create_task(sealed_by(workshop)) for _ in range(3)]
    await asyncio.sleep(0.03)
    (worker,) = workshop._at_work()._processes.values()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)

    numbers = {(await job).document_number for job in jobs}

    assert numbers == {NUMBER}
    assert {child.pid for child in multiprocessing.active_children()}.isdisjoint({worker.pid})


async def test_no_more_jobs_than_there_is_room_for(made: Proof) -> None:
    """The others wait their turn, and each gets its own answer."""
    narrow = Workshop(workers=1, jobs=1)

    told = await asyncio.gather(*(narrow.named(pdf) for pdf in (made.pdf, b"", made.pdf)))
    await narrow.close()

    of_proof = Named(NUMBER, civil_seal().seal.id)
    assert told == [of_proof, None, of_proof]


async def test_nothing_is_begun_before_the_first_job() -> None:
    """A hub that never sees a proof has no process beside it, and a closed workshop begins none."""
    script = (
        "import asyncio, os\n"
        "from hub.notary.pool import open_workshop\n"
        "async def main():\n"
        "    async with open_workshop(1) as workshop:\n"
        "        with open(f'/proc/self/task/{os.getpid()}/children') as children:\n"
        "            print(repr(children.read()))\n"
        "    try:\n"
        "        await workshop.named(b'')\n"
        "    except RuntimeError as closed:\n"
        "        print(closed)\n"
        "asyncio.run(main())\n"
    )

    command = [sys.executable, "-c", script]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)

    assert done.stdout.decode().split("\n") == ["''", "the workshop is closed", ""]


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A hub with one worker, whose process it names."""
    (tmp_path / "owner.py").write_text(OWNER)
    command = [sys.executable, str(tmp_path / "owner.py")]
    given = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=given) as begun:
        yield begun
        begun.kill()


async def test_workers_end_with_their_hub(owner: subprocess.Popen[bytes]) -> None:
    """A hub that is killed outright leaves no process behind."""
    assert owner.stdout is not None
    workers = [int(pid) for pid in owner.stdout.readline().split()]

    owner.kill()

    assert len(workers) == 1
    deadline = time.monotonic() + PATIENCE
    while _lives(workers[0]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
