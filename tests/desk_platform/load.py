"""Callers of a desk that dies under them: they repeat each write until they are answered."""

import asyncio
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.desk_platform.ground import (
    CLERK,
    KEEPER,
    VALUES,
    VERA,
    VIKTOR,
    By,
    Caller,
    Reply,
    extraction,
    submission,
)

OTHERWISE = {"spouse": "有", "since": "2021-06-01"}


@dataclass
class Load:
    """What callers were told: all of it must be there in the end, once."""

    caller: Caller
    accepted: dict[str, str] = field(default_factory=dict)  # key to request
    reviews: dict[str, str] = field(default_factory=dict)  # to the request that was objected to
    sent: set[str] = field(default_factory=set)
    extracted: dict[str, str] = field(default_factory=dict)  # key to document number
    versions: dict[str, int] = field(default_factory=dict)  # the last that was told
    repeated: int = 0
    over: bool = False

    async def answered(self) -> None:
        """Wait until the desk of the day answers anybody."""
        while True:
            try:
                async with asyncio.timeout(1):
                    await self.caller.get("health")
                    return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.01)

    async def insist(self, path: str, body: object, key: str) -> Mapping[str, Any]:
        """The answer, however often the desk dies before it comes."""
        while True:
            reply = await self._tried(path, body, key)
            if reply is None or reply.status == 503:
                await asyncio.sleep(0.02)
                continue
            assert reply.status in (200, 201), (path, reply.body)
            answered: Mapping[str, Any] = reply.body
            if "version" in answered:
                self.versions[answered["id"]] = answered["version"]
            return answered

    async def _tried(self, path: str, body: object, key: str) -> Reply | None:
        try:
            async with asyncio.timeout(3):
                return await self.caller.post(path, body, key)
        except (aiohttp.ClientError, TimeoutError):
            self.repeated += 1
            return None

    async def step(self, request: str, name: str, by: By, **parts: object) -> Mapping[str, Any]:
        """Take a step, in the end."""
        body = {"by": by, **parts}
        return await self.insist(f"requests/{request}/{name}", body, secrets.token_hex(8))

    async def ask(self) -> None:
        """Open requests one after the other; half are answered, half of those objected to."""
        for turn in itertools.cycle(("left", "doubted", "left", "answered")):
            if self.over:
                return
            key = secrets.token_hex(8)
            opened = await self.insist("requests", submission(immediate=True), key)
            request = str(opened["id"])
            assert self.accepted.setdefault(key, request) == request
            if turn != "left":
                await self.answer(request, VERA, VALUES)
                await self.extract(request)
            if turn == "doubted":
                await self.doubt(request)

    async def answer(self, request: str, verifier: By, values: Mapping[str, str]) -> None:
        """Everything from claiming to confirming."""
        await self.step(request, "claim", verifier)
        await self.step(request, "begin", verifier)
        await self.step(request, "make", verifier, findings={"verified": values})
        await self.step(request, "seal", KEEPER)
        await self.step(request, "send", KEEPER)
        await self.step(request, "receipt", CLERK)
        self.sent.add(request)

    async def extract(self, request: str) -> None:
        """Take the proof out, endorsed for a case."""
        key = secrets.token_hex(8)
        answered = await self.insist("proofs/extract", extraction(request=request), key)
        (proof,) = answered["proofs"]
        self.extracted[key] = proof["documentNumber"]

    async def doubt(self, request: str) -> None:
        """Object; another verifier says otherwise, and the proof is recalled."""
        objected = await self.step(request, "objection", CLERK, delivery=1, grounds="有误")
        review = objected["objections"][0]["review"]
        assert self.reviews.setdefault(review, request) == request
        await self.answer(review, VIKTOR, OTHERWISE)


@dataclass
class Follower:
    """Reads the feed of changes from its begin to its end, whichever desk gives it."""

    caller: Caller
    seen: list[Mapping[str, Any]] = field(default_factory=list)
    last: int = 0

    async def follow(self) -> None:
        """Read for ever."""
        while True:
            await self.read(wait=5)

    async def read(self, wait: float = 0) -> None:
        """Read on, unless the desk dies meanwhile."""
        try:
            async with asyncio.timeout(8):
                reply = await self.caller.get(f"changes?after={self.last}&wait={wait}&count=200")
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(0.02)
            return
        if reply.status == 503:
            await asyncio.sleep(0.02)
            return
        assert reply.status == 200, reply.body
        self.seen += reply.body["changes"]
        self.last = reply.body["last"]
