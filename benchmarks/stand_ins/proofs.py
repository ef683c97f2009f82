"""The verification dialect's batch call, answered from proofs that are written beforehand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hmac import compare_digest

import msgspec
import orjson

from benchmarks.stand_ins.wire import Call, Said
from connectors.contract import Value
from connectors.signing import hmac_signature
from hub.declarations.words import Platform
from hub.sandbox.archive import Archive
from hub.sandbox.signatures import INVALID_SIGNATURE, NO_ROUTE
from hub.sandbox.verification import LARGEST_BATCH

_LOOKUP = "/api/v1/proofs/lookup"
_SIGNATURE, _DATE = b"x-bg-hmac-signature", b"x-bg-date-time"


class _Subject(msgspec.Struct):
    id: str


class _Request(msgspec.Struct, rename="camel"):
    ref: str
    certificate_type: str
    subject: _Subject


class _Batch(msgspec.Struct):
    requests: list[_Request]


_READ = msgspec.json.Decoder(_Batch)


class Proofs:
    """One verification platform's holdings; each proof is written when it is first asked for."""

    def __init__(
        self, platform: Platform, archive: Archive, credential: Mapping[str, str], base: str
    ) -> None:
        self._platform, self._archive = platform, archive
        self._credential, self._path = credential, base + _LOOKUP
        self._url = self._path.encode()
        self._written: dict[tuple[str, str], bytes] = {}

    def answer(self, call: Call) -> Said:
        """All subjects of one call; a signature that is there must hold."""
        if call.url != self._url:
            return _told(NO_ROUTE, 401)
        if _SIGNATURE in call.headers and not self._signed(call.headers):
            return _told(INVALID_SIGNATURE, 401)
        try:
            requests = _READ.decode(call.body).requests
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return _told(str(error), 400)
        if len(requests) > LARGEST_BATCH:
            return _told(f"{len(requests)} requests: send {LARGEST_BATCH} at most", 400)
        return Said(self._answers(requests), subjects=len(requests))

    def _answers(self, requests: list[_Request]) -> bytes:
        proofs = (b'{"ref":"%b",%b' % (one.ref.encode(), self._proof(one)) for one in requests)
        return b'{"answers":[%b]}' % b",".join(proofs)

    def _proof(self, request: _Request) -> bytes:
        key = request.certificate_type, request.subject.id
        proof = self._written.get(key)
        if proof is None:
            proof = self._written[key] = self._write(*key)
        return proof

    def _write(self, certificate: str, subject: str) -> bytes:
        """The answer without its beginning, where the call's own reference stands."""
        facts = {"subject.id": subject}
        copy = self._archive.answer(self._platform, certificate, facts, mistaken=False)
        if copy is None:
            return b'"status":"notHeld"}'
        fields = {name: _plain(value) for name, value in copy.values.items()}
        document = {"status": "held", "fields": fields, "holder": {"id": subject}}
        return orjson.dumps(document)[1:]

    def _signed(self, headers: Mapping[bytes, bytes]) -> bool:
        secret, key = self._credential["secret"], self._credential["access_key"]
        day = headers.get(_DATE, b"").decode()
        expected = hmac_signature(secret, key, "POST", self._path, "", day)
        return compare_digest(expected.encode(), headers[_SIGNATURE])


def _told(message: str, status: int) -> Said:
    return Said(orjson.dumps({"message": message}), status)


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
