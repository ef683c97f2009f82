"""The verification platform's own ways: batches."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import orjson
import pytest

from connectors.contract import (
    Answer,
    AnswerShape,
    Connector,
    ConnectorError,
    CredentialRefused,
    Endpoint,
    FieldSource,
    Garbled,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    ProofKind,
    Refused,
    TimedOut,
    ValueKind,
    WrongHolder,
)
from connectors.http import Http, open_http
from connectors.signing import hmac_signature
from connectors.verification import DIALECT
from tests.connectors.people import LAN, MEI, inquiry, resident_id
from tests.connectors.scripted_server import Asked, Fault, Said, ScriptedServer, serving, until

INTERFACE = Interface(
    "id_card",
    "id_card",
    "batch",
    {},
    AnswerShape("fields", (FieldSource("name", "name", ValueKind.TEXT),)),
    timeout=2.0,
)
OTHER = replace(INTERFACE, name="licence", target="licence")
SECRETS = {"access_key": "hub", "secret": "Topsecret"}

Request = dict[str, object]
Tell = Callable[[Request], Request | None]


def held(request: Request) -> Request:
    subject = request["subject"]
    assert isinstance(subject, dict)
    fields = {"name": f"{request['certificateType']} {subject['id']}"}
    return {"status": "held", "fields": fields, "holder": {"id": subject["id"]}}


@asynccontextmanager
async def opened(
    http: Http, tell: Tell = held, batch: int = 100
) -> AsyncIterator[tuple[Connector, ScriptedServer]]:
    async def script(asked: Asked) -> Said:
        requests = json.loads(asked.body)["requests"]
        told = [(request["ref"], tell(request)) for request in requests]
        answers = [{"ref": ref} | answer for ref, answer in told if answer is not None]
        return Said(json.dumps({"answers": answers}).encode())

    async with serving(script) as server:
        endpoint = Endpoint("verification", server.url, SECRETS, batch=batch)
        yield DIALECT.connect(endpoint, {}, http), server


def sizes(server: ScriptedServer) -> list[int]:
    return [len(json.loads(asked.body)["requests"]) for asked in server.asked]


@pytest.mark.parametrize(
    ("asked", "batch", "calls"),
    [
        (1, 100, [1]),
        (100, 100, [100]),
        (101, 100, [1, 100]),
        (250, 100, [50, 100, 100]),
        (3, 1, [1, 1, 1]),
    ],
)
async def test_batches(http: Http, asked: int, batch: int, calls: list[int]) -> None:
    """As few calls as the batch size allows; answers in order."""
    people = [resident_id(serial) for serial in range(asked)]
    async with opened(http, batch=batch) as (connector, server):
        answers = await connector.fetch(INTERFACE, [inquiry(one) for one in people])

    assert answers == [Held({"name": f"id_card {one}"}) for one in people]
    assert sorted(sizes(server)) == calls


async def test_one_tick_shares_a_call(http: Http) -> None:
    """What several ask in one tick, for several types, goes out in one call."""
    async with opened(http) as (connector, server):
        one, others = await asyncio.gather(
            connector.fetch(INTERFACE, [inquiry(MEI)]),
            connector.fetch(OTHER, [inquiry(MEI), inquiry(LAN)]),
        )

    assert one == [Held({"name": f"id_card {MEI}"})]
    assert others == [Held({"name": f"licence {MEI}"}), Held({"name": f"licence {LAN}"})]
    assert sizes(server) == [3]


async def test_who_fills_batches_leaves_the_rest_to_be_shared(http: Http) -> None:
    """Full batches go at once; the rests of one tick are joined and parted again, for least calls."""
    many, more = [[resident_id(n) for n in range(*between)] for between in ((0, 5), (5, 12))]
    async with opened(http, batch=3) as (connector, server):
        one, others = await asyncio.gather(
            connector.fetch(INTERFACE, [inquiry(each) for each in many]),
            connector.fetch(OTHER, [inquiry(each) for each in more]),
        )

    assert one == [Held({"name": f"id_card {each}"}) for each in many]
    assert others == [Held({"name": f"licence {each}"}) for each in more]
    assert sizes(server) == [3, 3, 3, 3]


async def test_a_key_tells_inquiries_apart(http: Http) -> None:
    """Inquiries of one key are asked once, whatever else they say; without one their facts count."""
    keyed = [Inquiry({**inquiry(MEI).facts, "purpose.case": case}, MEI) for case in "ab"]
    bare = [inquiry(LAN), inquiry(LAN)]
    async with opened(http) as (connector, server):
        answers = await connector.fetch(INTERFACE, [*keyed, *bare])

    assert answers == [Held({"name": f"id_card {one}"}) for one in (MEI, MEI, LAN, LAN)]
    assert sizes(server) == [2]
    assert MEI not in repr((keyed, bare, answers))


async def test_each_outcome_is_told_when_its_batch_has_ended(http: Http) -> None:
    """One of two batches hangs: what the other one said is known meanwhile, before it times out."""
    told: dict[int, Answer | ConnectorError] = {}
    hanging = asyncio.Event()

    async def script(asked: Asked) -> Said | Fault:
        requests = json.loads(asked.body)["requests"]
        if requests[0]["subject"]["id"] == resident_id(0):
            hanging.set()
            return Fault.HANG
        answers = [{"ref": request["ref"], **held(request)} for request in requests]
        return Said(json.dumps({"answers": answers}).encode())

    async with serving(script) as server:
        endpoint = Endpoint("verification", server.url, SECRETS, batch=2)
        connector = DIALECT.connect(endpoint, {}, http)
        inquiries = [inquiry(resident_id(number)) for number in range(4)]
        fetching = asyncio.create_task(
            connector.fetch(INTERFACE, inquiries, told=lambda place, one: told.update({place: one}))
        )
        await until(lambda: bool(told) and hanging.is_set())
        early = {place: type(one) for place, one in told.items()}
        outcomes = await fetching

    assert early == {2: Held, 3: Held}
    assert [type(one) for one in outcomes] == [TimedOut, TimedOut, Held, Held]
    assert [told[place] for place in range(4)] == outcomes


async def test_one_who_leaves_takes_nothing_from_the_others(http: Http) -> None:
    """An asker cancelled while its batch is on the way leaves the answers to the others."""
    async with opened(http) as (connector, server):
        leaving = asyncio.create_task(connector.fetch(INTERFACE, [inquiry(MEI)]))
        staying = asyncio.create_task(connector.fetch(INTERFACE, [inquiry(LAN)]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        leaving.cancel()

        assert await staying == [Held({"name": f"id_card {LAN}"})]

    assert leaving.cancelled()
    assert sizes(server) == [2]


async def test_a_bug_reaches_all_who_still_wait(http: Http) -> None:
    """A bug in a batch flies to its askers, whether or not another one has left."""
    nobody = Inquiry({"purpose.item": "x"})
    async with opened(http) as (connector, server):
        leaving = asyncio.create_task(connector.fetch(INTERFACE, [inquiry(MEI)]))
        staying = asyncio.create_task(connector.fetch(INTERFACE, [nobody]))
        await asyncio.sleep(0)
        leaving.cancel()

        with pytest.raises(KeyError, match=r"subject\.id"):
            await staying

    assert leaving.cancelled()
    assert server.asked == []


async def test_who_waits_when_the_session_ends_is_cancelled() -> None:
    """Closing the session ends a lookup under way; nobody waits for it for ever."""

    async def script(_: Asked) -> Fault:
        return Fault.HANG

    async with serving(script) as server:
        async with open_http() as own_http:
            connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, own_http)
            waiting = asyncio.create_task(connector.fetch(INTERFACE, [inquiry(MEI)]))
            await until(lambda: server.now)
        await asyncio.wait([waiting])

    assert waiting.cancelled()


async def test_request(http: Http) -> None:
    """What is asked: type, subject and purpose, signed."""
    async with opened(http) as (connector, server):
        one = replace(INTERFACE, parameters={"born": "19700101"})
        await connector.fetch(one, [inquiry(MEI, subject__name="")])

    (asked,) = server.asked
    date = asked.headers["X-BG-DATE-TIME"]
    assert (asked.method, asked.path) == ("POST", "/api/v1/proofs/lookup")
    assert json.loads(asked.body) == {
        "requests": [
            {
                "ref": "0",
                "certificateType": "id_card",
                "subject": {"id": MEI, "name": None},
                "purpose": {
                    "item": "许可-00757-001",
                    "case": "330200260102000042",
                    "operator": "clerk-7",
                    "unit": "11330200MB0000000A",
                },
                "parameters": {"born": "19700101"},
            }
        ]
    }
    assert asked.headers["X-BG-HMAC-SIGNATURE"] == hmac_signature(
        "Topsecret", "hub", "POST", asked.path, "", date
    )


TOLD: list[tuple[Request | None, object, str]] = [
    ({"status": "notHeld"}, NotHeld(), ""),
    ({"status": "error", "code": "E7"}, Refused, "code E7"),
    ({"status": "error"}, Refused, "code (not shown)"),
    ({"status": "held", "fields": {}}, Garbled, "held, but without a field"),
    ({"status": "held"}, Garbled, "nothing stands at 'fields'"),
    ({"status": "held", "fields": {"name": "x"}}, Held({"name": "x"}), ""),
    (
        {"status": "held", "fields": {"name": "x"}, "proof": "verified"},
        Held({"name": "x"}, ProofKind.VERIFIED),
        "",
    ),
    (
        {"status": "held", "fields": {"name": "x"}, "proof": "shared"},
        Held({"name": "x"}, ProofKind.SHARED),
        "",
    ),
    ({"status": "held", "fields": {"name": "x"}, "proof": None}, Held({"name": "x"}), ""),
    ({"status": "held", "fields": {"name": "x"}, "proof": "paper"}, Garbled, "no known kind"),
    ({"status": "held", "fields": {"name": "x"}, "proof": True}, Garbled, "no known kind"),
    ({"status": "held", "fields": {"name": "x"}, "holder": {"id": LAN}}, WrongHolder, "somebody"),
    ({"status": "perhaps"}, Garbled, "no answer of a known status"),
    (None, Garbled, "no answer of a known status"),
]


@pytest.mark.parametrize(("told", "meaning", "text"), TOLD)
async def test_answers(http: Http, told: Request | None, meaning: object, text: str) -> None:
    """One answer's trouble, in the middle of a batch, is its own."""
    people = [resident_id(11), MEI, resident_id(12)]

    def tell(request: Request) -> Request | None:
        subject = request["subject"]
        assert isinstance(subject, dict)
        return told if subject["id"] == MEI else held(request)

    async with opened(http, tell) as (connector, server):
        before, answer, after = await connector.fetch(INTERFACE, [inquiry(one) for one in people])

    assert (before, after) == (
        Held({"name": f"id_card {people[0]}"}),
        Held({"name": f"id_card {people[2]}"}),
    )
    assert (type(answer) if isinstance(meaning, type) else answer) == meaning
    assert text in str(answer)
    assert sizes(server) == [3]


