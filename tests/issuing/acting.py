"""What the tests do over and over: ask, take a step, be rejected."""

from typing import Any

from tests.issuing.city import (
    CIVIL,
    NAME,
    PURPOSE,
    RESIDENT,
    SUBJECT,
    City,
    Side,
)
from tests.issuing.words import (
    BEGIN,
    CLAIM,
    MINE,
    OPEN,
)

FIELDS = ["conclusion", "id_number", "issued_on", "name", "period_from", "period_until"]

VALUES = [
    {"name": "name", "value": NAME},
    {"name": "id_number", "value": RESIDENT},
    {"name": "period_from", "value": "2008-01-01"},
    {"name": "period_until", "value": "2026-03-09"},
    {"name": "conclusion", "value": "无婚姻登记记录"},
    {"name": "issued_on"},
]


async def opened(city: City, issuer: str = CIVIL, **purpose: str) -> str:
    """The id of a new request."""
    given = {"subject": SUBJECT, "purpose": {**PURPOSE, **purpose}, "issuer": issuer}
    data = await city.housing.ask(OPEN, **given)
    came = data["requestVerification"]
    assert came["__typename"] == "Pending", came
    return str(came["verification"]["id"])


async def took(side: Side, document: str, request: str, **given: object) -> Any:
    """The request after a step that must be taken."""
    came = (await side.ask(document, request=request, **given))["step"]
    assert came["__typename"] == "StepTaken", came
    return came["request"]


async def rejected(side: Side, document: str, request: str, **given: object) -> Any:
    """Why a step can't be taken."""
    came = (await side.ask(document, request=request, **given))["step"]
    assert came["__typename"] == "StepRejected", came
    return came


async def to_verification(city: City, request: str, by: str = "vera") -> None:
    """Claimed and begun."""
    await took(city.civil, CLAIM, request, by=by)
    await took(city.civil, BEGIN, request, by=by)


async def version(city: City, request: str) -> int:
    """How many steps a request has taken."""
    data = await city.housing.ask(MINE, id=request, operator="clerk")
    return int(data["verificationRequest"]["version"])
