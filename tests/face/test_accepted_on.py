"""Days and moments that callers give are believed only as far as they can be."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from hub.china import CHINA
from tests.assisting.ground import OPERATOR, SLOW, open_desk_ground
from tests.face.test_verification import ABOUT, PURPOSE, REQUEST, STEPPED, Face
from tests.stack import serving

OBJECT = (
    """mutation Object($request: ID!, $operator: ID!, $acceptedOn: Date) {
  raiseObjection(request: $request, delivery: 1, operator: $operator, grounds: "有误",
    acceptedOn: $acceptedOn) """
    + STEPPED
    + "}"
)


@pytest.fixture
async def face(tmp_path: Path) -> AsyncIterator[Face]:
    """A face for each test."""
    async with (
        open_desk_ground(tmp_path) as ground,
        serving(ground.settings) as (url, _),
        aiohttp.ClientSession() as session,
    ):
        yield Face(ground, url, session)


@pytest.mark.parametrize("accepted", ["0001-01-01", "1999-12-31"])
async def test_a_day_of_another_century_is_refused(face: Face, accepted: str) -> None:
    """BAD_INPUT that names the argument, and nothing was asked."""
    purpose = PURPOSE | {"item": SLOW}

    answer = await face.post(REQUEST, **(ABOUT | {"purpose": purpose}), acceptedOn=accepted)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == "`acceptedOn` lies before 2000-01-01."
    assert face.ground.wire.answers == 0


async def test_nobody_doubts_an_answer_before_it_was_sent(face: Face) -> None:
    """An objection accepted the day before its answer would make the review late from its birth."""
    request = await face.open()
    await face.ground.issuer.answer(request)
    await face.step("confirmReceipt", request=request)
    today = datetime.now(CHINA).date()
    given = {"request": request, "operator": OPERATOR}

    early = await face.post(OBJECT, **given, acceptedOn=(today - timedelta(days=2)).isoformat())
    taken = await face.post(OBJECT, **given, acceptedOn=today.isoformat())

    (error,) = early["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "`acceptedOn` lies before 20" in error["message"]
    assert taken["data"]["raiseObjection"]["__typename"] == "StepTaken"


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_a_moment_of_another_age_is_refused(face: Face, since: str) -> None:
    """BAD_INPUT, never taken for a platform that doesn't answer; nothing was asked."""
    answer = await face.post(
        "query Since($operator: ID!, $since: DateTime) "
        "{ recalls(operator: $operator, since: $since) { request } }",
        operator=OPERATOR,
        since=since,
    )

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == "`since` lies outside the years 2000 to 2199."
    assert face.ground.wire.answers == 0
