"""Every call of the desk, in use and in trouble, takes and answers what the document says."""

from collections.abc import Sequence

import orjson
import pytest

from hub.desk.openapi import openapi_document
from hub.desk.shared import Shared, SharedAnswer, SharedLookup
from hub.notary.words import SealKind
from tests.desk_platform.described import ReadingCaller, faults
from tests.desk_platform.ground import (
    ANNA,
    ARCHIVES,
    BOOK,
    BUREAU,
    CHIEF,
    CIVIL,
    CLERK,
    HOUR,
    HOUSING,
    KEEPER,
    REFORM,
    SINGLE,
    SUBJECT,
    VERA,
    VIKTOR,
    WATCHER,
    Ground,
    paper_seal,
    put_on_record,
    submission,
)

PURPOSE = {"item": "许可-00757-001", "case": "case-1", "itemName": "商品房预售许可"}
WHO = {"kind": "person", "id": SUBJECT, "name": "测试"}
FOUND = {"verified": {"spouse": "无", "since": None}}


class Registers:
    """Household registers behind the desk."""

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """An address where a household register is asked for."""
        return [
            Shared({"address": "海曙区"}) if each.certificate == BOOK else None for each in lookups
        ]


@pytest.fixture
def caller(small: Ground) -> ReadingCaller:
    """A caller that reads closely."""
    return ReadingCaller(small.hub.session, small.hub.base)


async def sent(caller: ReadingCaller, verifier: dict[str, str] = VERA, **more: object) -> str:
    """The id of a request that was answered in full."""
    request = await caller.open(**more)
    await caller.to_sent(request, verifier)
    return request


async def doubted_and_corrected(caller: ReadingCaller) -> str:
    """The id of a request whose answer was recalled."""
    request = await sent(caller)
    await caller.step(request, "receipt", CLERK)
    await caller.step(
        request, "objection", CLERK, delivery=1, grounds="I am married", promised="2025-03-20"
    )
    held = await caller.get(f"requests/{request}?unit={HOUSING}")
    await caller.to_sent(held.body["objections"][0]["review"], VIKTOR, spouse="某", since=None)
    await caller.step(request, "close", CLERK)
    return request


async def late_and_explained(caller: ReadingCaller, ground: Ground) -> str:
    """The id of a request that is overdue, explained, urged, moved on and withdrawn."""
    request = await caller.open(promised="2025-03-20")
    await caller.step(request, "claim", VERA)
    await caller.step(request, "reassign", CHIEF, to="viktor", reason="leave")
    await caller.step(request, "begin", VIKTOR)
    await caller.step(request, "ask", VIKTOR, kind="detail", question="which year?")
    await caller.step(request, "clarify", CLERK, answer="2020")
    await ground.pass_time(30 * HOUR)
    estimate = "2025-03-14T10:00:00+08:00"
    await caller.step(request, "explain", CHIEF, reason="flood", estimate=estimate)
    await caller.step(request, "urge", WATCHER, words="by noon")
    await caller.step(request, "make", VIKTOR, findings=FOUND)
    await caller.step(request, "return", KEEPER, reason="a misprint")
    await caller.step(request, "forward", VIKTOR, to=ARCHIVES, reason="kept there")
    await caller.step(request, "claim", ANNA)
    for word in ("decline", "refuse", "reject"):
        await caller.step(request, word, ANNA)
    await caller.step(request, "cancel", CLERK, reason="withdrawn")
    return request


async def read_everything(caller: ReadingCaller, request: str) -> None:
    """Every call that only reads."""
    await caller.get(f"requests/{request}/history?unit={HOUSING}")
    await caller.get(f"requests/{request}/deliveries/1/document?unit={HOUSING}")
    for box, unit in (("inbox", CIVIL), ("inbox", ARCHIVES), ("outbox", HOUSING)):
        page = await caller.get(f"requests/{box}?unit={unit}&count=1")
        if cursor := page.body["next"]:
            await caller.get(f"requests/{box}?unit={unit}&count=200&after={cursor}")
    for unit in (HOUSING, CIVIL, REFORM):
        await caller.get(f"reminders?unit={unit}&count=200&since=2025-03-12T00:00:00%2B08:00")
    await caller.get("changes")
    await caller.get("changes?after=0&wait=0.5&count=200")
    await caller.get(f"changes?after=0&unit={CIVIL}")


