"""Opens the sandbox's issuers at a desk, with their dials beside them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from connectors.asking import Slots
from connectors.assisted import AssistedVerification
from connectors.clocks import ServerClock
from connectors.contract import Endpoint
from connectors.http import open_http
from connectors.signed import SignedCalls
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.issuer_face import dials_of_issuers
from hub.sandbox.issuer_findings import Registers
from hub.sandbox.issuers import Issuers, at_work
from hub.sandbox.issuing_units import issuing_units
from hub.sandbox.sandbox import Sandbox

CONCURRENCY = 16


@dataclass(frozen=True, slots=True)
class Post:
    """Where the issuers work: the desk, their credential there, and the port of their dials."""

    desk: str
    credential: Mapping[str, str] = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 0


@asynccontextmanager
async def issuers_at(post: Post, sandbox: Sandbox, dials: IssuerDials) -> AsyncIterator[str]:
    """The issuers at work as long as this is open; the URL of their dials."""
    endpoint = Endpoint("issuers", post.desk, post.credential, concurrency=CONCURRENCY)
    registers = Registers(sandbox.archive, sandbox.platforms)
    async with open_http() as http:
        desk = AssistedVerification(SignedCalls(endpoint, http, ServerClock()), Slots(endpoint))
        issuers = Issuers(desk, issuing_units(sandbox.types), registers)
        issuers.turn(dials)
        async with dials_of_issuers(issuers, post.host, post.port) as url, at_work(issuers):
            yield url
