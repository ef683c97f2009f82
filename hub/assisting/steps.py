"""Steps in the lives of requests: each on record before the platform is asked, and after it spoke."""

import hashlib
import secrets
from collections.abc import Mapping

from connectors.assisted_parts import Officer
from connectors.assisted_words import RequestView, StepRejected
from connectors.contract import ConnectorError
from hub.assisting.premises import Premises
from hub.evidence import Requester
from hub.trail.intents import Came, Conclusion, Intent


def platform_key(unit: str, client_key: str) -> str:
    """The idempotency key towards the platform: a unit's keys are its own."""
    return hashlib.sha256(f"{unit}\n{client_key}".encode("utf-8", "surrogatepass")).hexdigest()


class Steps:
    """Takes steps for the people of a unit, each at most once however often it is repeated."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

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
        intent = Intent(
            id=secrets.token_hex(12),
            at=self._premises.clock(),
            api_key=requester.key,
            unit=requester.unit,
            person=person,
            action=step,
            key=key,
            request=request,
        )
        await self._premises.intents.add(intent)
        try:
            came = await calls.step(request, step, Officer(requester.unit, person), parts, key)
        except ConnectorError as trouble:
            await self._conclude(intent, Came.SILENT, type(trouble).__name__)
            raise
        if isinstance(came, StepRejected):
            await self._conclude(intent, Came.REJECTED, came.reason or str(came.status))
        else:
            await self._conclude(intent, Came.TAKEN)
        return came

    async def _conclude(self, intent: Intent, came: Came, reason: str | None = None) -> None:
        at = self._premises.clock()
        conclusion = Conclusion(intent.id, at, came, intent.request, reason)
        await self._premises.intents.conclude(conclusion)
