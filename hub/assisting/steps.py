"""Steps in the lives of requests: each on record before the platform is asked, and after it spoke."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from connectors.assisted import AssistedVerification
from connectors.assisted_parts import Officer
from connectors.assisted_words import RequestView, StepRejected
from connectors.contract import ConnectorError
from hub.evidence import Requester
from hub.trail.intents import Came, Conclusion, Intent


class NoVerificationPlatform(Exception):
    """No verification platform is configured, so nothing can be verified on request."""


class Intents(Protocol):
    """Where intents are kept; each call is durable when it returns."""

    async def add(self, intent: Intent) -> bool:
        """Commit an intent."""
        ...

    async def conclude(self, conclusion: Conclusion) -> None:
        """Commit what came of it."""
        ...


def platform_key(unit: str, client_key: str) -> str:
    """The idempotency key towards the platform: a unit's keys are its own."""
    return hashlib.sha256(f"{unit}\n{client_key}".encode("utf-8", "surrogatepass")).hexdigest()


class Steps:
    """Takes steps for the people of a unit, each at most once however often it is repeated."""

    def __init__(
        self,
        platform: Callable[[], AssistedVerification | None],
        intents: Intents,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._platform = platform
        self._intents = intents
        self._now = now

    @property
    def platform(self) -> AssistedVerification:
        """The verification platform; raises `NoVerificationPlatform` where there is none."""
        platform = self._platform()
        if platform is None:
            raise NoVerificationPlatform
        return platform

    async def take(
        self,
        requester: Requester,
        person: str,
        request: str,
        step: str,
        parts: Mapping[str, object],
        client_key: str | None = None,
    ) -> RequestView | StepRejected:
        """The request after the step, or why the step can't be taken.

        The unit is the key's own, whatever a client says. Raises `ConnectorError` where the
        platform did not answer, `RecordsUnavailable` where the step can't be put on record.
        """
        platform = self.platform
        key = platform_key(requester.unit, client_key) if client_key else secrets.token_hex(16)
        intent = Intent(
            id=secrets.token_hex(12),
            at=self._now(),
            api_key=requester.key,
            unit=requester.unit,
            person=person,
            action=step,
            key=key,
            request=request,
        )
        await self._intents.add(intent)
        by = Officer(requester.unit, person)
        try:
            came = await platform.step(request, step, by, parts, key)
        except ConnectorError:
            await self._conclude(intent, Came.SILENT)
            raise
        if isinstance(came, StepRejected):
            await self._conclude(intent, Came.REJECTED, came.reason)
        else:
            await self._conclude(intent, Came.TAKEN)
        return came

    async def _conclude(self, intent: Intent, came: Came, reason: str | None = None) -> None:
        at, request = self._now(), intent.request
        await self._intents.conclude(Conclusion(intent.id, at, came, request, reason))
