"""A connector of any dialect, a platform that says what it is told, and a server between them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from connectors.contract import (
    Answer,
    Connector,
    ConnectorError,
    Held,
    Interface,
)
from connectors.http import Http
from tests.connectors.people import LAN, MEI, inquiry
from tests.connectors.scripted_server import (
    Asked,
    Fault,
    Said,
    ScriptedServer,
    serving,
)
from tests.connectors.speakers import (
    Speaker,
    Speech,
    connected,
)

Told = Speech | Said | Fault

MEI_HELD = Held({"name": "梅一", "id_number": MEI, "born_on": date(1970, 1, 1)})
LAN_HELD = Held({"name": "兰二", "id_number": LAN, "born_on": None})


def row(name: str, identifier: str, born_on: str = "19700101") -> Mapping[str, str]:
    return {"XM": name, "ZJHM": identifier, "CSRQ": born_on}


@dataclass
class Platform:
    """A platform that says of each subject what it is told, and what it is told to say then."""

    speaker: Speaker
    told: dict[str, Told] = field(default_factory=dict)
    then: dict[str, Told] = field(default_factory=dict)
    lookups: list[list[str]] = field(default_factory=list)
    takes: float = 0.0  # seconds for every lookup

    async def answer(self, asked: Asked) -> Said | Fault:
        if handshake := self.speaker.handshake(asked):
            return handshake
        subjects = self.speaker.subjects(asked)
        self.lookups.append(subjects)
        await asyncio.sleep(self.takes)
        speeches: list[Speech] = []
        for subject in subjects:
            told = self.told.get(subject)
            if isinstance(told, Said | Fault):
                return told
            speeches.append(told)
            self.told |= {subject: self.then[subject]} if subject in self.then else {}
        return self.speaker.say(speeches)


@dataclass
class World:
    """A connector, the platform it talks to and the server between them."""

    connector: Connector
    platform: Platform
    server: ScriptedServer
    interface: Interface

    async def ask(self, *subjects: str) -> list[Answer | ConnectorError]:
        return await self.connector.fetch(self.interface, [inquiry(one) for one in subjects])


@asynccontextmanager
async def opened(speaker: Speaker, http: Http, **limits: float) -> AsyncIterator[World]:
    platform = Platform(speaker)
    platform.told = {MEI: row("梅一", MEI), LAN: row("兰二", LAN, "")}
    async with serving(platform.answer) as server:
        connector = connected(speaker, server.url, http, **limits)
        yield World(connector, platform, server, speaker.interface)
