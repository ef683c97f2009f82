"""The loader of one request: all its lookups in one batch."""

from collections.abc import Awaitable, Callable, Sequence

from aiodataloader import DataLoader

from hub.evidence import Lookup, Outcome

Disclose = Callable[[Sequence[Lookup]], Awaitable[list[Outcome]]]


class LookupLoader(DataLoader[Lookup, Outcome]):
    """Gathers the lookups of one tick of one request; made inside the running loop.

    Nothing is remembered here: equal lookups are joined below, where each still gets its record.
    """

    cache = False

    def __init__(self, disclose: Disclose) -> None:
        super().__init__()
        self._disclose = disclose

    async def batch_load_fn(self, keys: list[Lookup]) -> list[Outcome]:
        return await self._disclose(keys)
