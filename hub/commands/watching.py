"""Subscribes to a running hub over WebSocket (graphql-transport-ws), as any caller does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import orjson

from hub.commands.asking import Asker, Document
from hub.commands.trouble import CommandFailed

SUBPROTOCOL = "graphql-transport-ws"
PATIENCE = 60.0
"""Seconds that an event may let wait for itself."""


class Watch:
    """One subscription, on a socket of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def until(self, wanted: Callable[[Document], bool]) -> list[Document]:
        """The events up to the wanted one, which is the last; none in time: `CommandFailed`."""
        events: list[Document] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while not events or not wanted(events[-1]):
                    events.append(await self._event())
        except TimeoutError:
            raise CommandFailed(
                f"nothing of the kind came by subscription within {PATIENCE:g} s; the hub's log "
                "says why."
            ) from None
        return events

    async def said(self, kind: str) -> Document:
        """The next message, which must be of a kind."""
        message = await self._message()
        while message["type"] == "ping":
            await self._socket.send_json({"type": "pong"})
            message = await self._message()
        if message["type"] != kind:
            raise CommandFailed(f"the hub ended the subscription: {message.get('payload')}")
        return message

    async def _message(self) -> Document:
        received = await self._socket.receive()
        if received.type is not aiohttp.WSMsgType.TEXT:
            why = received.extra or f"code {received.data}"
            raise CommandFailed(f"the hub ended the subscription ({why}).")
        message: Document = orjson.loads(received.data)
        return message

    async def _event(self) -> Document:
        message = await self.said("next")
        data: Document = message["payload"]["data"]
        if errors := message["payload"].get("errors"):
            raise CommandFailed(f"the subscription failed: {errors[0]['message']}")
        return data


@asynccontextmanager
async def watching(hub: Asker, query: str, variables: Document) -> AsyncIterator[Watch]:
    """A subscription as long as this is open."""
    async with hub.session.ws_connect(hub.url, protocols=(SUBPROTOCOL,)) as socket:
        watch = Watch(socket)
        bearer = {"authorization": f"Bearer {hub.key}"}
        await socket.send_json({"type": "connection_init", "payload": bearer})
        await watch.said("connection_ack")
        asked = {"query": query, "variables": variables}
        await socket.send_json({"type": "subscribe", "id": "1", "payload": asked})
        yield watch
