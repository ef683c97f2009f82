"""Whoever asked before the hub was told to end has an answer; and it ends, whatever holds it up."""

import asyncio
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import aiohttp
import pytest
from sqlalchemy import URL, make_url

from hub.commands.running import grace
from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from hub.settings import read_settings
from tests.commands.terminal import running, sourced
from tests.databases import POSTGRES, WITHOUT_POSTGRES, postgres_database

QUERY = """
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename trail { said }
  }
}
"""


def sent(url: str, method: str, document: object, **headers: str) -> bytes:
    """The answer to a JSON document."""
    request = urllib.request.Request(url, json.dumps(document).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        body: bytes = answer.read()
        return body


def test_a_lookup_outlives_the_end(tmp_path: Path) -> None:
    """Ctrl-C while two platforms hang: the lookup runs to its end, nothing is cut off."""
    words = ("demo", "--data", tmp_path / "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=tmp_path) as begun, ThreadPoolExecutor(1) as pool:
        begun.says("Ctrl-C ends it")
        given = sourced(tmp_path / "data" / "environment")
        pairs = [one.partition("=") for one in given["CERTHUB_ENDPOINTS"].split(",")]
        for _, _, url in (one for one in pairs if one[2] != "embedded"):
            sent(f"{url}/sandbox/dials", "PUT", {"hang_rate": 1.0})
        found = re.search(r'"residentId": "([0-9X]{18})", "name": "(\w+)"', begun.out)
        assert found
        variables = {
            "subject": {"person": {"residentId": found[1], "name": found[2]}},
            "purpose": {"item": "许可-00757-000", "case": "1", "operator": "op-001"},
        }
        headers = {
            "Authorization": f"Bearer {given['CERTHUB_API_KEY']}",
            "Content-Type": "application/json",
        }
        document = {"query": QUERY, "variables": variables}
        asked = pool.submit(sent, given["CERTHUB_URL"], "POST", document, **headers)
        time.sleep(0.5)

        ended = begun.interrupt()

        answer: dict[str, Any] = json.loads(asked.result())
    assert answer["data"]["certificate"] == {
        "__typename": "Unavailable",
        "trail": [{"said": "TIMED_OUT"}, {"said": "TIMED_OUT"}, {"said": "NOT_HELD"}],
    }
    assert ended.code == 0
    assert "Traceback" not in ended.err


NEVER_ENDS = """
import asyncio
from hub.commands.running import run, stopped_by_signal

async def work():
    with stopped_by_signal(0.5) as stopped:
        print("up", flush=True)
        await stopped.wait()
        print("stopping", flush=True)
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                pass

run(work())
"""


def test_what_never_ends_is_cut_off() -> None:
    """Whatever holds it up: a process that was told to end does, with a word and not with exit 0."""
    words = [sys.executable, "-c", NEVER_ENDS]
    with subprocess.Popen(words, stdout=PIPE, stderr=PIPE, text=True) as stuck:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "up\n"
        stuck.send_signal(signal.SIGTERM)
        out, err = stuck.communicate(timeout=30)

    assert (stuck.returncode, out) == (1, "stopping\n")
    assert err.startswith("certhub: not everything had ended 0.5 s after it was told to;")


@pytest.mark.parametrize("full", [False, True])
def test_it_is_cut_off_where_nobody_hears_the_word(full: bool) -> None:
    """Who read stderr is gone, or reads no more: the word is lost, the end is not."""
    reader, writer = os.pipe()
    if full:
        os.set_blocking(writer, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writer, b"." * select.PIPE_BUF)
        os.set_blocking(writer, True)
    words = [sys.executable, "-c", NEVER_ENDS]
    with subprocess.Popen(words, stdout=PIPE, stderr=writer, text=True) as stuck:
        os.close(writer)
        if not full:
            os.close(reader)
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "up\n"
        stuck.send_signal(signal.SIGTERM)
        try:
            assert stuck.wait(30) == 1
        finally:
            stuck.kill()
    if full:
        os.close(reader)


@pytest.mark.slow
@pytest.mark.skipif(POSTGRES is None, reason=WITHOUT_POSTGRES)
async def test_a_database_that_went_silent_holds_up_no_end(tmp_path: Path) -> None:
    """PostgreSQL no longer answers, and its connections stay open: the hub ends all the same.

    In order where nothing waited for the database at that moment, else cut off.
    """
    async with postgres_database() as url, silenced(make_url(url)) as wire:
        given = {
            "CERTHUB_DATABASE": wire.url,
            "CERTHUB_PLATFORMS": str(packaged_platforms()),
            "CERTHUB_CREDENTIALS": str(packaged_credentials()),
            "CERTHUB_WITHIN_MOST": "1",
            "CERTHUB_WITHIN": "1",
        }
        with running("serve", "--port", "0", at=tmp_path, given=given) as begun:
            said = await asyncio.to_thread(begun.says, r"answers at (http://\S+)/graphql")
            wire.silent.set()
            # A write that never comes back.
            ready = aiohttp.request("GET", f"{said[1]}/health/ready")
            async with ready as reply:
                assert reply.status == 503

            ended = await asyncio.to_thread(begun.interrupt)

    cut_off = "not everything had ended 16 s after it was told to" in ended.err
    assert (ended.code, cut_off) in {(0, False), (1, True)}


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire to a database, by the URL at its near end; silent, it takes all and hands on nothing."""

    url: str
    silent: asyncio.Event


@asynccontextmanager
async def silenced(database: URL) -> AsyncIterator[Wire]:
    """A wire that goes silent when it is told to."""
    silent = asyncio.Event()

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if not silent.is_set():
                    writer.write(data)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(database.host, database.port)
        with closing(writer), closing(back):
            ways = {asyncio.create_task(hand_on(reader, back))}
            ways.add(asyncio.create_task(hand_on(there, writer)))
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    async with server:
        near = database.set(port=server.sockets[0].getsockname()[1])
        yield Wire(near.render_as_string(hide_password=False), silent)


@pytest.mark.parametrize(("most", "seconds"), [("10", 15), ("3.3", 9), ("60", 65)])
def test_the_grace_follows_the_longest_query(most: str, seconds: int) -> None:
    """Whoever lets sources be slower gives requests longer to end."""
    assert grace(read_settings({"CERTHUB_WITHIN_MOST": most})) == seconds
