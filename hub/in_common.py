"""What the workers of one hub have in common: one desk, one renewal of secrets, all their figures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors.renewals import Renewals
from hub.desk_within import EmbeddedDesk


@dataclass(frozen=True, slots=True)
class InCommon:
    """What a worker does not do by itself; the process that keeps the workers does it for all."""

    desk: EmbeddedDesk | None
    renewals: Renewals
    figures: Callable[[], Awaitable[bytes]]
