"""Asks a running hub over HTTP, as any caller does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from hub.commands.trouble import CommandFailed

Document = Mapping[str, Any]
"""JSON as it came over the wire."""
PATIENCE = aiohttp.ClientTimeout(total=60, connect=5)


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller of one hub with one key."""

    session: aiohttp.ClientSession
    url: str
    key: str

    async def ask(self, query: str, variables: Document) -> Document:
        """The `data` of the answer; a refusal or no hub raises `CommandFailed`."""
        body = orjson.dumps({"query": query, "variables": variables})
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            async with self.session.post(self.url, data=body, headers=headers) as response:
                answer = orjson.loads(await response.read())
        except orjson.JSONDecodeError:
            raise CommandFailed(
                f"{self.url} answers, but not as a hub does. Give the GraphQL URL with --url, "
                "such as http://127.0.0.1:8080/graphql"
            ) from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise CommandFailed(
                f"no hub answers at {self.url} ({type(error).__name__}). Start one with "
                "`certhub serve` or `certhub demo`, or give another --url."
            ) from None
        return _data(answer)


@asynccontextmanager
async def asker(url: str, key: str) -> AsyncIterator[Asker]:
    """A caller of the hub at the URL."""
    async with aiohttp.ClientSession(timeout=PATIENCE, trust_env=False) as session:
        yield Asker(session, url, key)


def _data(answer: Any) -> Document:
    if not isinstance(answer, dict) or not ("data" in answer or "errors" in answer):
        raise CommandFailed("the answer is not GraphQL. Give the GraphQL URL with --url.")
    if errors := answer.get("errors"):
        raise CommandFailed("\n".join(_told(error) for error in errors))
    data: Document = answer["data"]
    return data


def _told(error: Document) -> str:
    hint = error.get("extensions", {}).get("hint")
    return f"{error['message']} {hint}" if hint else str(error["message"])
