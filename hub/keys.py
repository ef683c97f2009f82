"""API keys: tied to a unit and its people, shown once, kept only as a hash."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.evidence import Role

_FORM = re.compile(r"ch_([0-9a-f]{12})_([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of a key; its secret is not."""

    id: str
    unit: str
    people: Mapping[str, frozenset[Role]] = field(repr=False)
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def operators(self) -> frozenset[str]:
        """The people who may be named in a purpose."""
        return frozenset(name for name, roles in self.people.items() if Role.OPERATOR in roles)


def people_of(named: Mapping[Role, Iterable[str]]) -> dict[str, frozenset[Role]]:
    """Every person with their roles, by name, of the names given for each role."""
    pairs = [(name, role) for role, names in named.items() for name in names]
    return {
        name: frozenset(role for each, role in pairs if each == name)
        for name in sorted({name for name, _ in pairs})
    }


class KeysUnavailable(Exception):
    """The store of the keys does not answer now; asking again later is harmless."""


class KeyTrouble(StrEnum):
    """Why a key does not open; `UNKNOWN` is all that a wrong secret learns."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class PlainKey:
    """A key as its owner holds it: `ch_<id>_<secret>`, 256 random bits in hex."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """The key as it is written in the Authorization header."""
        return f"ch_{self.id}_{self.secret}"

    @property
    def digest(self) -> bytes:
        """What is stored: SHA-256 of the secret, which is too random to be guessed."""
        return hashlib.sha256(self.secret.encode()).digest()


def draw_key(draw: Callable[[int], bytes]) -> PlainKey:
    """A fresh key from a source of random bytes."""
    return PlainKey(draw(6).hex(), draw(32).hex())


def read_key(text: str) -> PlainKey | None:
    """The key in a text, or none where it has not the form of one."""
    form = _FORM.fullmatch(text)
    return PlainKey(form[1], form[2]) if form else None


def opened(
    key: PlainKey, record: KeyRecord, digest: bytes, now: datetime
) -> KeyRecord | KeyTrouble:
    """The record, where the secret is right and the key in force; compares in constant time."""
    if not hmac.compare_digest(key.digest, digest):
        return KeyTrouble.UNKNOWN
    if record.revoked_at is not None:
        return KeyTrouble.REVOKED
    if record.expires_at is not None and record.expires_at <= now:
        return KeyTrouble.EXPIRED
    return record
