"""`certhub webhooks`: add, list, remove, test."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Judge

from hub.storage.engine import open_engine
from hub.storage.outbox_store import Message, Outbox
from tests.commands.terminal import Ended, certhub
from tests.webhooks.ground import BEGAN, ReceiverAt, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[ReceiverAt]:
    """A receiver on this machine."""
    async with receiving() as up:
        yield up


async def run(*words: str, at: Path) -> Ended:
    """`certhub webhooks …`, while the receiver answers."""
    return await asyncio.to_thread(certhub, "webhooks", *words, at=at)


async def added(at: Path, url: str) -> tuple[str, str, str]:
    """Id, secret and what was said beside them."""
    made = await run("add", "--unit", "U-1", "--url", url, at=at)
    assert made.code == 0, made.err
    found = re.search(r"webhook (wh_[0-9a-f]{16}) for unit U-1; its secret:", made.err)
    assert found
    return found[1], made.out, made.err


async def test_a_webhook_from_birth_to_removal(tmp_path: Path, receiver: ReceiverAt) -> None:
    """Its secret is alone on stdout and never seen again; the list hides the URL's query."""
    name, secret, said = await added(tmp_path, receiver.url + "?token=hidden")

    listed = await run("list", at=tmp_path)
    removed = await run("remove", name, at=tmp_path)
    after = await run("list", at=tmp_path)

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert "can't be shown again" in said
    assert "no catalogue in force names unit U-1" in said
    assert name in listed.out
    assert "not told yet" in re.sub(r"\s+", " ", listed.out)
    assert "hidden" not in listed.out
    assert secret not in listed.out
    assert removed.out == f"webhook {name} of unit U-1 is removed."
    assert name not in after.out


async def test_a_test_message_is_signed(tmp_path: Path, receiver: ReceiverAt) -> None:
    """The secret that was shown is the one that signs."""
    name, secret, _ = await added(tmp_path, receiver.url)
    receiver.judge = Judge(secret)

    tried = await run("test", name, at=tmp_path)

    assert tried.code == 0, tried.err
    assert re.fullmatch(rf"webhook {name} was told in \d+ ms\.", tried.out)
    (got,) = receiver.got
    assert (got.body["type"], got.body["data"]) == ("webhook.test", {"unit": "U-1"})


async def test_a_test_that_fails_says_why(tmp_path: Path, receiver: ReceiverAt) -> None:
    """A receiver that refuses the signature: the status is told, and the command fails."""
    name, _, _ = await added(tmp_path, receiver.url)

    tried = await run("test", name, at=tmp_path)

    assert (tried.code, tried.out) == (1, "")
    assert tried.err == f"certhub: webhook {name} was not told: answered 401."


def change_secret(folder: Path) -> None:
    """Put another secret into the data folder."""
    (secret,) = folder.rglob("secret")
    secret.write_text("0" * 64)


async def test_another_secret_of_the_hub(tmp_path: Path, receiver: ReceiverAt) -> None:
    """A data folder whose secret was changed: said at once, and nothing is sent."""
    name, _, _ = await added(tmp_path, receiver.url)
    change_secret(tmp_path)

    tried = await run("test", name, at=tmp_path)

    assert tried.code == 1
    assert "the hub's secret is another one than when it was added" in tried.err
    assert receiver.got == []


async def test_a_silent_receiver_is_shown(tmp_path: Path, receiver: ReceiverAt) -> None:
    """The list says since when, why, how much waits and how much was given up."""
    name, _, _ = await added(tmp_path, receiver.url)
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/.certhub/certhub.db", make=False)
    outbox = Outbox(engine, "me")
    assert await outbox.take(BEGAN, BEGAN)
    waits = [Message(name, n, f"r-{n}", "{}", BEGAN, 0, BEGAN) for n in (1, 2, 3)]
    await outbox.move(3, lambda _: waits)
    await outbox.not_told(waits[0], None, "answered 500", BEGAN)
    await engine.dispose()

    listed = await run("list", at=tmp_path)

    cells = [cell.strip() for cell in re.sub(r"\s+", " ", listed.out).split("│")]
    assert cells[cells.index("U-1") + 3 : cells.index("U-1") + 5] == ["2", "1"]
    told = f"silent since {BEGAN:%Y-%m-%d %H:%M}: answered 500"
    assert told.replace(" ", "") in re.sub(r"[\s│]", "", listed.out)


async def test_a_url_that_may_not_be(tmp_path: Path) -> None:
    """Plain http to another machine is refused with what is allowed; nothing is registered."""
    made = await run("add", "--unit", "U-1", "--url", "http://10.0.0.7/hook", at=tmp_path)

    assert (made.code, made.out) == (1, "")
    assert made.err == (
        "certhub: Give a URL with https://, or with http:// where the receiver runs on this "
        "machine. This one is http://10.0.0.7."
    )


@pytest.mark.parametrize("word", ["remove", "test"])
async def test_an_unknown_webhook(tmp_path: Path, word: str) -> None:
    """An unknown id is told with where to look."""
    done = await run(word, "wh_0000000000000000", at=tmp_path)

    assert done.code == 1
    assert done.err == (
        "certhub: there is no webhook wh_0000000000000000. `certhub webhooks list` shows them."
    )
