"""Steps in the lives of requests: each on record before the platform is asked, and after it spoke."""

import hashlib
import secrets
from collections.abc import Mapping

from connectors.assisted_parts import Officer
from connectors.assisted_words import RequestView, StepRejected
from hub.assisting.premises import Premises
from hub.assisting.writes import Writes
from hub.evidence import Requester


def platform_key(unit: str, client_key: str) -> str:
    """The idempotency key towards the platform: a unit's keys are its own."""
    return hashlib.sha256(f"{unit}\n{client_key}".encode("utf-8", "surrogatepass")).hexdigest()


class Steps:
    """Takes steps for the people of a unit, each at most once however often it is repeated."""

    def __init__(self, premises: Premises, writes: Writes) -> None:
        self._premises = premises
        self._writes = writes

    async def take(
        self,
        requester: Requester,
        person: str,
        request: str,
        step: str,
        parts: Mapping[str, object],
        client_key: str | None,
    ) -> RequestView | StepRejected:
        """The request after the step, or why the step can't be taken.

        The unit is the key's own, whatever a client says. Raises `ConnectorError` where the
        platform did not answer, `RecordsUnavailable` where the step can't be put on record.
        """
        calls = self._premises.platform.calls
        key = platform_key(requester.unit, client_key) if client_key else secrets.token_hex(16)
        intent = self._writes.intent(requester, person, step, key, request)
        await self._writes.on_record(intent)
        by = Officer(requester.unit, person)
        return await self._writes.made(intent, calls.step(request, step, by, parts, key))
