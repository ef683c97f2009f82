"""The feed of changes: every committed step, reminder and recall, once, in the order of commits."""

from typing import Any

from hub.desk.registry import Client
from tests.desk_platform.ground import (
    ARCHIVES,
    CIVIL,
    HOUSING,
    SINGLE,
    VERA,
    Caller,
    Ground,
)

LIBRARY = Client("library", "key-library", "secret-library", frozenset({ARCHIVES, "library"}))


async def _read(caller: Caller, after: int = 0, more: str = "") -> Any:
    reply = await caller.get(f"changes?after={after}{more}")
    assert reply.status == 200, reply.body
    return reply.body


def _events(page: Any) -> list[tuple[int, str, str]]:
    return [(each["sequence"], each["kind"], each["event"]) for each in page["changes"]]


async def test_every_step_is_in_it(ground: Ground) -> None:
    """Numbered from one, without a gap, each with the version the request had by then."""
    request = await ground.hub.open()
    sent = await ground.hub.to_sent(request)

    page = await _read(ground.hub)

    events = ["Issue", "Deliver", "Claim", "Begin", "Make", "Seal", "Send"]
    assert _events(page) == [(number, "step", each) for number, each in enumerate(events, 1)]
    assert [each["version"] for each in page["changes"]] == [1, 2, 3, 4, 5, 6, 7]
    assert page["last"] == sent["version"] == 7
    assert page["changes"][-1] == {
        "sequence": 7,
        "at": "2025-03-12T10:00:00+08:00",
        "kind": "step",
        "request": request,
        "version": 7,
        "event": "Send",
        "state": "sent",
        "certificateType": SINGLE,
        "requester": HOUSING,
        "holder": CIVIL,
        "formerHolder": None,
        "receivers": [],
    }


async def test_every_view_has_the_version(ground: Ground) -> None:
    """Alone, in the inbox and in the outbox, it is the number of entries of the history."""
    request = await ground.hub.open()
    await ground.hub.step(request, "claim", VERA)

    alone = await ground.hub.get(f"requests/{request}?unit={HOUSING}")
    inbox = await ground.hub.get(f"requests/inbox?unit={CIVIL}")
    outbox = await ground.hub.get(f"requests/outbox?unit={HOUSING}")
    history = await ground.hub.get(f"requests/{request}/history?unit={HOUSING}")

    versions = [alone.body, *inbox.body["requests"], *outbox.body["requests"]]
    assert [each["version"] for each in versions] == [3, 3, 3]
    assert len(history.body["entries"]) == 3
