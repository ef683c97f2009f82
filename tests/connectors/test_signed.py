"""Signed calls: each is signed for itself, whatever was signed before it."""

from connectors.clocks import ServerClock
from connectors.contract import Endpoint
from connectors.http import Http
from connectors.signed import SignedCalls
from connectors.signing import hmac_signature
from tests.connectors.gateway_world import Ours
from tests.connectors.scripted_server import Asked, Said, serving


async def test_each_call_has_its_own_signature(http: Http) -> None:
    """Calls of one second and of the next, to one path and another, with a query and without."""

    async def script(_: Asked) -> Said:
        return Said(b"{}")

    ours = Ours()
    async with serving(script) as server:
        endpoint = Endpoint("city", f"{server.url}/base", {"access_key": "hub", "secret": "S"})
        calls = SignedCalls(endpoint, http, ServerClock(ours))
        for seconds in (0.0, 0.5, 0.5):
            ours.now += seconds
            await calls.post("/a", b"{}", 2.0)
            await calls.post("/b", b"[]", 2.0)
            await calls.post("/b", b"{}", 2.0)
            await calls.get("/b", {}, 2.0)
            await calls.get("/b", {"x": "1"}, 2.0)

    told = [(one.path, one.headers["X-BG-DATE-TIME"][-6:-4]) for one in server.asked]
    paths = ["/base/a", *["/base/b"] * 4]
    assert told == [(path, second) for second in ("20", "20", "21") for path in paths]
    assert [one.headers["X-BG-HMAC-SIGNATURE"] for one in server.asked] == [
        hmac_signature(
            "S", "hub", one.method, one.path, one.raw_query, one.headers["X-BG-DATE-TIME"]
        )
        for one in server.asked
    ]
