"""A unit finds every recall of what it received, however much else it was told."""

from datetime import datetime, timedelta

from hub.compose import Hub
from hub.desk.store.timers import Reminder, remind
from tests.assisting.ground import ASKING, UNIT, DeskGround
from tests.assisting.test_proofs import answered, corrected

DAY = timedelta(days=1)


async def _told(ground: DeskGround, request: str, kind: str, count: int, at: datetime) -> None:
    """The unit was told so many things about a request, a second apart."""
    said = (at + timedelta(seconds=number) for number in range(count))
    made = [
        Reminder(request, kind, moment, UNIT, "operator", moment, None, f"case-{number}")
        for number, moment in enumerate(said)
    ]
    async with ground.desk.database.writing() as connection:
        await remind(connection, made)


async def test_reminders_hide_no_recall(hub: Hub, ground: DeskGround) -> None:
    """More reminders than a hub reads through come before the recall; it is found all the same."""
    view, review = await corrected(hub, ground)
    await _told(ground, view.id, "receipt", 10_100, ground.desk.now() - DAY)

    (recall,) = await hub.assisting.recalls.since(ASKING, None, 50)

    assert (recall.request, recall.corrected_by) == (view.id, review)


async def test_all_recalls_since_a_moment(hub: Hub, ground: DeskGround) -> None:
    """A page holds as many as were asked for, the oldest; without a number there are all."""
    view, began = await answered(hub, ground), ground.desk.now()
    await _told(ground, view.id, "recall", 450, began)
    recalls = hub.assisting.recalls

    assert len(await recalls.since(ASKING, began - DAY, 100)) == 100
    assert len(await recalls.since(ASKING, began - DAY, None)) == 450
