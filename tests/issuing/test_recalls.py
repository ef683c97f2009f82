"""Recalls: told to who received the proof, as they happen and later."""

from typing import Any

from tests.issuing.acting import VALUES, opened, to_verification, took
from tests.issuing.city import City
from tests.issuing.test_subscriptions import CHANGED, event
from tests.issuing.words import CONFIRM, MAKE, SEAL, SEND
from tests.transports.ground import Socket

RECALL = "{ request reference delivery correctedBy at certificateType { name } }"

RECALLED = f"""
subscription($operator: ID!, $since: DateTime) {{
  recalled(operator: $operator, since: $since) {RECALL}
}}
"""

RECALLS = f"query($operator: ID!) {{ recalls(operator: $operator) {RECALL} }}"

OBJECT = """
mutation($request: ID!, $operator: ID!) {
  raiseObjection(request: $request, delivery: 1, operator: $operator, grounds: "It is wrong.") {
    __typename
    ... on StepTaken { request { objections { review } } }
    ... on StepRejected { reason remedy }
  }
}
"""


async def test_a_recall_reaches_who_received_the_proof(city: City) -> None:
    """An objection that ends corrected recalls the answer: told as it happens, and the same later."""
    request = await answered(city, VALUES)
    before = city.clock()
    async with city.housing.socket() as socket:
        await socket.subscribe("1", RECALLED, operator="clerk")
        await socket.subscribe("2", CHANGED, request=request, operator="clerk")
        assert (await socket.receive())["id"] == "2"
        review = await objected(city, request)
        corrected = [*VALUES[:4], {"name": "conclusion", "value": "有记录"}, VALUES[5]]
        await answer(city, review, corrected, "viktor")
        told = await recall(socket)
    async with city.housing.socket() as later:
        await later.subscribe("1", RECALLED, operator="clerk", since=before.isoformat())
        known = await event(later, "recalled")
    listed = (await city.housing.ask(RECALLS, operator="clerk"))["recalls"]

    assert told["request"] == request
    assert (told["delivery"], told["correctedBy"]) == (1, review)
    assert told["certificateType"] == {"name": "no_marriage_record"}
    assert known == told
    assert listed == [told]


async def recall(socket: Socket) -> Any:
    """The next recall, whatever else comes before it."""
    while True:
        came = await socket.receive()
        if "recalled" in came["payload"]["data"]:
            return came["payload"]["data"]["recalled"]


async def answered(city: City, values: list[Any], by: str = "vera") -> str:
    """A request whose answer was confirmed."""
    request = await opened(city)
    await answer(city, request, values, by)
    await took(city.housing, CONFIRM, request, operator="clerk")
    return request


async def answer(city: City, request: str, values: list[Any], by: str) -> None:
    """From the inbox to the requester."""
    await to_verification(city, request, by)
    await took(city.civil, MAKE, request, by=by, findings={"verified": values})
    await took(city.civil, SEAL, request, by="keeper")
    await took(city.civil, SEND, request, by="keeper")


async def objected(city: City, request: str) -> str:
    """The id of the review of the first delivery."""
    data = await city.housing.ask(OBJECT, request=request, operator="clerk")
    assert data["raiseObjection"]["__typename"] == "StepTaken", data
    return str(data["raiseObjection"]["request"]["objections"][0]["review"])
