"""Each client reads of the feed what concerns its units, and nothing else."""

from dataclasses import replace

import pytest

from hub.desk.registry import Client
from tests.desk_platform.ground import (
    ANNA,
    ARCHIVES,
    BUREAU,
    CIVIL,
    CLERK,
    HOUSING,
    REFORM,
    REGISTRY,
    SCHOOL,
    SINGLE,
    SUBJECT,
    VERA,
    VIKTOR,
    Caller,
    Ground,
)
from tests.desk_platform.test_changes import events, read

FILES = Client("files", "key-files", "secret-files", frozenset({ARCHIVES, "library"}))
SCHOOLS = Client("schools", "key-schools", "secret-schools", frozenset({SCHOOL}))
WATCH = Client("watch", "key-watch", "secret-watch", frozenset({REFORM}))


def _known(ground: Ground, client: Client) -> Caller:
    """A caller that the registry has besides the others."""
    clients = {**ground.desk.registry.clients, client.access_key: client}
    ground.desk.registry = replace(REGISTRY, clients=clients)
    return ground.caller(client)


async def test_requester_and_holder(ground: Ground) -> None:
    """Both read all of a request's changes, one as the hub by `unit`, one by its own key."""
    await ground.hub.to_made()

    asked = await read(ground.hub, f"changes?after=0&unit={HOUSING}")
    held = await read(ground.caller(BUREAU), "changes?after=0")

    assert asked == held
    assert held["last"] == 5
    assert len(held["changes"]) == 5


async def test_strangers_read_nothing(ground: Ground) -> None:
    """Neither pages nor anything of them; the number moves on, so that it isn't read again."""
    await ground.hub.to_made()
    files = _known(ground, FILES)

    assert await read(files, "changes?after=0") == {"changes": [], "last": 5}
    assert await read(files, "changes?after=0&unit=library") == {"changes": [], "last": 5}
    assert await read(files, "changes") == {"changes": [], "last": 5}


async def test_a_request_that_moves(ground: Ground) -> None:
    """Who had it reads that it went; who gets it reads on from there."""
    files, bureau = _known(ground, FILES), ground.caller(BUREAU)
    request = await ground.hub.open()
    await ground.hub.step(request, "forward", VERA, to=ARCHIVES, reason="档案馆保管")
    await ground.hub.step(request, "claim", ANNA)

    before = await read(bureau, "changes?after=0")
    after = await read(files, "changes?after=0")

    assert [each[2] for each in events(before)] == ["Issue", "Deliver", "Forward"]
    assert [each[2] for each in events(after)] == ["Forward", "Claim"]
    assert before["last"] == after["last"] == 4


async def test_a_page_of_ones_own(ground: Ground) -> None:
    """A full page ends with its last change, so that nothing is passed over."""
    first, second = await ground.hub.open(), await ground.hub.open()
    for request in (first, second):
        await ground.hub.step(request, "forward", VERA, to=ARCHIVES, reason="档案馆保管")
    files = _known(ground, FILES)

    one = await read(files, "changes?after=0&count=1")
    two = await read(files, f"changes?after={one['last']}&count=1")
    none = await read(files, f"changes?after={two['last']}&count=1")

    assert [one["last"], two["last"], none["last"]] == [5, 6, 6]
    assert [page["changes"][0]["request"] for page in (one, two)] == [first, second]
    assert none["changes"] == []


async def test_receivers_are_told_of_a_recall(ground: Ground) -> None:
    """Of this request's changes they read the recall only, and of its receivers themselves."""
    schools = _known(ground, SCHOOLS)
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    await ground.hub.step(request, "receipt", CLERK)
    looked = {
        "ref": "r",
        "certificateType": SINGLE,
        "subject": {"id": SUBJECT},
        "purpose": {"item": "i", "unit": SCHOOL, "case": "case-7"},
    }
    await ground.hub.post("proofs/lookup", {"requests": [looked]})
    objected = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    review = objected.body["objections"][0]["review"]
    await ground.hub.to_sent(review, VIKTOR, spouse="有", since="2021-01-01")

    theirs = (await read(schools, "changes?after=0"))["changes"]
    (recall,) = [each for each in (await read(ground.hub))["changes"] if each["kind"] == "recall"]

    ours = {"unit": SCHOOL, "reference": "case-7"}
    assert theirs == [{**recall, "receivers": [ours]}]
    assert recall["receivers"] == [{"unit": HOUSING, "reference": request}, ours]


async def test_supervision_reads_all(ground: Ground) -> None:
    """As it may read every request, so every change."""
    await ground.hub.to_made()
    watch = _known(ground, WATCH)

    assert await read(watch, "changes?after=0") == await read(ground.hub)
    assert await read(ground.hub, f"changes?after=0&unit={REFORM}") == await read(ground.hub)


async def test_foreign_units_are_not_read(small: Ground) -> None:
    """403 for a unit the client may not act for; 401 without a signature."""
    foreign = await small.caller(BUREAU).get(f"changes?after=0&unit={HOUSING}")
    unsigned = await small.caller(Client("x", "nobody", "x")).get("changes?after=0")

    assert foreign.status == 403
    assert unsigned.status == 401
    assert (await small.caller(BUREAU).get(f"changes?after=0&unit={CIVIL}")).status == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("after=-1", "give `last` of the answer before"),
        ("after=x", "give `last` of the answer before"),
        ("after=１", "give `last` of the answer before"),
        ("after=9999999999999999", "give `last` of the answer before"),
        ("after=99999999999999999999999", "give `last` of the answer before"),
        ("after=0&wait=31", "seconds from 0 to 30"),
        ("after=0&wait=-1", "seconds from 0 to 30"),
        ("after=0&wait=nan", "seconds from 0 to 30"),
        ("after=0&wait=1e9", "seconds from 0 to 30"),
        ("after=0&count=0", "a number from 1 to 200"),
        ("after=0&count=201", "a number from 1 to 200"),
        ("after=0&unit=%20", "say for which unit"),
    ],
)
async def test_queries_are_strict(small: Ground, query: str, said: str) -> None:
    """400 with what is allowed."""
    reply = await small.hub.get(f"changes?{query}")

    assert reply.status == 400
    assert said in reply.body["message"]


async def test_a_number_past_the_end(small: Ground) -> None:
    """409 at once: the reader knows another database than this one."""
    await small.hub.open()

    reply = await small.hub.get("changes?after=3&wait=30")

    assert reply.status == 409
    assert "past the end, 2" in reply.body["message"]
