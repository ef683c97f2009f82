"""Shared information from a platform behind the desk, in the verification dialect, over real HTTP."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from connectors.contract import (
    AnswerShape,
    Endpoint,
    FieldSource,
    Held,
    Inquiry,
    Interface,
    ProofKind,
    Refused,
    Value,
    ValueKind,
)
from connectors.http import open_http
from connectors.verification import VerificationPlatform
from hub.desk.shared import NothingShared, Shared, SharedFrom, SharedLookup, Silent
from hub.desk.words import Officer
from tests.desk_platform.ground import BOOK, HOUSING, HUB, SINGLE, SUBJECT, Ground, open_ground

FIELDS = (
    FieldSource("spouse", "spouse", ValueKind.TEXT),
    FieldSource("since", "since", ValueKind.DATE),
)
OTHER = "330203199001010011"


def _interface(certificate: str) -> Interface:
    return Interface(certificate, certificate, "batch", {}, AnswerShape("fields", FIELDS), 2.0)


def _lookup(certificate: str = SINGLE, subject: str = SUBJECT) -> SharedLookup:
    return SharedLookup(certificate, subject, None, "i", "case-3", Officer(HOUSING, "clerk"))


INTERFACES = {name: _interface(name) for name in (SINGLE, BOOK, "undeclared")}


async def test_many_lookups_in_one_call(small: Ground) -> None:
    """Held, not held, of a type it doesn't serve, and silence: each its own, in order."""
    await small.hub.to_sent(await small.hub.open())
    endpoint = Endpoint("behind", small.hub.base, _secrets())
    lookups = [
        _lookup(),
        _lookup(subject=OTHER),
        _lookup("driving_licence"),
        _lookup("undeclared"),
        _lookup(BOOK),
    ]

    async with open_http() as http:
        behind = SharedFrom(VerificationPlatform(endpoint, http), INTERFACES, "后台")
        found = await behind.find(lookups)

    values: dict[str, Value | None] = {"spouse": "无", "since": date(2020, 5, 20)}
    assert found[:3] == [Shared(values, "后台"), None, None]
    assert isinstance(found[3], Silent)
    assert "unknownCertificateType" in found[3].reason
    assert found[4] is None


async def test_a_desk_before_a_desk(small: Ground, tmp_path: Path) -> None:
    """What the platform behind holds, a lookup at the desk before it gives as shared."""
    await small.hub.to_sent(await small.hub.open())
    endpoint = Endpoint("behind", small.hub.base, _secrets())
    async with open_http() as http:
        behind = SharedFrom(VerificationPlatform(endpoint, http), INTERFACES)
        database = f"sqlite+aiosqlite:///{tmp_path}/before.db"
        async with open_ground(database, shared=behind) as before:
            front = Endpoint("before", before.hub.base, _secrets())
            asked = {"subject.id": SUBJECT, "purpose.item": "i", "purpose.case": "c"}
            (held,) = await VerificationPlatform(front, http).fetch(
                INTERFACES[SINGLE], [Inquiry(asked)]
            )
            small.desk.registry = replace(small.desk.registry, clients={})
            (silent,) = await VerificationPlatform(front, http).fetch(
                INTERFACES[SINGLE], [Inquiry(asked)]
            )

    assert isinstance(held, Held)
    assert (held.proof, held.values["spouse"]) == (ProofKind.SHARED, "无")
    assert isinstance(silent, Refused)
    assert "sharedInformationSilent" in str(silent)


async def test_nothing_is_shared() -> None:
    """Where no platform is behind the desk, nothing of anybody is held."""
    assert await NothingShared().find([_lookup(), _lookup(BOOK)]) == [None, None]


def _secrets() -> dict[str, str]:
    return {"access_key": HUB.access_key, "secret": HUB.secret}
