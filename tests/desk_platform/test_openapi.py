"""The OpenAPI document is served, committed, and says what the desk does."""

import re
from pathlib import Path
from typing import Any

import orjson

from hub.desk.face.app import make_app
from hub.desk.openapi import openapi_document
from tests.desk_platform.ground import CLERK, SUBJECT, Ground

COMMITTED = Path(__file__).parents[2] / "docs" / "desk-openapi.json"


async def test_served_and_committed_agree(small: Ground) -> None:
    """What is served, without a signature, is what is committed (`certhub desk --openapi`)."""
    async with small.hub.session.get(f"{small.hub.base}/api/v1/openapi.json") as reply:
        served = await reply.json()

    assert served == orjson.loads(COMMITTED.read_bytes())


async def test_every_route_is_in_it(small: Ground) -> None:
    """No route without a description, no description without a route."""
    router = make_app(small.desk).router
    routes = {
        (route.method, route.resource.canonical)
        for route in router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert routes == {
        (method.upper(), path)
        for path, methods in _document()["paths"].items()
        for method in methods
    }


def test_references_lead_somewhere() -> None:
    """Every schema that is named is there, every operation has a name of its own."""
    document = _document()
    text = orjson.dumps(document).decode()
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]

    assert document["openapi"] == "3.1.0"
    assert named == set(document["components"]["schemas"])
    assert len(names) == len(set(names))


def test_nothing_declines() -> None:
    """The three words that would decline are answered by 405 only."""
    paths = _document()["paths"]
    declining = {path for path in paths if re.search("declin|refus|reject", path)}

    assert len(declining) == 3
    for path in declining:
        responses = paths[path]["post"]["responses"]
        assert not [status for status in responses if status.startswith("2")]


async def test_answers_are_as_described(small: Ground) -> None:
    """A request has exactly the parts the document says."""
    request = await small.hub.open()
    sent = await small.hub.to_sent(request)
    await small.hub.step(request, "receipt", CLERK)
    described = _document()["components"]["schemas"]["Request"]["properties"]

    assert set(sent) == set(described)
    assert set(sent["deliveries"][0]) == set(described["deliveries"]["items"]["properties"])
    assert sent["subject"] == {"kind": "person", "id": SUBJECT, "name": "测试"}


def _document() -> Any:
    return openapi_document()
