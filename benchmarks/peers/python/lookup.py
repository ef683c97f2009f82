"""The bare lookup, the same for every peer in Python: the platforms' batch call through aiohttp."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import aiohttp
import orjson

LARGEST_BATCH = 100
"""Subjects that the platforms take in one call."""

_PATH = "/api/v1/proofs/lookup"
_HEADERS = {"Content-Type": "application/json"}


class Lookup(NamedTuple):
    """One lookup; what makes two of them equal is all of it."""

    type: str
    resident_id: str
    name: str | None
    item: str
    case: str
    operator: str


class Held(NamedTuple):
    """What a platform holds: its name, and the fields as it names them."""

    source: str
    fields: Mapping[str, str]


class Platforms:
    """Both platforms, over kept connections."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._urls = {
            "verification": os.environ["PLATFORM_URL"] + _PATH,
            "verification_second": os.environ["SECOND_PLATFORM_URL"] + _PATH,
        }

    async def held(self, lookups: Sequence[Lookup]) -> list[Held | None]:
        """One answer for each lookup, in order: from the first platform that holds it."""
        found: list[Held | None] = [None] * len(lookups)
        open_places = list(range(len(lookups)))
        for source, url in self._urls.items():
            answers = await self._asked(url, [lookups[place] for place in open_places])
            for place, fields in zip(open_places, answers, strict=True):
                found[place] = None if fields is None else Held(source, fields)
            open_places = [place for place in open_places if found[place] is None]
            if not open_places:
                break
        return found

    async def _asked(self, url: str, lookups: Sequence[Lookup]) -> list[Mapping[str, str] | None]:
        body = orjson.dumps({"requests": [_request(*each) for each in enumerate(lookups)]})
        async with self._session.post(
            url, data=body, headers=_HEADERS, raise_for_status=True
        ) as reply:
            document = orjson.loads(await reply.read())
        answers = {answer["ref"]: answer for answer in document["answers"]}
        return [answers[str(place)].get("fields") for place in range(len(lookups))]


def _request(place: int, lookup: Lookup) -> dict[str, object]:
    return {
        "ref": str(place),
        "certificateType": lookup.type,
        "subject": {"id": lookup.resident_id, "name": lookup.name},
        "purpose": {"item": lookup.item, "case": lookup.case, "operator": lookup.operator},
    }
