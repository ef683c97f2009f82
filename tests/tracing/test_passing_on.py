"""Platforms are told whose trace a call is part of where they declare it, and only there."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from msgspec import structs

from connectors.http import open_http
from hub.evidence import Tier
from hub.platforms import connect
from hub.routing.route import Source
from tests.connectors.contract_world import Platform as Speaking
from tests.connectors.contract_world import opened
from tests.connectors.people import MEI, inquiry
from tests.connectors.scripted_server import ScriptedServer, serving
from tests.connectors.speakers import SPEAKERS, Speaker
from tests.routing.scripted import platform
from tests.tracing.ground import CALLER, TRACE, grounded, question, settled

TOLD = {"traceparent", "tracestate", "baggage"}


def told(server: ScriptedServer) -> list[Mapping[str, str]]:
    """What each call said of its trace."""
    return [
        {name.lower(): text for name, text in asked.headers.items() if name.lower() in TOLD}
        for asked in server.asked
    ]


@pytest.mark.parametrize("speaker", SPEAKERS, ids=lambda one: one.dialect)
async def test_every_dialect_tells_where_it_is_declared(speaker: Speaker) -> None:
    """Each call of the dialect, handshakes included, names the work that it is part of."""
    async with (
        open_http(lambda: CALLER) as http,
        opened(speaker, http, trace=True) as world,
    ):
        await world.ask(MEI)

        assert told(world.server) == [{"traceparent": CALLER}] * len(world.server.asked)
        assert world.platform.lookups == [[MEI]]


@pytest.mark.parametrize("speaker", SPEAKERS, ids=lambda one: one.dialect)
async def test_no_dialect_tells_where_it_is_not(speaker: Speaker) -> None:
    """By default a platform gets no header that it does not know."""
    async with open_http(lambda: CALLER) as http, opened(speaker, http) as world:
        await world.ask(MEI)

        assert told(world.server) == [{}] * len(world.server.asked)
        assert world.platform.lookups == [[MEI]]


async def test_who_traces_nothing_tells_nothing() -> None:
    """Where there is no trace a platform that declares it gets no header."""
    async with open_http() as http, opened(SPEAKERS[0], http, trace=True) as world:
        await world.ask(MEI)

        assert told(world.server) == [{}] * len(world.server.asked)


async def test_a_platform_is_told_of_its_own_call() -> None:
    """The caller's trace and the span of the call, at the platform that declares it alone."""
    speaker = SPEAKERS[1]
    silent, telling = Speaking(speaker), Speaking(speaker)
    async with (
        serving(silent.answer) as first,
        serving(telling.answer) as second,
        grounded() as ground,
        open_http(ground.tracing.traceparent) as http,
    ):
        secrets = {"access_key": "hub", "secret": "Topsecret"}
        route = []
        for name, tier, server, trace in (
            ("province", Tier.PROVINCIAL, first, False),
            ("city", Tier.MUNICIPAL, second, True),
        ):
            declared = replace(
                platform(name, tier), dialect=speaker.dialect, url=server.url, trace=trace
            )
            route.append(Source(declared, speaker.interface, connect(declared, secrets, http)))
        asked = structs.replace(question(MEI, *route), inquiry=inquiry(MEI))
        headers = {"traceparent": CALLER, "tracestate": "x=1", "baggage": "y=2"}
        (finding,) = await ground.ask(asked, headers=headers)
        await settled()
        spans = ground.spans()

    assert [one.said.value for one in finding.trail] == ["not_held", "not_held"]
    assert (told(first), len(first.asked)) == ([{}], 1)
    assert told(second) == [{"traceparent": f"00-{TRACE}-{spans.of('certhub.call')[1].id}-01"}]
