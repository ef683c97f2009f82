"""Extracts proofs (提取) from the platform, endorsed for a unit's case."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.assisted_parts import DeliveryView, Officer, SubjectKind
from connectors.assisted_words import Extraction, SealedProof, StepRejected
from connectors.contract import ConnectorError, Value
from hub.assisting.premises import Premises
from hub.assisting.steps import platform_key
from hub.assisting.writes import Writes
from hub.evidence import Lookup, Requester


@dataclass(frozen=True, slots=True)
class NoProof:
    """None can be had now: why, and what to do."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A proof to be had: by whom for which case, what of it is granted, wanted, and on which row.

    `seen` are values that were handed over before and that the proof must not contradict.
    """

    requester: Requester
    lookup: Lookup
    request_id: str
    granted: frozenset[str]
    catalogue: int
    row: int | None
    request: str | None = None
    delivery: DeliveryView | None = None
    seen: Mapping[str, Value | None] = field(default_factory=dict, repr=False)

    @property
    def number(self) -> int | None:
        """The number of the delivery it is the proof of."""
        return None if self.delivery is None else self.delivery.number

    @property
    def key(self) -> str:
        """The key of the extraction: once for each request of a caller."""
        named = f"extract {self.request_id} {self.lookup.type} {self.request} {self.number}"
        return platform_key(self.requester.unit, f"{named} {self.lookup.subject.identifier}")


class Extracting:
    """Extracts proofs, each extraction on record before it is made."""

    def __init__(self, premises: Premises, writes: Writes) -> None:
        self._premises = premises
        self._writes = writes

    async def extracted(self, asked: Asked) -> SealedProof | NoProof:
        """The proof as the platform gave it, unchecked; or why there is none."""
        calls, person = self._premises.platform.calls, asked.lookup.purpose.operator
        intent = self._writes.intent(asked.requester, person, "extract", asked.key, asked.request)
        await self._writes.on_record(intent)
        write = calls.extract(self._extraction(asked), asked.key)
        try:
            came = await self._writes.made(intent, write)
        except ConnectorError as trouble:
            return NoProof("platform_silent", f"{trouble}. Ask again in a few seconds.")
        if isinstance(came, StepRejected):
            return NoProof(came.reason or "rejected", came.message)
        found = [one for one in came or () if asked.number in (None, one.delivery)]
        return found[-1] if found else NoProof("nothing_there", "There is no proof in force.")

    def _extraction(self, asked: Asked) -> Extraction:
        subject, purpose = asked.lookup.subject, asked.lookup.purpose
        item = self._premises.catalogue_in_force().items.get((asked.requester.unit, purpose.item))
        return Extraction(
            by=Officer(asked.requester.unit, purpose.operator),
            certificate=asked.lookup.type,
            subject_kind=SubjectKind(subject.kind.value),
            subject_id=subject.identifier,
            subject_name=subject.name,
            item=purpose.item,
            case=purpose.case,
            item_name=item.name_zh if item else None,
            request=asked.request,
            delivery=asked.number,
        )
