"""The floor: the batched calls that the hub makes, and nothing else: no GraphQL, nothing recorded."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from time import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from benchmarks.contenders import CERTIFICATE, FIELDS
from benchmarks.scenarios import BATCH
from benchmarks.servers.asgi import Answer, serve
from connectors.signing import hmac_headers

_LOOKUP = "/api/v1/proofs/lookup"
_AT_ONCE = 16
_PURPOSE = {"case": "办-1", "operator": "op-001", "unit": "NB-BENCH-01"}

Found = list[dict[str, object] | None]


class Platform:
    """One verification platform, asked in as few calls as its batches allow."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url + _LOOKUP
        self._path = urlsplit(self._url).path
        self._key, self._secret = os.environ["ACCESS_KEY"], os.environ["SECRET"]
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def held(self, subjects: Sequence[Sequence[str]], item: str) -> Found:
        """What it holds of each subject, or nothing."""
        starts = range(0, len(subjects), BATCH)
        batches = [self._batch(subjects[start : start + BATCH], item) for start in starts]
        if len(batches) == 1:
            return await batches[0]
        return [found for batch in await asyncio.gather(*batches) for found in batch]

    async def _batch(self, subjects: Sequence[Sequence[str]], item: str) -> Found:
        purpose = {"item": item, **_PURPOSE}
        requests = [
            {
                "ref": str(place),
                "certificateType": CERTIFICATE,
                "subject": {"id": identifier, "name": name},
                "purpose": purpose,
            }
            for place, (identifier, name) in enumerate(subjects)
        ]
        headers = hmac_headers(self._secret, self._key, "POST", self._path, "", time())
        headers["Content-Type"] = "application/json"
        body = orjson.dumps({"requests": requests})
        async with (
            self._slots,
            self._session.post(self._url, data=body, headers=headers) as reply,
        ):
            answers = orjson.loads(await reply.read())["answers"]
        by_ref = {answer["ref"]: answer for answer in answers}
        return [_found(by_ref[str(place)]) for place in range(len(subjects))]


def _found(answer: Mapping[str, Any]) -> dict[str, object] | None:
    if answer["status"] != "held":
        return None
    fields = answer["fields"]
    return {told: fields[name] for name, told in FIELDS.items()}


@asynccontextmanager
async def opened(session: aiohttp.ClientSession) -> AsyncIterator[Answer]:
    """Looks up at the first platform, and at the second whom the first does not hold."""
    first = Platform(session, os.environ["PLATFORM_URL"])
    second = Platform(session, os.environ["SECOND_PLATFORM_URL"])

    async def answer(body: bytes) -> bytes:
        asked = orjson.loads(body)
        subjects, item = asked["subjects"], asked["item"]
        found = await first.held(subjects, item)
        if missing := [place for place, one in enumerate(found) if one is None]:
            rest = await second.held([subjects[place] for place in missing], item)
            for place, one in zip(missing, rest, strict=True):
                found[place] = one
        return orjson.dumps(found)

    yield answer


if __name__ == "__main__":
    serve(opened)