@pytest.mark.parametrize("turned", [False, True])
async def test_two_answers_to_one_inquiry_are_none(http: Http, turned: bool) -> None:
    """Which of the two counts is not ours to guess, whatever their order: it may be held after all."""
    answers = [
        {"ref": "0", "status": "notHeld"},
        {"ref": 0, "status": "held", "fields": {"name": "x"}},
    ]
    others = [{"ref": "1", "status": "notHeld"}, {"ref": "7", "status": "notHeld"}]

    async def script(_: Asked) -> Said:
        return Said(orjson.dumps({"answers": [*(answers[::-1] if turned else answers), *others]}))

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("verification", server.url, SECRETS), {}, http)
        twice, once = await connector.fetch(INTERFACE, [inquiry(MEI), inquiry(resident_id(11))])

    assert isinstance(twice, Garbled)
    assert "two answers" in str(twice)
    assert once == NotHeld()


@pytest.mark.parametrize("body", [b"{}", b'{"answers":{}}', b'{"answers":[7]}'])
async def test_no_answers(http: Http, body: bytes) -> None:
    """A reply without answers is garbled for all who were in it, each by its own name."""

    async def script(_: Asked) -> Said:
        return Said(body)

    async with serving(script) as server:
        endpoint = Endpoint("verification", server.url, SECRETS)
        connector = DIALECT.connect(endpoint, {}, http)
        one, other = await asyncio.gather(
            connector.fetch(INTERFACE, [inquiry(MEI)]), connector.fetch(OTHER, [inquiry(MEI)])
        )

    outcomes: list[Answer | ConnectorError] = one + other
    assert [type(outcome) for outcome in outcomes] == [Garbled, Garbled]
    assert [str(outcome).split(":")[0] for outcome in outcomes] == [
        "verification/id_card",
        "verification/licence",
    ]


