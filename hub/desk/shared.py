"""Shared information (共享信息): what platforms behind the desk hold, asked in their own dialect."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from connectors.contract import (
    Answer,
    Connector,
    ConnectorError,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    Value,
)
from hub.desk.words import Officer

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SharedLookup:
    """One certificate of one subject, and for whom and what it is asked."""

    certificate: str
    subject: str = field(repr=False)
    name: str | None = field(repr=False)
    item: str
    case: str = field(repr=False)
    by: Officer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shared:
    """It is held; `source_zh` says where."""

    values: Mapping[str, Value | None] = field(repr=False)
    source_zh: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """Whoever should know gave no answer, which doesn't mean that there is none."""

    reason: str


SharedAnswer = Shared | Silent | None
"""What is held, or silence; `None`: answered, and nothing is held."""


class SharedInformation(Protocol):
    """Finds shared information."""

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """One answer per lookup, in order; never raises for one of them."""
        ...


class NothingShared:
    """Stands where no platform is behind the desk."""

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """Nothing of anybody."""
        return [None] * len(lookups)


class SharedFrom:
    """Asks one platform behind the desk for every certificate type it has an interface for."""

    def __init__(
        self, connector: Connector, interfaces: Mapping[str, Interface], title_zh: str = ""
    ) -> None:
        self._connector = connector
        self._interfaces = interfaces
        self._title_zh = title_zh

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """One answer per lookup, in order; a batch goes out as few calls as the dialect has it."""
        places: dict[str, list[int]] = {}
        for place, each in enumerate(lookups):
            if each.certificate in self._interfaces:
                places.setdefault(each.certificate, []).append(place)
        asked = [self._asked(name, [lookups[place] for place in of]) for name, of in places.items()]
        answers: list[SharedAnswer] = [None] * len(lookups)
        for of, found in zip(places.values(), await asyncio.gather(*asked), strict=True):
            for place, answer in zip(of, found, strict=True):
                answers[place] = self._read(answer)
        return answers

    async def _asked(
        self, certificate: str, lookups: Sequence[SharedLookup]
    ) -> list[Answer | ConnectorError]:
        interface = self._interfaces[certificate]
        return await self._connector.fetch(interface, [_inquiry(each) for each in lookups])

    def _read(self, answer: Answer | ConnectorError) -> SharedAnswer:
        match answer:
            case Held(values):
                return Shared(values, self._title_zh)
            case NotHeld():
                return None
            case ConnectorError():
                _log.warning("shared_information_silent", why=str(answer))
                return Silent(str(answer))


def _inquiry(lookup: SharedLookup) -> Inquiry:
    facts = {
        "subject.id": lookup.subject,
        "purpose.item": lookup.item,
        "purpose.case": lookup.case,
        "purpose.operator": lookup.by.name,
        "purpose.sponsor_code": lookup.by.unit,
    }
    return Inquiry(facts if lookup.name is None else {**facts, "subject.name": lookup.name})
