"""What every dialect promises, told once for all of them over real HTTP."""

from dataclasses import replace

import pytest

from connectors.contract import (
    Blank,
    Garbled,
    Held,
    Incomplete,
    NotHeld,
)
from connectors.http import Http
from tests.connectors.contract_world import LAN_HELD, MEI_HELD, World, opened, row
from tests.connectors.people import BO, LAN, MEI, inquiry, resident_id
from tests.connectors.scripted_server import (
    Said,
)
from tests.connectors.speakers import (
    ONE_BY_ONE,
    Speaker,
    asking_again,
)


async def test_held(world: World) -> None:
    """What is held comes read: text as text, a date as a date, nothing as None."""
    assert await world.ask(MEI) == [MEI_HELD]
    assert await world.ask(LAN) == [LAN_HELD]


async def test_not_held(world: World) -> None:
    """A platform that holds nothing says so."""
    assert await world.ask(BO) == [NotHeld()]


async def test_order(world: World) -> None:
    """Answers stand in the order of the inquiries, and each distinct inquiry is asked once."""
    answers = await world.ask(BO, LAN, MEI, LAN, BO)

    assert answers == [NotHeld(), LAN_HELD, MEI_HELD, LAN_HELD, NotHeld()]
    assert sorted(map(tuple, world.platform.lookups)) == sorted([(BO,), (LAN,), (MEI,)])


async def test_nothing_asked(world: World) -> None:
    """No inquiries, no calls."""
    assert await world.ask() == []
    assert world.server.asked == []


@pytest.mark.parametrize(
    "shown",
    [
        "330299************",
        "330299********001*",
        "33029919700101001*",
        "3302**",
        "＊" * 18,
        "*",
        "",
    ],
)
async def test_masked_holder(world: World, shown: str) -> None:
    """A holder masked so that it can be the subject, or tells nobody, passes; it stays masked."""
    world.platform.told[MEI] = row("梅一", shown)

    (answer,) = await world.ask(MEI)

    assert isinstance(answer, Held)
    assert answer.values["name"] == "梅一"
    assert answer.values["id_number"] == (shown or None)


async def test_small_x(world: World) -> None:
    """A check character x is the same as X."""
    someone = next(one for one in map(resident_id, range(100)) if one.endswith("X"))
    world.platform.told[someone] = row("某", someone.lower())

    (answer,) = await world.ask(someone)

    assert isinstance(answer, Held)
    assert answer.values["id_number"] == someone


@pytest.mark.parametrize("charset", ["", "; charset=GB18030", "; charset=gbk", "; charset=utf-8"])
async def test_gb18030(world: World, charset: str) -> None:
    """GB18030 is read whether it is named, not named, or named wrongly."""
    said = world.platform.speaker.say([row("梅一䶮", MEI)])
    in_gb = said.body.decode().encode("gb18030")
    world.platform.told[MEI] = Said(in_gb, headers={"Content-Type": f"text/plain{charset}"})

    (answer,) = await world.ask(MEI)

    assert isinstance(answer, Held)
    assert answer.values["name"] == "梅一䶮"


async def test_missing_fact(world: World) -> None:
    """An inquiry that lacks a fact is not asked; the others are."""
    inquiries = [inquiry(MEI), inquiry(BO, subject__name=""), inquiry(LAN)]

    before, lacking, after = await world.connector.fetch(world.interface, inquiries)

    assert (before, after) == (MEI_HELD, LAN_HELD)
    assert type(lacking) is Incomplete
    assert str(lacking) == "city/id_card: needs subject.name: give it in the subject"
    assert sorted(map(tuple, world.platform.lookups)) == sorted([(MEI,), (LAN,)])


@pytest.mark.parametrize("speaker", ONE_BY_ONE, ids=lambda speaker: speaker.dialect)
async def test_blank_is_failure(speaker: Speaker, http: Http) -> None:
    """Where blank means failure, silence is not absence."""
    async with opened(speaker, http) as world:
        shape = replace(world.interface.answer, blank=Blank.FAILURE)
        world.interface = replace(world.interface, answer=shape)

        (answer,) = await world.ask(BO)

    assert type(answer) is Garbled
    assert "the answer is blank" in str(answer)
    assert world.platform.lookups == [[BO]]


@pytest.mark.parametrize("speaker", ONE_BY_ONE, ids=lambda speaker: speaker.dialect)
async def test_blank_asks_again(speaker: Speaker, http: Http) -> None:
    """Where blank means ask again, it is asked once more and no more."""
    async with opened(speaker, http) as world:
        world.interface = asking_again(world.interface)

        (answer,) = await world.ask(BO)

    assert type(answer) is Garbled
    assert world.platform.lookups == [[BO], [BO]]


@pytest.mark.parametrize("speaker", ONE_BY_ONE, ids=lambda speaker: speaker.dialect)
async def test_blank_then_held(speaker: Speaker, http: Http) -> None:
    """Where blank means ask again, the second answer counts."""
    async with opened(speaker, http) as world:
        world.interface = asking_again(world.interface)
        world.platform.then[BO] = row("博三", BO)

        (answer,) = await world.ask(BO)

    assert isinstance(answer, Held)
    assert world.platform.lookups == [[BO], [BO]]
