"""What is seen of a source: what it said itself, not what became of questions it never got."""

import pytest

from connectors.contract import ConnectorError, Crowded, Held, Incomplete, Refused, TimedOut
from hub.evidence import Said
from hub.routing.observation import Observatory, Observed, SourceState
from tests.routing.scripted import Scripted, source_at


@pytest.mark.parametrize("unasked", [Crowded("no slot"), Incomplete("no name")])
def test_who_was_not_asked_is_as_before(unasked: ConnectorError) -> None:
    """Neither its state nor its figures change; who was never asked stays unknown."""
    observatory = Observatory()
    asked, never = (source_at(name, "a", Scripted({})) for name in ("one", "two"))
    observatory.heard(asked, 0.02, [Held({})])
    before = observatory.seen("one")

    observatory.heard(asked, 3.0, [unasked])
    observatory.heard(never, 3.0, [unasked])

    assert before == Observed(SourceState.ANSWERING, 1, 20.0, 20.0, {Said.HELD: 1})
    assert observatory.seen("one") == before
    assert observatory.seen("two") == Observed(SourceState.UNKNOWN, 0, None, None, {})


@pytest.mark.parametrize("silence", [TimedOut("late"), Refused("500")])
def test_who_did_not_answer_is_failing(silence: ConnectorError) -> None:
    """It was asked and did not answer."""
    observatory, asked = Observatory(), source_at("one", "a", Scripted({}))

    observatory.heard(asked, 0.02, [Held({})])
    observatory.heard(asked, 1.0, [silence])

    assert observatory.seen("one").state is SourceState.FAILING
