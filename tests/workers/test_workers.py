"""`certhub serve --workers`: several processes, one address, one renewal of every secret."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.sandbox.sandbox import (
    Sandbox,
    SandboxOptions,
    open_sandbox,
    packaged_credentials,
    packaged_platforms,
)
from hub.settings import read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from tests.commands.terminal import Begun, certhub, running
from tests.stack import OPERATOR, PURPOSE, UNIT, catalogue_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUERY = """query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename ... on Found { source { name } }
  }
}"""
CALLERS = 16


@dataclass(frozen=True, slots=True)
class Site:
    """A crew of two over the sandbox's platforms."""

    begun: Begun
    url: str
    key: str = field(repr=False)
    sandbox: Sandbox
    data: Path

    async def look_up(self, caller: int) -> Any:
        """One lookup on a connection of its own; who is told to come again does, as clients do."""
        person = self.sandbox.examples.person_with(
            "resident_id_card", {"province": True}, skip=caller
        )
        subject = {"person": {"residentId": person.identifier, "name": person.name}}
        sent = {"query": QUERY, "variables": {"subject": subject, "purpose": PURPOSE}}
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.key}"}) as session,
            session.post(f"{self.url}/graphql", json=sent) as reply,
        ):
            answer = await reply.json()
            turned_away = reply.status == 503
        if turned_away:  # the machine is busy and the loop is late
            await asyncio.sleep(1)
            return await self.look_up(caller)
        assert "errors" not in answer, answer
        return answer["data"]["certificate"]

    async def look_up_all(self) -> list[Any]:
        """A lookup of every caller at once."""
        return await asyncio.gather(*(self.look_up(caller) for caller in range(CALLERS)))

    async def figure(self, name: str) -> dict[str, float]:
        """One figure of every worker, by the worker."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}/metrics") as reply,
        ):
            text = await reply.text()
        found = re.findall(rf'^{name}{{[^}}]*worker="(\d+)"}} (\S+)$', text, re.MULTILINE)
        return {worker: float(value) for worker, value in found}

    @property
    def workers(self) -> set[int]:
        """The numbers of the processes that serve."""
        return children_of(self.begun.process.pid)

    @property
    def renewals(self) -> dict[str, int]:
        """How often the province has given out secrets, by the way they were asked for."""
        return dict(self.sandbox.platform("province").counts.renewals)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The crew, up."""
    at = tmp_path_factory.mktemp("crew")
    options = SandboxOptions(
        ports=None, size=2_000, platforms=packaged_platforms(), types=(packaged_certificates(),)
    )
    async with open_sandbox(options) as sandbox:
        given = {
            "CERTHUB_DATA": str(at / "data"),
            "CERTHUB_PLATFORMS": str(packaged_platforms()),
            "CERTHUB_CREDENTIALS": str(packaged_credentials()),
            "CERTHUB_ENDPOINTS": ",".join(f"{n}={u}" for n, u in sandbox.urls.items()),
        }
        key = await _furnished(given)
        words = ("serve", "--port", "0", "--workers", "2")
        starting = running(*words, at=at, given=given)
        begun = await asyncio.to_thread(starting.__enter__)
        try:
            said = await asyncio.to_thread(begun.says, r"by 2 workers at (http://\S+)/graphql")
            yield Site(begun, said[1], key, sandbox, at / "data")
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)


async def _furnished(given: dict[str, str]) -> str:
    """The key of a unit whose catalogue is in force."""
    now, types = datetime.now(UTC), load_certificate_types(packaged_certificates())
    async with open_database(read_settings(given)) as engine:
        await save_version(engine, catalogue_for(types), "crew", date(2026, 1, 1), now)
        key, _ = await create_key(engine, UNIT, [OPERATOR], "crew", now)
    return key


def children_of(process: int) -> set[int]:
    """The numbers of the processes that a process has begun and that live."""
    children = Path(f"/proc/{process}/task/{process}/children")
    return {int(number) for number in children.read_text().split()}


def alive(process: int) -> bool:
    """Whether a process of this number is there."""
    return Path(f"/proc/{process}").exists()


FOUND = {"__typename": "Found", "source": {"name": "province"}}


