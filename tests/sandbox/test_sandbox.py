"""The sandbox as a whole: ports, folders of one's own, a process of its own."""

import asyncio
import random
import shutil
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from hub.declarations.words import ConfigurationError
from hub.sandbox.ports import PORTS
from hub.sandbox.sandbox import SandboxOptions, open_sandbox, packaged_platforms

MARRIAGE = "province/interfaces/marriage_registration.toml"
RUN = """
import sys
from hub.sandbox.sandbox import SandboxOptions, run_sandbox
run_sandbox(
    SandboxOptions(size=10, ports=None),
    lambda sandbox: print(sandbox.urls["verification"], flush=True),
)
print("down", flush=True)
"""


async def test_every_platform_has_its_own_port() -> None:
    """Five platforms, five ports, and the declarations point there."""
    async with open_sandbox(SandboxOptions(size=10, ports=None)) as sandbox:
        assert sandbox.urls.keys() == PORTS.keys()
        assert len(set(sandbox.urls.values())) == 5
        assert {name: each.url for name, each in sandbox.platforms.items()} == sandbox.urls


async def test_a_platform_listens_where_it_is_told() -> None:
    """A given port is taken; platforms that are not named take any free one."""
    port = random.randrange(20_000, 30_000)  # the system gives out none of these by itself
    async with open_sandbox(SandboxOptions(size=10, ports={"province": port})) as sandbox:
        assert sandbox.urls["province"] == f"http://127.0.0.1:{port}"


async def test_a_taken_port_is_named_with_its_fix() -> None:
    """The error names port, host and platform, and what to do; nothing stays up."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = SandboxOptions(size=10, ports={"verification": port})
        with pytest.raises(ConfigurationError) as refused:
            async with open_sandbox(options):
                pytest.fail("opened on a taken port")

    assert str(refused.value) == (
        f"port {port} of 127.0.0.1 is taken, so the sandbox platform verification can't start;"
        " stop what listens there, or give this platform another port (0: any free one)"
    )


async def test_a_port_for_no_platform_is_refused() -> None:
    """A misspelt platform is named, with those there are."""
    with pytest.raises(ConfigurationError, match='ports: no platform "provnce" here; there are'):
        async with open_sandbox(SandboxOptions(size=10, ports={"provnce": 1})):
            pytest.fail("opened with a port for nobody")


async def test_a_foreign_address_is_refused() -> None:
    """An address that is not this machine's is named, with the fix."""
    with pytest.raises(ConfigurationError, match="give a local address"):
        async with open_sandbox(SandboxOptions(size=10, ports=None, host="203.0.113.1")):
            pytest.fail("opened on a foreign address")


async def test_an_unknown_platform_names_the_known_ones() -> None:
    """Asking for a platform that is not there says which are."""
    async with open_sandbox(SandboxOptions(size=10, ports=None)) as sandbox:
        with pytest.raises(LookupError, match='no platform "county" here; there are'):
            sandbox.platform("county")


async def test_it_serves_the_folders_it_is_given(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """A folder of one's own is served as it is: what it leaves out is not there."""
    shutil.copytree(packaged_platforms() / "verification", tmp_path / "verification")
    async with open_sandbox(SandboxOptions(size=10, platforms=tmp_path, ports=None)) as sandbox:
        assert list(sandbox.urls) == ["verification"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{subject.id}", "{subject.name}", "no template holds {subject.id}"),
        (
            "001003006/dataSharing/iV8QudpgdLd3U8di",
            "001003001/dataSharing/XQ5JY79sUDqsxsq1",
            "belongs to .* already",
        ),
    ],
)
async def test_an_interface_it_cannot_play_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """An interface that names nobody, or shares another's path, is named with the reason."""
    shutil.copytree(packaged_platforms(), tmp_path, dirs_exist_ok=True)
    file = tmp_path / MARRIAGE
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(ConfigurationError, match=message):
        async with open_sandbox(SandboxOptions(size=10, platforms=tmp_path, ports=None)):
            pytest.fail("opened with an interface it can't play")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_runs_alone_until_told_to_stop(
    http: aiohttp.ClientSession, number: signal.Signals
) -> None:
    """In a process of its own it answers, and ends cleanly on a signal."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with http.get(f"{url}/api/v1/health") as response:
        assert response.status == 200
    process.send_signal(number)
    out, err = await asyncio.wait_for(process.communicate(), 10)

    assert (process.returncode, out, err) == (0, b"down\n", b"")
