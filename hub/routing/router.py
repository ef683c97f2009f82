"""The router: asks sources in waves, best first, and never races one against another (Article 13)."""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from time import perf_counter

from hub.routing.observation import Observatory
from hub.routing.route import Source
from hub.routing.search import Finding, Question, Search, said_by

Wave = dict[Source, list[Search]]


def next_wave(searches: Iterable[Search]) -> Wave:
    """Every unfinished search under its next source: one batch for each source."""
    wave: Wave = {}
    for search in searches:
        source = search.next_source
        if source is not None:
            wave.setdefault(source, []).append(search)
    return wave


class Router:
    """Finds certificates; `patience` bounds one batch of one source, in seconds."""

    def __init__(self, observatory: Observatory, patience: float) -> None:
        self._observatory = observatory
        self._patience = patience

    async def find(self, questions: Sequence[Question]) -> list[Finding]:
        """One finding per question, in order; equal questions are asked once."""
        searches: dict[Hashable, Search] = {}
        for question in questions:
            searches.setdefault(question.key, Search(question))
        while wave := next_wave(searches.values()):
            async with asyncio.TaskGroup() as asking:
                for source, batch in wave.items():
                    asking.create_task(self._ask(source, batch))
        return [searches[question.key].finding_for(question) for question in questions]

    async def _ask(self, source: Source, batch: Sequence[Search]) -> None:
        inquiries = [search.question.inquiry for search in batch]
        began = perf_counter()
        replies = await source.connector.fetch(source.interface, inquiries, self._patience)
        took_ms = (perf_counter() - began) * 1000
        for search, reply in zip(batch, replies, strict=True):
            search.hear(source, reply, took_ms)
        self._observatory.observe(source, took_ms, [said_by(reply) for reply in replies])