async def _spread(site: Site) -> None:
    """Ask until both workers have answered."""
    for _ in range(20):
        assert await site.look_up_all() == [FOUND] * CALLERS
        counted = await site.figure("certhub_records_total")
        if len(counted) == 2 and all(counted.values()):
            return
    raise AssertionError("one worker never got a lookup")


async def test_one_handshake_for_all_workers(site: Site) -> None:
    """Both workers look up at a gateway whose every renewal ends the older secrets: one is made."""
    await _spread(site)

    assert site.renewals == {"by_key": 1}
    assert set(await site.figure("certhub_records_total")) == {"1", "2"}


async def test_one_renewal_where_another_client_renewed(site: Site) -> None:
    """Secrets that ended early are renewed once, whichever workers find out first."""
    await _spread(site)
    site.sandbox.platform("province").reset_counts()
    tokens = site.sandbox.platform("province").tokens
    assert tokens is not None
    tokens.revoke()

    answers = await site.look_up_all()

    assert answers == [FOUND] * CALLERS
    assert site.renewals == {"by_key": 1}


async def test_another_worker_takes_the_place_of_a_killed_one(site: Site) -> None:
    """After kill -9 of one worker the other serves on, and soon there are two again."""
    before = site.workers
    victim = min(before)

    os.kill(victim, signal.SIGKILL)

    for _ in range(400):
        now = site.workers
        if len(now) == 2 and victim not in now:
            break
        with suppress(aiohttp.ClientError):  # who was connected to the killed one
            await site.look_up(0)
        await asyncio.sleep(0.05)
    assert len(now) == 2
    assert victim not in now
    assert await site.look_up_all() == [FOUND] * CALLERS
    assert re.search("worker ended, another takes its place", site.begun.err)


@pytest.mark.slow
async def test_a_reload_names_who_said_nothing(site: Site) -> None:
    """A worker that hangs may serve by the old set or by the new one: that is no quiet success."""
    stopped = min(site.workers)
    os.kill(stopped, signal.SIGSTOP)
    try:
        done = await asyncio.to_thread(certhub, "reload", "--data", site.data, at=site.data)
    finally:
        os.kill(stopped, signal.SIGCONT)

    assert done.code == 1
    assert f"worker {stopped} said nothing within 10 s" in done.err


async def test_a_reload_reaches_every_worker(site: Site) -> None:
    """`certhub reload` says what came of it in all of them."""
    done = await asyncio.to_thread(certhub, "reload", "--data", site.data, at=site.data)

    assert done.out == "reloaded, nothing had changed"


async def test_workers_end_with_their_keeper(site: Site) -> None:
    """Ctrl-C ends keeper and workers with exit 0; no process is left behind."""
    serving = site.workers

    ended = await asyncio.to_thread(site.begun.interrupt)

    assert ended.code == 0
    assert ended.err.endswith("certhub has ended.\n")
    assert "Traceback" not in ended.err
    assert not [one for one in serving if alive(one)]


@pytest.mark.slow
async def test_workers_end_where_their_keeper_was_killed(tmp_path: Path) -> None:
    """kill -9 of the keeper: the workers notice, and end by themselves."""
    given = {
        "CERTHUB_DATA": str(tmp_path / "data"),
        "CERTHUB_PLATFORMS": str(packaged_platforms()),
        "CERTHUB_CREDENTIALS": str(packaged_credentials()),
    }
    with running("serve", "--port", "0", "--workers", "2", at=tmp_path, given=given) as begun:
        await asyncio.to_thread(begun.says, "by 2 workers")
        serving = children_of(begun.process.pid)

        begun.process.kill()
        begun.interrupt()

        for _ in range(400):
            if not any(map(alive, serving)):
                break
            await asyncio.sleep(0.05)
    assert len(serving) == 2
    assert not any(map(alive, serving))


async def test_a_paced_clock_is_refused(tmp_path: Path) -> None:
    """Workers have clocks of their own: a clock that runs faster is for one process."""
    given = {
        "CERTHUB_PLATFORMS": str(packaged_platforms()),
        "CERTHUB_CREDENTIALS": str(packaged_credentials()),
        "CERTHUB_DESK_PACE": "2",
    }

    done = await asyncio.to_thread(
        certhub, "serve", "--workers", "2", "--port", "0", at=tmp_path, given=given
    )

    assert done.code == 2
    assert "CERTHUB_DESK_PACE is for one process" in done.err
