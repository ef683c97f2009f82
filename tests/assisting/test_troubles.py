"""What goes wrong between record and platform: nothing leaves without a record, nothing is lost."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from msgspec import structs
from sqlalchemy import func, select

from connectors.assisted_words import RequestView
from connectors.contract import ConnectorError
from hub.assisting.asking import Asking
from hub.assisting.extracting import NoProof
from hub.assisting.proofs import Proven
from hub.assisting.words import Ask, NoVerificationPlatform
from hub.assisting.writes import Writes
from hub.compose import Hub
from hub.evidence import Found, NotHeld, Requester, Step, Unavailable
from hub.storage.catalogue_store import save_version
from hub.storage.tables import intents
from hub.trail.records import RecordsUnavailable
from tests.assisting.ground import (
    ASKING,
    CIVIL,
    FOUND,
    MARRIAGE,
    OPERATOR,
    OTHER,
    DeskGround,
    ask,
    content,
    lookup,
    open_asking,
    opened,
)
from tests.connectors.assisted_ground import Cut

DAY = date(2026, 3, 2)


async def intents_of(hub: Hub) -> int:
    """How many intents are on record."""
    async with hub.engine.connect() as connection:
        return int(
            (await connection.execute(select(func.count()).select_from(intents))).scalar_one()
        )


async def test_without_a_record_nothing_is_asked(hub: Hub, ground: DeskGround) -> None:
    """The database is gone: asking and stepping fail before the desk is called."""
    file = ground.settings.data / "certhub.db"
    file.rename(file.with_suffix(".gone"))

    with pytest.raises(RecordsUnavailable):
        await hub.assisting.asking.ask(ASKING, ask(), "r-1")
    with pytest.raises(RecordsUnavailable):
        await hub.assisting.step(ASKING, OPERATOR, "x", "cancel", {"reason": "撤件"})

    assert ground.wire.answers == 0


async def test_a_hub_that_ends_in_the_middle_loses_nothing(ground: DeskGround) -> None:
    """Ended between its intent and the answer: the next hub finds the one request."""
    ground.wire.cuts.append(Cut.STUCK)
    async with open_asking(ground) as hub:
        asking = asyncio.create_task(hub.assisting.asking.ask(ASKING, ask(), "r-1"))
        while not await ground.requests():  # noqa: ASYNC110  # the desk tells nobody here
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait([asking])

    async with open_asking(ground) as hub:
        view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-2"))
        assert await intents_of(hub) == 1

    assert await ground.requests() == [view.id]


async def test_an_intent_that_never_left_is_asked_later(ground: DeskGround) -> None:
    """Ended after its intent and before the desk was reached: repeated, it is opened once."""
    async with open_asking(ground) as hub:
        ground.wire.cuts += [Cut.LOST] * 2
        asking = asyncio.create_task(hub.assisting.asking.ask(ASKING, ask(), "r-1"))
        while not await intents_of(hub):  # noqa: ASYNC110  # a table tells nobody
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])

    ground.wire.cuts.clear()
    async with open_asking(ground) as hub:
        view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-2"))

    assert await ground.requests() == [view.id]


async def test_another_name_after_a_lost_answer_is_told(hub: Hub, ground: DeskGround) -> None:
    """The subject named otherwise than when the answer got lost: told, and no second is opened."""
    ground.wire.cuts += [Cut.LOST, Cut.LOST]
    await hub.assisting.asking.ask(ASKING, ask(), "r-1")
    renamed = structs.replace(lookup(), subject=structs.replace(lookup().subject, name="王实例"))

    came = await hub.assisting.asking.ask(ASKING, Ask(renamed, DAY), "r-2")

    assert isinstance(came, Unavailable)
    assert "the name as it was given first" in (came.trail[-1].reason or "")
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-3"))
    assert await ground.requests() == [view.id]


async def test_what_was_rejected_may_be_asked_anew(hub: Hub, ground: DeskGround) -> None:
    """After a rejection the next asking is a fresh one, under a key of its own."""
    nameless = Ask(lookup(MARRIAGE), DAY, key="my-key")
    assert isinstance(await hub.assisting.asking.ask(ASKING, nameless, "r-1"), Unavailable)

    named = replace(nameless, issuer=CIVIL)
    view = opened(await hub.assisting.asking.ask(ASKING, named, "r-2"))

    assert await ground.requests() == [view.id]
    assert await intents_of(hub) == 2


async def test_granted_is_what_was_granted_at_the_opening(hub: Hub, ground: DeskGround) -> None:
    """A row that grants less since: the answer to what was asked before comes whole."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id)
    narrower = content()
    rows = tuple(replace(row, granted=frozenset({"name"})) for row in narrower.rows)
    now = datetime.now(UTC)
    await save_version(hub.engine, replace(narrower, rows=rows), "narrow", date(2026, 1, 2), now)
    await hub.edition.refresh()

    came = await hub.assisting.proofs.of_delivery(
        ASKING, OPERATOR, await _seen(hub, view.id), 1, None, "r-2"
    )

    assert isinstance(came, Proven)
    assert came.found.disclosed == FOUND


