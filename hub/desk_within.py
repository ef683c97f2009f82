"""The verification desk in the hub's own process, as the rest of the hub knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.declarations.words import Platform
from hub.pacing import Clock


@dataclass(frozen=True, slots=True)
class EmbeddedDesk:
    """Where the desk in this process answers, the credential made for the hub, and its clock."""

    url: str
    credential: Mapping[str, str] = field(repr=False)
    clock: Clock = field(repr=False)

    def is_of(self, platform: Platform) -> bool:
        """Whether a platform is this desk."""
        return platform.url == self.url
