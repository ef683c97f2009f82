"""The floors as contenders: the bare endpoints of `benchmarks.servers`, and the platforms themselves."""

import sys
from collections.abc import Mapping, Sequence

import orjson

from benchmarks.catalogue import ITEMS
from benchmarks.contenders import CERTIFICATE, FIELDS, Asked, Contender, Form, Places, Way
from hub.declarations.words import Platform

FLOOR, BARE, DIRECT = "floor", "bare", "direct"
_ONE_OR_LIST = frozenset({Form.ONE, Form.LIST})
_PROOFS = "/api/v1/proofs/lookup"


def floor(places: Places, verification: Mapping[str, str]) -> Contender:
    """The batched calls of the hub, without GraphQL and without a record."""
    signed = {"ACCESS_KEY": verification["access_key"], "SECRET": verification["secret"]}
    return Contender(
        name=FLOOR,
        title="floor: bare ASGI, aiohttp and orjson; no GraphQL, nothing recorded",
        command=(sys.executable, "-m", "benchmarks.servers.floor"),
        body=_subjects,
        read=orjson.loads,
        environ={**places.environ(), **signed},
        forms=_ONE_OR_LIST,
    )


def bare(places: Places, province: Platform, app_secret: str) -> Contender:
    """The signed call of the hub to a sharing gateway, and nothing else; under a key of its own."""
    interface = province.interfaces[CERTIFICATE]
    (parameter,) = interface.parameters
    keys = {source.name: source.key.casefold() for source in interface.answer.fields}
    columns = {told: keys[name] for name, told in FIELDS.items()}
    return Contender(
        name=BARE,
        title="bare: ASGI endpoint that makes the same signed gateway call",
        command=(sys.executable, "-m", "benchmarks.servers.bare"),
        body=_subjects,
        read=orjson.loads,
        environ={
            **places.environ(),
            "APP_KEY": "bare",
            "APP_SECRET": app_secret,
            "TARGET": interface.target,
            "ROWS": interface.answer.rows,
            "PARAMETER": parameter,
            "COLUMNS": orjson.dumps(columns).decode(),
        },
        forms=frozenset({Form.ONE}),
        ways=frozenset({Way.GATEWAY}),
    )


def direct(way: Way) -> Contender:
    """The platforms without anything before them: what platforms and driver can do at most."""
    return Contender(
        name=DIRECT,
        title="direct: the load driver asks the platform itself",
        command=(),
        body=_batch,
        read=_fields,
        path=_PROOFS,
        mark=b'"household_number":"',
        forms=_ONE_OR_LIST,
        ways=frozenset({way}),
        warm_up=0.2,
    )


def _subjects(_: Form, way: Way, asked: Sequence[Asked]) -> bytes:
    subjects = [(one.resident_id, one.name) for one in asked]
    return orjson.dumps({"subjects": subjects, "item": ITEMS[way]})


def _batch(_: Form, way: Way, asked: Sequence[Asked]) -> bytes:
    purpose = {"item": ITEMS[way], "case": "办-1", "operator": "op-001", "unit": "NB-BENCH-01"}
    requests = [
        {
            "ref": str(place),
            "certificateType": CERTIFICATE,
            "subject": {"id": one.resident_id, "name": one.name},
            "purpose": purpose,
        }
        for place, one in enumerate(asked)
    ]
    return orjson.dumps({"requests": requests})


def _fields(answer: bytes) -> Sequence[Mapping[str, object]]:
    answers = orjson.loads(answer)["answers"]
    return [{told: one["fields"][name] for name, told in FIELDS.items()} for one in answers]