async def test_a_document_that_says_more_than_granted_stays_away(
    hub: Hub, ground: DeskGround
) -> None:
    """Another unit finds the proof; its row grants the name alone, so the document is withheld."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id)
    other = Requester("key-2", OTHER, frozenset({OPERATOR}))
    asked = lookup(case="燃-1")
    (found,) = await hub.disclosure.disclose(other, [asked], "r-2")
    assert isinstance(found, Found)
    assert found.disclosed == {"name": FOUND["name"]}

    came = await hub.assisting.proofs.of_found(other, asked, found, "r-2")

    assert isinstance(came, Proven)
    assert (came.document, came.found.disclosed) == (False, {"name": FOUND["name"]})
    assert came.found.withheld == frozenset(FOUND) - {"name"}


async def test_an_unacknowledged_extraction_is_repeated_once(hub: Hub, ground: DeskGround) -> None:
    """One lost answer is repeated under the same key: one proof, one extraction at the desk."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id)
    view = await _seen(hub, view.id)
    ground.wire.cuts.append(Cut.LOST)

    came = await hub.assisting.proofs.of_delivery(ASKING, OPERATOR, view, 1, None, "r-2")

    assert isinstance(came, Proven)
    assert came.sealed.document_number == ground.meddler.last["documentNumber"]


async def test_the_record_of_a_proof_comes_before_the_proof(hub: Hub, ground: DeskGround) -> None:
    """The database is gone after the answer was sent: neither values nor document leave."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id)
    view = await _seen(hub, view.id)
    file = ground.settings.data / "certhub.db"
    file.rename(file.with_suffix(".gone"))

    with pytest.raises(RecordsUnavailable):
        await hub.assisting.proofs.of_delivery(ASKING, OPERATOR, view, 1, None, "r-2")

    assert ground.meddler.last == {}


async def test_no_delivery_of_that_number(hub: Hub, ground: DeskGround) -> None:
    """A number that was never sent: nothing there, and no proof of another one."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.answer(view.id)
    view = await _seen(hub, view.id)

    came = await hub.assisting.proofs.of_delivery(ASKING, OPERATOR, view, 7, None, "r-2")

    assert isinstance(came, NoProof)
    assert came.reason == "nothing_there"


async def test_pursuing_asks_only_where_it_is_left_open(hub: Hub, ground: DeskGround) -> None:
    """Found, denied or nothing left but bringing: the outcome stays as it is, and nobody is asked."""
    (held,) = await hub.disclosure.disclose(ASKING, [lookup()], "r-1")
    assert isinstance(held, NotHeld)
    before = ground.wire.answers
    brought = structs.replace(held, next=(Step.BRING,))

    came = await hub.assisting.asking.pursue(ASKING, ask(), brought, "r-1")

    assert came is brought
    assert ground.wire.answers == before


async def test_a_hub_without_a_verification_platform_says_so(hub: Hub, ground: DeskGround) -> None:
    """None in the dialect: asking is Unavailable with what else is left, seeing says why."""
    premises = replace(hub.assisting.premises, declared_platform=lambda: None)

    came = await Asking(premises, Writes(premises)).ask(ASKING, ask(), "r-1")

    assert isinstance(came, Unavailable)
    assert (came.trail, came.next) == ((), (Step.BRING,))
    with pytest.raises(NoVerificationPlatform):
        _ = premises.platform
    assert ground.wire.answers == 0


async def test_a_step_whose_answer_is_lost_is_taken_once(hub: Hub, ground: DeskGround) -> None:
    """Told as unreachable; repeated under the caller's key it is the same step, not a second one."""
    view = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    ground.wire.cuts += [Cut.LOST, Cut.LOST]
    given: Mapping[str, object] = {"reason": "撤件"}

    with pytest.raises(ConnectorError):
        await hub.assisting.step(ASKING, OPERATOR, view.id, "cancel", given, "my-key")
    came = await hub.assisting.step(ASKING, OPERATOR, view.id, "cancel", given, "my-key")

    assert isinstance(came, RequestView)
    assert came.state == "cancelled"
    history = await hub.assisting.history(ASKING, view.id)
    assert history is not None
    assert [entry.event for entry in history] == ["Issue", "Deliver", "Cancel"]


async def _seen(hub: Hub, request: str) -> RequestView:
    view = await hub.assisting.request(ASKING, request)
    assert view is not None
    return view
