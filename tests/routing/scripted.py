"""A connector that answers as told, by subject, and counts what it was asked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.contract import (
    PATIENCE,
    Answer,
    AnswerShape,
    ConnectorError,
    Health,
    Inquiry,
    Interface,
    NotHeld,
    TimedOut,
    Told,
    untold,
)
from hub.declarations.words import Platform
from hub.evidence import Tier
from hub.routing.route import Source


@dataclass
class Scripted:
    """Answers each subject as its script says, else not held; `asked` holds every batch.

    A list in the script is answered one after the other. `slow` subjects take that many seconds.
    """

    script: Mapping[str, Answer | ConnectorError | list[Answer | ConnectorError]] = field(
        default_factory=dict
    )
    slow: Mapping[str, float] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        subjects = [inquiry.facts["subject.id"] for inquiry in inquiries]
        self.asked.append(subjects)
        self.timeouts.append(interface.timeout)

        async def answer(place: int) -> Answer | ConnectorError:
            reply = await self._reply(subjects[place], interface.timeout)
            told(place, reply)
            return reply

        return await asyncio.gather(*(answer(place) for place in range(len(subjects))))

    async def _reply(self, subject: str, seconds: float) -> Answer | ConnectorError:
        takes = self.slow.get(subject, 0.0)
        await asyncio.sleep(min(seconds, takes))
        if takes > seconds:
            return TimedOut("late")
        reply = self.script.get(subject, NotHeld())
        return reply.pop(0) if isinstance(reply, list) else reply

    async def probe(self) -> Health:
        return Health(True, True, 0.0, "scripted")


def interface(name: str) -> Interface:
    return Interface(name, "/x", "query", {}, AnswerShape("datas", ()), 1.0)


def platform(name: str, tier: Tier, *types: str, regions: tuple[str, ...] = ()) -> Platform:
    return Platform(
        name=name,
        title_zh=name,
        title_en=name,
        tier=tier,
        dialect="gateway",
        url="http://127.0.0.1:1",
        credential=name,
        regions=regions,
        concurrency=8,
        batch=100,
        max_bytes=1000,
        connect_timeout=1.0,
        options={},
        interfaces={one: interface(f"{name}/{one}") for one in types},
    )


def source(name: str, tier: Tier, connector: Scripted) -> Source:
    return Source(platform(name, tier), interface(f"{name}/x"), connector)


def source_at(name: str, at: str, connector: Scripted) -> Source:
    """One of several interfaces of a provincial platform."""
    return Source(platform(name, Tier.PROVINCIAL), interface(f"{name}/{at}"), connector)
