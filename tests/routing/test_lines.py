"""The lines to all sources."""

from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from tests.routing.scripted import Scripted, source_at


async def test_lines_to_what_was_taken_away_are_not_told() -> None:
    """Of two interfaces that were asked once, only the one that is still served is told of."""
    async with Lines(Observatory()) as lines:
        for name in ("one", "two"):
            lines.of(source_at(name, "a", Scripted({})))

        told = lines.among({("one", "one/a"), ("two", "two/b")})

        assert [(one.platform, one.interface) for one in told] == [("one", "one/a")]
        assert len(list(lines)) == 2
