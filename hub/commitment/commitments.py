"""The use cases of commitment: offer a text with its page, put its acceptance on record."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from hub.catalogue.rows import Catalogue
from hub.commitment.offering import offer
from hub.commitment.words import (
    Acceptance,
    Accepted,
    CommitmentRecord,
    KeyTaken,
    Manner,
    NotOffered,
    Offer,
    Offered,
    TextChanged,
)
from hub.declarations.words import CertificateType
from hub.evidence import DenialRule, Lookup, Requester
from hub.notary.rendering import Paper, draw_paper
from hub.notary.wording import holder_rows
from hub.records import Pseudonyms


class CommitmentStore(Protocol):
    """Where acceptances are kept for good."""

    async def add(self, record: CommitmentRecord) -> CommitmentRecord:
        """The acceptance on record of this id, which is the first that came.

        Raises `RecordsUnavailable` where the database fails.
        """
        ...

    async def get(self, commitment: str) -> CommitmentRecord | None:
        """The acceptance of this id; raises `RecordsUnavailable` where the database fails."""
        ...


class Commitments:
    """Offers commitments where the catalogue allows them, and puts their acceptance on record."""

    def __init__(
        self,
        types: Mapping[str, CertificateType],
        in_force: Callable[[], Catalogue],
        store: CommitmentStore,
        pseudonyms: Pseudonyms,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._types = types
        self._in_force = in_force
        self._store = store
        self._pseudonyms = pseudonyms
        self._clock = clock

    def offer(self, requester: Requester, lookup: Lookup) -> Offer:
        """The text in force, or why there is none."""
        return offer(self._in_force(), requester, lookup, self._types[lookup.type])

    async def page(self, lookup: Lookup, offered: Offered) -> bytes:
        """The page to be signed, as PDF; `ProofTrouble` where a sign of the name has no font."""
        text = offered.text
        paper = Paper(
            title=text.title,
            number=text.digest,
            about=(*text.about, ("办件编号", lookup.purpose.case)),
            holder=(*holder_rows(lookup.subject), ("经办人", lookup.purpose.operator)),
            sections=text.sections,
        )
        return await asyncio.to_thread(draw_paper, paper)

    async def accept(
        self,
        requester: Requester,
        lookup: Lookup,
        digest: str,
        manner: Manner,
        key: str | None = None,
    ) -> Acceptance:
        """Put an acceptance on record; the same again, or the same key again, is the same record.

        Raises `RecordsUnavailable` where it can't be written: then nothing was accepted.
        """
        offered = self.offer(requester, lookup)
        if isinstance(offered, NotOffered) and offered.denial is DenialRule.UNKNOWN_OPERATOR:
            return offered
        record = self._record(requester, lookup, offered, digest, manner, key)
        known = await self._store.get(record.id)
        if known is not None:
            return _repeated(known, record)
        if isinstance(offered, NotOffered):
            return offered
        if digest != offered.text.digest:
            return TextChanged(offered)
        kept = await self._store.add(record)
        return Accepted(kept, False) if kept == record else _repeated(kept, record)

    def _record(
        self,
        requester: Requester,
        lookup: Lookup,
        offered: Offer,
        digest: str,
        manner: Manner,
        key: str | None,
    ) -> CommitmentRecord:
        purpose = lookup.purpose
        applicant = self._pseudonyms.of(lookup.subject) or ""
        by_row = offered if isinstance(offered, Offered) else None
        matter = (purpose.item, purpose.case, lookup.type, applicant, digest, manner)
        return CommitmentRecord(
            id=_id(requester.unit, *(matter if key is None else (key,))),
            at=self._clock(),
            api_key=requester.key,
            unit=requester.unit,
            operator=purpose.operator,
            item=purpose.item,
            case=purpose.case,
            applicant=applicant,
            certificate=lookup.type,
            catalogue=by_row.catalogue if by_row else 0,
            row=by_row.row if by_row else 0,
            digest=digest,
            manner=manner,
        )


def _repeated(known: CommitmentRecord, given: CommitmentRecord) -> Accepted | KeyTaken:
    return Accepted(known, True) if known.matter == given.matter else KeyTaken()


def _id(*parts: str) -> str:
    return "cm-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
