"""A bare endpoint that makes the same signed call to a sharing gateway, for one lookup per request."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import time

import aiohttp
import orjson
from yarl import URL

from benchmarks.contenders import FIELDS
from benchmarks.servers.asgi import Answer, serve
from connectors.signing import form_encoded, md5_sign

_RENEW = "/gateway/app/refreshTokenByKey.htm"


class Gateway:
    """One interface of one gateway under one key, with the secret of its last handshake."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session, self._url = session, os.environ["GATEWAY_URL"]
        self._key, self._app_secret = os.environ["APP_KEY"], os.environ["APP_SECRET"]
        self._target, self._rows = os.environ["TARGET"], os.environ["ROWS"].split(".")
        self._columns: Mapping[str, str] = orjson.loads(os.environ["COLUMNS"])
        self._parameter = os.environ["PARAMETER"]
        self._secret, self._renewing = "", asyncio.Lock()

    async def renew(self, stale: str = "") -> None:
        """A handshake, one for all who find the same secret stale: it ends the one before."""
        async with self._renewing:
            if self._secret != stale:
                return
            signed = form_encoded(self._signed(self._app_secret))
            async with self._session.post(f"{self._url}{_RENEW}?{signed}") as reply:
                self._secret = orjson.loads(await reply.read())["datas"]["requestSecret"]

    async def held(self, subject: str, item: str) -> dict[str, object]:
        """The eight fields; one more handshake and call where the secret has ended."""
        secret = self._secret
        document = await self._asked(subject, item)
        if document["code"] != "00":
            await self.renew(secret)
            document = await self._asked(subject, item)
        row = self._row(document)
        return {name: row[column] for name, column in self._columns.items()}

    async def _asked(self, subject: str, item: str) -> dict[str, object]:
        additional = {"powerMatters": item, "accesscardId": "op-001", "projectId": "办-1"}
        query = form_encoded(
            {
                **self._signed(self._secret),
                self._parameter: subject,
                "additional": orjson.dumps(additional).decode(),
            }
        )
        url = URL(f"{self._url}{self._target}?{query}", encoded=True)
        async with self._session.get(url) as reply:
            document: dict[str, object] = orjson.loads(await reply.read())
            return document

    def _signed(self, secret: str) -> dict[str, str]:
        moment = str(int(time() * 1000))
        sign = md5_sign(self._key, secret, moment)
        return {"appKey": self._key, "sign": sign, "requestTime": moment}

    def _row(self, document: Mapping[str, object]) -> Mapping[str, object]:
        """The row, wherever the envelope's parts travel as text; its keys by lower case."""
        found: object = document
        for step in self._rows:
            assert isinstance(found, Mapping), "an envelope as it was declared"
            found = found[step]
            if isinstance(found, str):
                found = orjson.loads(found)
        row = found[0] if isinstance(found, list) else found
        assert isinstance(row, Mapping), "a row as it was declared"
        return {key.casefold(): value for key, value in row.items()}


@asynccontextmanager
async def opened(session: aiohttp.ClientSession) -> AsyncIterator[Answer]:
    """Looks up one subject at the gateway."""
    gateway = Gateway(session)
    await gateway.renew()

    async def answer(body: bytes) -> bytes:
        asked = orjson.loads(body)
        ((subject, _name),) = asked["subjects"]
        return orjson.dumps([await gateway.held(subject, asked["item"])])

    yield answer


if __name__ == "__main__":
    assert set(FIELDS.values()) <= set(orjson.loads(os.environ["COLUMNS"]))
    serve(opened)
