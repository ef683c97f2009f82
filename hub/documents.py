"""Registered documents: the GraphQL texts that callers may name by their SHA-256, held in memory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage import document_store


def hash_of(text: str) -> str:
    """What a text is named by: SHA-256 of its UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class Registered:
    """The registered documents; `refresh` takes in those that were registered since."""

    engine: AsyncEngine = field(repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def refresh(self) -> None:
        """Load them, by their hash."""
        found = await document_store.all_documents(self.engine)
        texts = {one.hash: one.text for one in found}
        if texts != self.texts:
            self.texts = texts


async def register(engine: AsyncEngine, texts: Mapping[str, str], now: datetime) -> int:
    """Register texts under their names, and tell how many were not registered before."""
    named = {hash_of(text): (name, text) for name, text in texts.items()}
    return await document_store.add_documents(engine, named, now)
