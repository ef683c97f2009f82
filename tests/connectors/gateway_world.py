"""A connector to a gateway that is turned by hand, clock and all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from connectors.asking import OneByOne
from connectors.clocks import ServerClock
from connectors.contract import (
    Answer,
    AnswerShape,
    Connector,
    ConnectorError,
    Endpoint,
    FieldSource,
    Interface,
    ValueKind,
)
from connectors.gateway import SharingGateway
from connectors.http import Http
from tests.connectors.gateways import KEY, SECRET, Gateway
from tests.connectors.people import MEI, inquiry
from tests.connectors.scripted_server import (
    Script,
    ScriptedServer,
    serving,
)

NOW = 1_760_000_000.0
INTERFACE = Interface(
    "id_card",
    "/gateway/api/1/dataSharing/a.htm",
    "query",
    {"cardId": "{subject.id}"},
    AnswerShape("datas", (FieldSource("name", "XM", ValueKind.TEXT),)),
    timeout=20.0,  # 200 callers at once on a busy machine are no timeout
)


@dataclass
class Ours:
    """Our clock, turned by hand."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """A connector with its clock, and the gateway it talks to."""

    connector: Connector
    ours: Ours
    gateway: Gateway
    server: ScriptedServer

    async def ask(self, *subjects: str) -> list[Answer | ConnectorError]:
        return await self.connector.fetch(INTERFACE, [inquiry(one) for one in subjects or (MEI,)])

    def turn(self, seconds: float) -> None:
        """Turn both clocks on."""
        self.ours.now += seconds
        self.gateway.now += seconds


def connector(url: str, http: Http, ours: Ours, **options: bool) -> Connector:
    secrets = {"app_key": KEY, "app_secret": SECRET}
    # Nor is it trouble where 200 callers at once wait for their connections.
    endpoint = Endpoint("province", url, secrets, concurrency=500, connect_timeout=10.0)
    gateway = SharingGateway(endpoint, options, http, ServerClock(ours))
    return OneByOne(endpoint, gateway, coded=True)


@asynccontextmanager
async def opened(
    gateway: Gateway, http: Http, script: Script | None = None
) -> AsyncIterator[World]:
    ours = Ours()
    async with serving(script or gateway.answer) as server:
        one = connector(server.url, http, ours, lower_case_signing=gateway.lower_case)
        yield World(one, ours, gateway, server)
