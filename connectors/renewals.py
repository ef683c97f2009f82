"""Request secrets, and who renews them where several processes share one credential."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Secrets:
    """A pair from the handshake; its times are epoch seconds of the server's clock."""

    request: str = field(repr=False)
    refresh: str = field(repr=False)
    renew_at: float
    request_until: float
    refresh_until: float


@dataclass(frozen=True, slots=True)
class Renewed:
    """Secrets, and how far the server's clock is ahead of ours, in seconds."""

    secrets: Secrets
    clock_offset: float


class Renewals(Protocol):
    """The one place where a platform's secrets are renewed, as every renewal ends the older ones."""

    async def newer(self, platform: str, stale: str | None) -> Renewed:
        """Secrets whose request secret is not `stale`; raises as the handshake does."""
        ...
