"""What the desk needs of whoever keeps the seals; who may use which is the desk's own registry."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.desk.store.proofs import Document
from hub.notary.words import Content, Extraction, Proof, Seal, Sealed, SealUse


class SealRefused(Exception):
    """The seal can't be set now; the text says why and what to do next, and names nobody."""


class Sealer(Protocol):
    """Renders documents, sets seals on them, and writes the platform's endorsement."""

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:
        """The content under a seal, whose use is allowed; raises `SealRefused`."""
        ...

    async def endorse(
        self, sealed: Sealed, extraction: Extraction, at: datetime, valid_until: datetime
    ) -> Proof:
        """The sealed document with the endorsement of one extraction; raises `SealRefused`."""
        ...


class NoSeals:
    """Stands where no seals are configured: nothing can be sealed."""

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:  # noqa: ARG002
        """Always raises `SealRefused`."""
        raise SealRefused(_NO_SEALS)

    async def endorse(
        self,
        sealed: Sealed,  # noqa: ARG002
        extraction: Extraction,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
        valid_until: datetime,  # noqa: ARG002
    ) -> Proof:
        """Always raises `SealRefused`."""
        raise SealRefused(_NO_SEALS)


_NO_SEALS = "this desk has no seals; have its administrator open it with a sealer"


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A sealed document and the use of the seal, to be kept in one transaction or not at all."""

    document: Document = field(repr=False)
    use: SealUse