async def test_the_most_patient_decides(http: Http) -> None:
    """A shared call lasts as long as the longest of its interfaces' timeouts."""

    async def script(_: Asked) -> Fault:
        return Fault.HANG

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("verification", server.url, SECRETS), {}, http)
        hasty, patient = replace(INTERFACE, timeout=0.05), replace(OTHER, timeout=0.2)
        (one,), (other,) = await asyncio.gather(
            connector.fetch(hasty, [inquiry(MEI)]), connector.fetch(patient, [inquiry(MEI)])
        )

    assert type(one) is type(other) is TimedOut
    assert "within 0.2 s" in str(one)
    assert len(server.asked) == 1


@pytest.mark.parametrize("health", [b'{"status":"up","time":4000000000000}', b'{"status":"up"}'])
async def test_probe(http: Http, health: bytes) -> None:
    """A probe asks for health and for the proofs of nobody, and learns the clock."""

    async def script(asked: Asked) -> Said:
        return Said(health if asked.method == "GET" else b'{"answers":[]}')

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("verification", server.url, SECRETS), {}, http)
        seen = await connector.probe()

    assert (seen.reachable, seen.credential_accepted) == (True, True)
    assert seen.clock_offset is not None
    assert (seen.clock_offset > 0) is (b"time" in health)
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("GET", "/api/v1/health"),
        ("POST", "/api/v1/proofs/lookup"),
    ]


async def test_probe_of_a_wrong_key(http: Http) -> None:
    """A refused key is told."""

    async def script(asked: Asked) -> Said:
        return (
            Said(b"{}") if asked.method == "GET" else Said(b'{"message":"Invalid signature"}', 401)
        )

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("verification", server.url, SECRETS), {}, http)
        seen = await connector.probe()
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert (seen.reachable, seen.credential_accepted) == (True, False)
    assert type(answer) is CredentialRefused
