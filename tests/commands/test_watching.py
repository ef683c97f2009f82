"""The commands' own subscriber, against the demo."""

import pytest

from hub.commands.asking import asker
from hub.commands.trouble import CommandFailed
from hub.commands.watching import watching
from tests.commands.conftest import Demo

RECALLED = "subscription ($operator: ID!) { recalled(operator: $operator) { request } }"


async def test_a_wrong_key_is_told(demo: Demo) -> None:
    """The hub closes the socket, and why is said in words."""
    async with asker(f"{demo.url}/graphql", "ch_wrong") as hub:
        with pytest.raises(CommandFailed, match=r"the hub ended the subscription \(.+\)"):
            async with watching(hub, RECALLED, {"operator": "op-001"}):
                pass


async def test_a_refused_subscription_is_told(demo: Demo) -> None:
    """An operator who is not the key's own gets no events, and the reason."""
    async with (
        asker(f"{demo.url}/graphql", demo.key) as hub,
        watching(hub, RECALLED, {"operator": "nobody"}) as watch,
    ):
        with pytest.raises(CommandFailed, match=r"the hub ended the subscription: .*operator"):
            await watch.until(lambda _: True)
