"""Writes to the platform: each between its intent and what came of it, both on record."""

import secrets
from collections.abc import Awaitable
from typing import TypeVar

from connectors.assisted_words import RequestView, StepRejected
from connectors.contract import ConnectorError
from hub.assisting.premises import Premises
from hub.evidence import Requester
from hub.trail.intents import Came, Conclusion, Intent, Opening

SUBMIT = "submit"
_CONFLICT = 409
_Told = TypeVar("_Told")


class Writes:
    """Puts writes on record: before they are made, and after the platform spoke or was silent."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

    def intent(
        self,
        requester: Requester,
        person: str,
        action: str,
        key: str,
        request: str | None = None,
        opening: Opening | None = None,
    ) -> Intent:
        """An intent of now."""
        return Intent(
            id=secrets.token_hex(12),
            at=self._premises.clock(),
            api_key=requester.key,
            unit=requester.unit,
            person=person,
            action=action,
            key=key,
            request=request,
            opening=opening,
        )

    async def on_record(self, intent: Intent) -> bool:
        """Put an intent on record; `False` where another one has its matter and turn already."""
        return await self._premises.intents.add(intent)

    async def made(self, intent: Intent, write: Awaitable[_Told]) -> _Told:
        """What the platform says to a write whose intent is on record; now that is, too."""
        try:
            told = await write
        except ConnectorError as trouble:
            await self._conclude(intent, Came.SILENT, reason=type(trouble).__name__)
            raise
        match told:
            case StepRejected() if intent.action == SUBMIT and asked_otherwise(told):
                await self._conclude(intent, Came.SILENT, reason="asked otherwise")
            case StepRejected(status=status, reason=reason):
                await self._conclude(intent, Came.REJECTED, reason=reason or str(status))
            case RequestView(id=request):
                await self._conclude(intent, Came.TAKEN, request)
            case _:
                await self._conclude(intent, Came.TAKEN, intent.request)
        return told

    async def _conclude(
        self, intent: Intent, came: Came, request: str | None = None, reason: str | None = None
    ) -> None:
        conclusion = Conclusion(intent.id, self._premises.clock(), came, request, reason)
        await self._premises.intents.conclude(conclusion)


def asked_otherwise(rejected: StepRejected) -> bool:
    """Whether the key was used with another body: what was asked under it stands."""
    return rejected.status == _CONFLICT and rejected.reason is None
