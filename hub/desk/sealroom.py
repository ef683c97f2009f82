"""The seal room (用章室): the notary's workshop with the keys of the seals, behind the desk."""

import asyncio
import fcntl
import re
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO, TypeVar

from hub.desk.sealing import SealRefused
from hub.notary.authority import Authority
from hub.notary.keeping import open_authority, read_key, write_key
from hub.notary.material import Signing, SigningKey
from hub.notary.pool import Workshop, open_workshop
from hub.notary.words import Content, Extraction, Proof, ProofTrouble, Seal, Sealed, SealUse

NUMBER = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,62}[0-9A-Za-z])?")
"""How a seal may be numbered, so that a file can be named after it."""

_Made = TypeVar("_Made")


class SealRoom:
    """Sets seals with the keys in a folder, and the platform's endorsement with its own.

    A key is read as it is used, so that one made meanwhile is there without a restart.
    """

    def __init__(self, workshop: Workshop, authority: Authority, keys: Path) -> None:
        self._workshop = workshop
        self._authority = authority
        self._keys = keys

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:
        """The content under a seal, whose use is allowed; raises `SealRefused`."""
        key = await asyncio.to_thread(self._key, seal)
        signing = Signing(key, use.at, self._authority.clock)
        return await _in_words(self._workshop.seal(content, seal, use, signing))

    async def endorse(
        self, sealed: Sealed, extraction: Extraction, at: datetime, valid_until: datetime
    ) -> Proof:
        """The sealed document with the endorsement of one extraction; raises `SealRefused`."""
        signing = Signing(self._authority.endorser, at, self._authority.clock)
        return await _in_words(self._workshop.endorse(sealed, extraction, valid_until, signing))

    def _key(self, seal: Seal) -> SigningKey:
        try:
            return read_key(key_file(self._keys, seal.id))
        except ProofTrouble:
            raise SealRefused(
                f"the key of seal {seal.id} isn't at this desk: put {seal.id}.p12 into the folder"
                " notary/seals of its data, or have a new seal made"
            ) from None


@asynccontextmanager
async def open_sealroom(
    notary: Path, now: datetime, *, workers: int = 2
) -> AsyncIterator[SealRoom]:
    """The seal room of a folder, whose authority is made at its first opening."""
    authority = await asyncio.to_thread(kept_authority, notary, now)
    async with open_workshop(workers) as workshop:
        workshop.warm()
        yield SealRoom(workshop, authority, notary / "seals")


def key_file(keys: Path, seal: str) -> Path:
    """Where the key of a seal is; raises `ProofTrouble` for a number that names no file."""
    if NUMBER.fullmatch(seal) is None:
        raise ProofTrouble("a seal's number has digits, letters and -: give another one")
    return keys / f"{seal}.p12"


def kept_authority(notary: Path, now: datetime) -> Authority:
    """The authority of a folder, made once, however many processes want it at the same moment."""
    with _alone_in(notary):
        return open_authority(notary, now)


def keep_key(notary: Path, seal: str, key: SigningKey) -> None:
    """Keep the key of a seal where the seal room finds it; never instead of another one."""
    file = key_file(notary / "seals", seal)
    with _alone_in(notary):
        if file.exists():
            raise ProofTrouble(f"there is a key of seal {seal} already: give another number")
        write_key(file, key)


@contextmanager
def _alone_in(notary: Path) -> Iterator[None]:
    with _opened(notary / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        yield


def _opened(lock: Path) -> TextIO:
    try:
        lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return lock.open("a")
    except OSError as trouble:
        kind = type(trouble).__name__
        raise ProofTrouble(f"{lock.parent} can't be written ({kind}): check who owns it") from None


async def _in_words(making: Awaitable[_Made]) -> _Made:
    try:
        return await making
    except ProofTrouble as trouble:
        raise SealRefused(str(trouble)) from None