async def look_up_and_extract(caller: ReadingCaller) -> None:
    """Lookups of every outcome, verified and shared proofs, and the seals on them."""
    who, what = {"id": SUBJECT, "name": None}, {"item": "i", "case": None, "operator": "clerk"}
    asked = [
        {"ref": f"{place}", "certificateType": each, "subject": who, "purpose": what}
        for place, each in enumerate((SINGLE, BOOK, "fishing_licence"))
    ]
    lookup = orjson.dumps({"requests": asked})
    looked_up = await caller.send("POST", "/api/v1/proofs/lookup", lookup)
    assert [each["status"] for each in looked_up.body["answers"]][:2] == ["held", "held"]
    for certificate in (SINGLE, BOOK):
        asking = {"by": CLERK, "certificateType": certificate, "subject": WHO, "purpose": PURPOSE}
        extracted = await caller.post("proofs/extract", asking)
        for proof in extracted.body["proofs"]:
            seal = {SINGLE: "seal-1", BOOK: "share-1"}[certificate]
            number = proof["documentNumber"]
            await caller.get(f"seals/{seal}?unit={HOUSING}&document={number}")


async def test_in_use(small: Ground, caller: ReadingCaller) -> None:
    """Lives of requests with everything there is, answered as described, key by key."""
    seal = paper_seal("share-1", SealKind.SHARING, HOUSING)
    await put_on_record(small.desk.database, seal, CLERK["name"])
    small.desk.shared = Registers()

    recalled = await doubted_and_corrected(caller)
    moved = await late_and_explained(caller, small)
    for request in (recalled, moved):
        await read_everything(caller, request)
    await look_up_and_extract(caller)

    assert sorted(set(caller.wrong)) == []
    paths = openapi_document()["paths"]
    assert isinstance(paths, dict)
    named = {each["operationId"] for path in paths.values() for each in path.values()}
    taken = {name for name, status in caller.seen if status in {200, 201, 405}}
    assert named - taken == {"health", "openapi"}


async def test_in_trouble(small: Ground, caller: ReadingCaller) -> None:
    """Each status is described for its call, and says a message."""
    request = await caller.open()
    stranger = ReadingCaller(small.hub.session, small.hub.base, BUREAU, ahead=-3600.0)

    await stranger.get(f"requests/inbox?unit={CIVIL}")
    stranger.ahead = 0.0
    await stranger.get(f"requests/inbox?unit={HOUSING}")
    await caller.get(f"requests/{'0' * 24}?unit={HOUSING}")
    await caller.get(f"requests/{request}/deliveries/9/document?unit={HOUSING}")
    await caller.get("requests/inbox")
    await caller.get(f"requests/inbox?unit={CIVIL}&count=many")
    await caller.get("changes?after=999")
    await caller.get(f"seals/none?unit={HOUSING}&document=none")
    await caller.send("POST", "/api/v1/requests", b"{")
    await caller.post("requests", {}, "k")
    await caller.post("requests", submission(), "one")
    await caller.post("requests", submission(case="another"), "one")
    await caller.post("requests", submission(immediate="x" * 300_000))
    await caller.post("proofs/lookup", {"requests": [{}] * 101})
    await caller.step(request, "claim", CLERK)
    await caller.step(request, "seal", KEEPER)
    await caller.post("proofs/extract", {"by": CLERK})

    assert (caller.wrong, stranger.wrong) == ([], [])
    statuses = {status for _, status in caller.seen | stranger.seen}
    assert statuses == {201, 400, 401, 403, 404, 409, 413, 422}


UNSOUND = [
    (
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"b": 1},
        ["$.b isn't described"],
    ),
    ({"type": "object", "properties": {}, "required": ["a"]}, {}, ["$.a is missing"]),
    ({"type": "integer"}, True, ["$: bool in place of ['integer']"]),
    ({"type": "string", "enum": ["a"]}, "b", ["$: 'b' isn't among ['a']"]),
    ({"type": "string", "format": "date-time"}, "2025-03-12T10:00:00", ["$ has no zone"]),
    ({"type": "string", "contentEncoding": "base64"}, "a?", ["$ is no base64"]),
    ({"type": "string", "contentMediaType": "application/json"}, "{", ["$ is no application/json"]),
    ({"type": "string", "format": "date"}, "12.3.2025", ["$ is no date"]),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 7, ["$: int in place of ['string']"]),
    (
        {"type": "array", "items": {"type": "string"}},
        ["a", 7],
        ["$[1]: int in place of ['string']"],
    ),
    ({"pattern": "a"}, "a", ["$: ['pattern'] isn't read here"]),
    ({"$ref": "#/components/schemas/Message"}, {}, ["$.message is missing"]),
]


@pytest.mark.parametrize(("schema", "value", "found"), UNSOUND)
def test_the_reading_finds_what_is_wrong(
    schema: dict[str, object], value: object, found: list[str]
) -> None:
    """A value that isn't as its schema says is told, with its place."""
    assert list(faults(schema, value)) == found
