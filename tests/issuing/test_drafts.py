"""What is not sealed yet, the people see who make and seal it; their unit's window clerks don't."""

from datetime import UTC, datetime

from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from tests.issuing.acting import VALUES, opened, to_verification, took
from tests.issuing.city import CIVIL, City, Side
from tests.issuing.words import INBOX, MAKE

SEEN = """query($id: ID!, $operator: ID!) {
  verificationRequest(id: $id, operator: $operator) { state draft { values { value } } }
}"""


async def test_an_operator_sees_no_draft(city: City) -> None:
    """An operator of the unit that answers sees how far it is, not what is drafted."""
    async with open_database(city.settings) as engine:
        key, _ = await create_key(engine, CIVIL, ("window",), "test", datetime.now(UTC))
    window = Side(city.civil.url, key, city.civil.session)
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    seen = (await window.ask(SEEN, id=request, operator="window"))["verificationRequest"]
    (to_be_sealed,) = (await city.civil.ask(INBOX, by="keeper"))["inbox"]["nodes"]

    assert seen == {"state": "MADE", "draft": None}
    assert to_be_sealed["draft"]["values"]
