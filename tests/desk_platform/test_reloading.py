"""`certhub desk` goes by its registry file as it is now; a broken one changes nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from hub.desk.registry import Client, read_registry
from hub.desk.reloading import registry_reloading
from tests.commands.terminal import running
from tests.desk_platform.ground import (
    CIVIL,
    HOUSING,
    HUB,
    REGISTRY,
    Caller,
    Ground,
    submission,
)

SECRETS = {
    "hub": {"access_key": "key-hub", "secret": "secret-hub"},
    "bureau": {"access_key": "key-bureau", "secret": "secret-bureau"},
}
HUBS = '[hub]\naccess_key = "key-hub"\nsecret = "secret-hub"\n'
ONE_UNIT = """
[clients.hub]
units = ["civil-affairs"]
states_items = true
[units.civil-affairs]
issues = ["no_marriage_record"]
"""
EVERY_UNIT = ONE_UNIT.replace('units = ["civil-affairs"]', 'units = "all"')
WITH_CLERK = EVERY_UNIT + '[units.housing]\noperators = ["clerk"]\n'
BROKEN = {
    "not TOML": "[clients",
    "a person who isn't in a list": WITH_CLERK.replace('["clerk"]', '"geheim"'),
    "a list with a person and something else": WITH_CLERK.replace('["clerk"]', '["geheim", 1]'),
    "a client without a secret": WITH_CLERK + "[clients.stranger]\n",
    "empty": "[unknown]\n",
}


@pytest.fixture
async def file(small: Ground, tmp_path: Path) -> AsyncIterator[Path]:
    """The file that the small desk's registry is read from."""
    file = tmp_path / "desk.toml"
    write(file, WITH_CLERK)
    async with registry_reloading(small.desk, lambda: read_registry(file, SECRETS), [file]):
        yield file


def write(file: Path, text: str) -> None:
    """Replace what is in a file."""
    file.write_text(text)


def _take_away(file: Path) -> None:
    file.unlink()


def _replace(file: Path, text: str) -> None:
    """Put another file in its place."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


def _rewrite_unseen(file: Path, text: str) -> None:
    """Replace what is in a file by as much, in the same file, at the same time."""
    found = file.stat()
    assert len(text) == found.st_size
    file.write_text(text)
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


async def _soon(fact: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await fact():  # noqa: ASYNC110 - it is told elsewhere
            await asyncio.sleep(0.05)


def _read(small: Ground) -> Callable[[], Awaitable[bool]]:
    """Whether a registry was read that isn't the ground's own."""

    async def fact() -> bool:
        return small.desk.registry is not REGISTRY

    return fact


async def test_who_is_added_takes_part_at_once(small: Ground, file: Path) -> None:
    """A clerk of a new unit opens a request without a restart; taken out, no more."""
    write(file, EVERY_UNIT)
    await _soon(_opening(small, 403))

    write(file, WITH_CLERK)
    await _soon(_opening(small, 201))

    _replace(file, EVERY_UNIT)
    await _soon(_opening(small, 403))


def _opening(small: Ground, status: int) -> Callable[[], Awaitable[bool]]:
    async def fact() -> bool:
        return (await small.hub.post("requests", submission())).status == status

    return fact


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
async def test_a_broken_one_is_refused(
    small: Ground, file: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old one stays, the log says what is wrong and names nobody; mended, it is taken."""
    await _soon(_read(small))
    before = small.desk.registry

    write(file, text)
    seen = [""]

    async def refused() -> bool:
        seen[0] += capsys.readouterr().out
        return "desk_registry_refused" in seen[0]

    await _soon(refused)

    assert small.desk.registry is before
    assert "the old one stays" in seen[0]
    assert "geheim" not in seen[0]
    write(file, ONE_UNIT)
    await _soon(_opening(small, 403))


async def test_a_file_taken_away(small: Ground, file: Path) -> None:
    """It is a broken one, too: nobody is shut out by a file that is moved for a moment."""
    await _soon(_read(small))
    before = small.desk.registry
    _take_away(file)

    await asyncio.sleep(1.5)

    assert small.desk.registry is before


async def test_who_asks_has_it_read(small: Ground, tmp_path: Path) -> None:
    """What looks unchanged, by time, size and inode, is read when somebody asks for it."""
    file = tmp_path / "desk.toml"
    write(file, WITH_CLERK)
    async with registry_reloading(
        small.desk, lambda: read_registry(file, SECRETS), [file]
    ) as reload:
        await _soon(_read(small))
        _rewrite_unseen(file, WITH_CLERK.replace("clerk", "clark"))
        await asyncio.sleep(1.5)
        assert (await small.hub.post("requests", submission())).status == 201

        reload()

        await _soon(_opening(small, 403))


async def test_the_command_goes_by_its_files(tmp_path: Path) -> None:
    """Registry and credentials are read again together: a new client is known without a restart."""
    file, credentials = tmp_path / "desk.toml", tmp_path / "credentials.toml"
    write(file, ONE_UNIT)
    write(credentials, HUBS)

    with running("desk", "--data", tmp_path, "--port", "0", at=tmp_path) as begun:
        base = begun.says(r"The desk answers at (http://127\.0\.0\.1:\d+)/")[1]
        async with aiohttp.ClientSession() as session:

            def reading(client: Client, unit: str, status: int) -> Callable[[], Awaitable[bool]]:
                async def fact() -> bool:
                    reply = await Caller(session, base, client).get(f"changes?unit={unit}")
                    return reply.status == status

                return fact

            bureau = Client("bureau", "key-bureau", "secret-bureau")
            await _soon(reading(HUB, CIVIL, 200))
            await _soon(reading(HUB, HOUSING, 403))
            await _soon(reading(bureau, HOUSING, 401))
            write(
                credentials,
                HUBS + '[bureau]\naccess_key = "key-bureau"\nsecret = "secret-bureau"\n',
            )
            write(file, EVERY_UNIT + '[clients.bureau]\nunits = ["housing"]\n')
            await _soon(reading(HUB, HOUSING, 200))
            await _soon(reading(bureau, HOUSING, 200))
            write(file, "[clients")
            os.kill(begun.process.pid, signal.SIGHUP)
            await _soon(_said(lambda: begun.err, "desk_registry_refused"))
            await _soon(reading(bureau, HOUSING, 200))
        ended = begun.interrupt()

    assert ended.code == 0
    assert "Traceback" not in ended.err


def _said(err: Callable[[], str], word: str) -> Callable[[], Awaitable[bool]]:
    async def fact() -> bool:
        return word in err()

    return fact
