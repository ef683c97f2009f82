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
)
from hub.declarations.words import Platform
from hub.evidence import Tier
from hub.routing.route import Source


@dataclass
class Scripted:
    """Answers each subject as its script says, else not held; `asked` holds every batch.

    `slow` subjects take that many seconds each.
    """

    script: Mapping[str, Answer | ConnectorError] = field(default_factory=dict)
    slow: Mapping[str, float] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)

    async def fetch(
        self, interface: Interface, inquiries: Sequence[Inquiry], patience: float = PATIENCE
    ) -> list[Answer | ConnectorError]:
        subjects = [inquiry.facts["subject.id"] for inquiry in inquiries]
        self.asked.append(subjects)
        await asyncio.sleep(min(patience, max(map(self._takes, subjects), default=0)))
        return [self._reply(subject, patience) for subject in subjects]

    def _takes(self, subject: str) -> float:
        return self.slow.get(subject, 0.0)

    def _reply(self, subject: str, patience: float) -> Answer | ConnectorError:
        if self._takes(subject) > patience:
            return TimedOut("late")
        return self.script.get(subject, NotHeld())

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
