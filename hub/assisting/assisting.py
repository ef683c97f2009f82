"""Assisted verification (协助核实) as the hub does it: asked for, followed, answered with proofs."""

from collections.abc import Mapping
from datetime import date

from connectors.assisted_words import EntryView, PageView, RequestView, StepRejected
from hub.assisting.admission import promised_on
from hub.assisting.asking import Asking
from hub.assisting.checking import Checking
from hub.assisting.premises import Premises
from hub.assisting.proofs import Proofs
from hub.assisting.recalls import Recalls
from hub.assisting.steps import Steps
from hub.assisting.words import AssistedPlatform
from hub.assisting.writes import Writes
from hub.evidence import Requester


class Assisting:
    """All that a unit does at the verification platform, through the hub."""

    def __init__(self, premises: Premises, checking: Checking) -> None:
        self.premises = premises
        writes = Writes(premises)
        self.asking = Asking(premises, writes)
        self.proofs = Proofs(premises, writes, checking)
        self.recalls = Recalls(premises)
        self._steps = Steps(premises, writes)

    @property
    def platform(self) -> AssistedPlatform:
        """The verification platform; raises `NoVerificationPlatform` where none is declared."""
        return self.premises.platform

    @property
    def today(self) -> date:
        """The date in China."""
        return self.premises.today

    async def step(
        self,
        requester: Requester,
        person: str,
        request: str,
        step: str,
        parts: Mapping[str, object],
        client_key: str | None = None,
    ) -> RequestView | StepRejected:
        """Take one step of a request as a person of the requester's unit; see `Steps.take`."""
        return await self._steps.take(requester, person, request, step, parts, client_key)

    async def request(self, requester: Requester, request: str) -> RequestView | None:
        """One request as the requester's unit sees it; `None` where it has nothing to do with it."""
        return await self.platform.calls.request(request, requester.unit)

    async def outbox(self, requester: Requester, after: str | None, count: int) -> PageView:
        """What the requester's unit asked for, oldest first."""
        return await self.platform.calls.outbox(requester.unit, after, count)

    async def history(self, requester: Requester, request: str) -> tuple[EntryView, ...] | None:
        """Every step of a request, oldest first."""
        return await self.platform.calls.history(request, requester.unit)

    def promised(self, requester: Requester, item: str, accepted_on: date) -> date | None:
        """The day a case of the requester's is promised for, where its item promises one."""
        known = self.premises.catalogue_in_force().items.get((requester.unit, item))
        return None if known is None else promised_on(known, accepted_on, self.premises.calendar)
