"""The time of a query begins when its request came in."""

from pathlib import Path
from time import monotonic

from hub.evidence import Found, HolderKind, Lookup, Purpose, Subject, Unavailable
from tests.stack import ITEM, OPERATOR, open_stack


async def test_what_waited_for_longer_than_its_time_is_told_of_silence_at_once(
    tmp_path: Path,
) -> None:
    """The same lookup is found by a request that has just come in; nobody is asked for the late one."""
    async with open_stack(tmp_path) as stack:
        state = stack.server.config.app.state  # type: ignore[union-attr]  # it is our application
        requester = await state.hub.requester(stack.key)
        contexts = [state.operating.make_context(requester) for _ in range(2)]
        contexts[0].began -= 60
        someone = stack.sandbox.examples.held_only_at("resident_id_card", "province")
        about = Subject(HolderKind.PERSON, someone.identifier, someone.name)
        asked = Lookup("resident_id_card", about, Purpose(ITEM, "case-1", OPERATOR))
        began = monotonic()

        (late,) = await contexts[0].disclose([asked])
        took = monotonic() - began
        before = stack.upstream_calls()
        (soon,) = await contexts[1].disclose([asked])

    assert isinstance(late, Unavailable)
    assert "province" in late.silent
    assert took < 1.0
    assert before == {}
    assert isinstance(soon, Found)
