"""Signed calls to a sharing gateway, made by the load driver itself: what the gateway can do at most."""

from collections.abc import Mapping, Sequence
from time import time

import aiohttp
import orjson

from benchmarks.catalogue import ITEMS
from benchmarks.contenders import CERTIFICATE, Asked, Way
from benchmarks.requests import Request, got
from connectors.signing import form_encoded, md5_sign
from hub.declarations.words import Platform

_KEY = "direct"
_RENEW = "/gateway/app/refreshTokenByKey.htm"
_MARK = b'"code":"00"'


async def signed_requests(
    control: aiohttp.ClientSession,
    url: str,
    province: Platform,
    app_secret: str,
    asked: Sequence[Asked],
) -> list[Request]:
    """A call about each, under a handshake of this moment; good for ten minutes."""
    async with control.post(f"{url}{_RENEW}?{form_encoded(_signed(app_secret))}") as reply:
        secret: str = orjson.loads(await reply.read())["datas"]["requestSecret"]
    interface = province.interfaces[CERTIFICATE]
    (parameter,) = interface.parameters
    additional = orjson.dumps({"powerMatters": ITEMS[Way.GATEWAY], "accesscardId": "op-001"})
    signed = {**_signed(secret), "additional": additional.decode()}
    return [
        Request(
            got(url, f"{interface.target}?{form_encoded({**signed, parameter: one.resident_id})}"),
            1,
            (_MARK,),
        )
        for one in asked
    ]


def _signed(secret: str) -> Mapping[str, str]:
    moment = str(int(time() * 1000))
    return {"appKey": _KEY, "sign": md5_sign(_KEY, secret, moment), "requestTime": moment}
