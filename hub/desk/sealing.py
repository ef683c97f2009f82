"""What the desk needs of whoever keeps the seals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.desk.request import VerificationRequest
from hub.desk.store.proofs import Document
from hub.desk.words import Officer


class SealRefused(Exception):
    """The seal can't be set now; the text says why and what to do next, and names nobody."""


class Sealer(Protocol):
    """Renders a draft and sets the unit's verification seal (核实信息专用章) on it."""

    async def seals(self, keeper: Officer, now: datetime) -> Sequence[str]:
        """The numbers of the seals this keeper may use now."""
        ...

    async def seal(
        self, request: VerificationRequest, seal: str, keeper: Officer, now: datetime
    ) -> Document:
        """The request's draft as a sealed document; raises `SealRefused`."""
        ...


class NoSeals:
    """Stands where no seals are configured: nothing can be sealed."""

    async def seals(self, keeper: Officer, now: datetime) -> Sequence[str]:  # noqa: ARG002
        """None."""
        return ()

    async def seal(
        self,
        request: VerificationRequest,  # noqa: ARG002
        seal: str,  # noqa: ARG002
        keeper: Officer,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Document:
        """Always raises `SealRefused`."""
        raise SealRefused("this desk has no seals; have its administrator open it with a sealer")
