"""Calls to the sandbox as the field notes describe them, signed by the connectors' own code."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
import orjson

from connectors.signing import canonical_query, hmac_headers, md5_sign
from hub.sandbox.sandbox import Sandbox

BY_KEY = "/gateway/app/refreshTokenByKey.htm"
BY_SEC = "/gateway/app/refreshTokenBySec.htm"
ADDITIONAL = orjson.dumps({"powerMatters": "许可-00757-000", "projectId": "case-1"}).decode()

Document = dict[str, object]


def signing(app_key: str, secret: str, at: float | None = None) -> dict[str, str]:
    """What a call to a sharing gateway is signed with."""
    request_time = str(int((at or time.time()) * 1000))
    sign = md5_sign(app_key, secret, request_time)
    return {"appKey": app_key, "sign": sign, "requestTime": request_time}


async def json_of(response: aiohttp.ClientResponse) -> Document:
    """The body as an object."""
    document = orjson.loads(await response.read())
    assert isinstance(document, dict)
    return document


class GatewayCaller:
    """Calls the provincial gateway of the sandbox."""

    def __init__(self, http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
        self.http, self.url = http, sandbox.urls["province"]
        credential = sandbox.credentials["province"]
        self.key, self.secret = credential["app_key"], credential["app_secret"]
        self.interface = sandbox.platforms["province"].interfaces["business_licence"]

    async def renew(
        self, path: str = BY_KEY, secret: str | None = None, at: float | None = None
    ) -> Document:
        """A token call, signed with the app secret unless told otherwise."""
        call = signing(self.key, secret or self.secret, at)
        async with self.http.post(self.url + path, data=call) as response:
            return await json_of(response)

    async def secrets(self) -> tuple[str, str]:
        """A new pair: request secret, refresh secret."""
        pair = (await self.renew())["datas"]
        assert isinstance(pair, dict)
        return pair["requestSecret"], pair["refreshSecret"]

    async def data(self, secret: str, subject: str, **changed: str) -> Document:
        """A data call by GET; `changed` parameters take the place of the right ones."""
        query = {"uniscid": subject, "additional": ADDITIONAL}
        query |= signing(self.key, secret) | changed
        url = self.url + self.interface.target
        async with self.http.get(url, params=query) as response:
            assert response.status == 200
            return await json_of(response)


async def signed_call(
    http: aiohttp.ClientSession,
    url: str,
    credential: Mapping[str, str],
    *,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    at: float | None = None,
    changed: Mapping[str, str] | None = None,
) -> tuple[int, Document]:
    """A BG-HMAC call: GET, or POST where there is a body; status and JSON."""
    method, text = "GET" if body is None else "POST", canonical_query(query or {})
    now = at or time.time()
    access_key, path = credential["access_key"], urlsplit(url).path
    headers = hmac_headers(credential["secret"], access_key, method, path, text, now)
    headers |= {"Content-Type": "application/json", **(changed or {})}
    whole = f"{url}?{text}" if text else url
    async with http.request(method, whole, headers=headers, data=body) as response:
        return response.status, await json_of(response)


async def lookup(
    http: aiohttp.ClientSession, sandbox: Sandbox, requests: object
) -> tuple[int, Document]:
    """A proof lookup at the verification platform."""
    url = f"{sandbox.urls['verification']}/api/v1/proofs/lookup"
    body = orjson.dumps({"requests": requests})
    return await signed_call(http, url, sandbox.credentials["verification"], body=body)
