"""What a resolver knows of its request: who asks, the hub, and a fresh loader."""

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass, field
from time import perf_counter, time
from typing import Any

from strawberry.types import Info as StrawberryInfo

from hub.compose import Hub
from hub.evidence import Lookup, Outcome, Requester, Terms
from hub.guidance import close_matches
from hub.trail.names import fresh_name
from resolvers.certificate_types import CertificateTypes
from resolvers.door import Door
from resolvers.errors import CallerError, Code
from resolvers.limits import Limits
from resolvers.loaders import LookupLoader

USUAL = Terms()


@dataclass(slots=True)
class Context:
    """One request: its caller, its id, its loader, the sources it has shown, and what it has asked."""

    hub: Hub
    requester: Requester
    certificates: CertificateTypes
    limits: Limits
    door: Door
    request_id: str = field(default_factory=lambda: fresh_name(time()))
    began: float = field(default_factory=perf_counter)
    loader: LookupLoader | None = None
    sources: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    explored: int = 0

    def disclose(self, lookups: Sequence[Lookup]) -> Awaitable[list[Outcome]]:
        """One outcome per lookup, in order, in one batch of their own.

        Their time began when the request came in.
        """
        elapsed = perf_counter() - self.began
        return self.hub.disclosure.disclose(self.requester, lookups, self.request_id, elapsed)

    async def gathered(self, lookups: Sequence[Lookup]) -> list[Outcome]:
        """The same, in one batch with all lookups of this request that are asked for in this tick."""
        if self.loader is None:  # a plan needs none, and what it gathers knows the context
            self.loader = LookupLoader(self.disclose)
        return await asyncio.gather(*(self.loader.load(lookup) for lookup in lookups))

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the request came in."""
        return (perf_counter() - self.began) * 1000

    def explore(self, entries: int) -> None:
        """Count list entries about to be read; refuse more than one request may explore."""
        self.explored += entries
        if self.explored > self.limits.explored:
            raise CallerError(
                Code.TOO_LARGE,
                f"More than {self.limits.explored} entries of lists in one request.",
                "Take pages (`first`, `after`), or select fewer lists inside lists.",
            )

    def terms(self, within: float | None, max_age: int | None) -> Terms:
        """The terms of lookups, from milliseconds and seconds; refuses what may not be asked for."""
        if within is None and max_age is None:
            return USUAL
        most = self.hub.settings.within_most * 1000
        if within is not None and not 1 <= within <= most:
            hint = f"Give milliseconds from 1 on, at most {most:.0f}, or leave it out."
            raise CallerError(Code.BAD_INPUT, "`within` is out of bounds.", hint)
        if max_age is not None and max_age < 0:
            hint = "Give seconds, 0 for none that is used again, or leave it out."
            raise CallerError(Code.BAD_INPUT, "`maxAge` is below 0.", hint)
        return Terms(None if within is None else within / 1000, max_age)

    def check_lookups(self, types: Collection[str]) -> Collection[str]:
        """Refuse unknown certificate types, and more lookups than one request may hold.

        Returns each of the types once.
        """
        self.asked += len(types)
        if self.asked > self.limits.lookups:
            raise CallerError(
                Code.TOO_LARGE,
                f"More than {self.limits.lookups} lookups in one request.",
                "Split them over several requests.",
            )
        different, known = dict.fromkeys(types), self.hub.types
        for name in different:
            if name not in known:
                raise self._no_such_type(name)
        self.door.lookups_of(self.requester.key, len(types))
        return different

    def check_type(self, name: str) -> None:
        """Refuse a certificate type that is not declared here."""
        if name not in self.hub.types:
            raise self._no_such_type(name)

    def _no_such_type(self, name: str) -> CallerError:
        return CallerError(
            Code.BAD_INPUT,
            "There is no certificate type (证照类型) of this name.",
            close_matches(name, self.hub.types) + " `certificateTypes` lists them all.",
        )


Info = StrawberryInfo[Context, None]
