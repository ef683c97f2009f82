"""Asking the issuer: admitted, on record, once per case, certificate and subject."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from connectors.assisted_parts import RequestState
from hub.assisting.words import Ask, Pending, WrongAsk
from hub.compose import Hub
from hub.evidence import DenialRule, Denied, Lookup, Requester, Said, Step, Unavailable
from hub.storage.record_store import SqlRecords
from hub.storage.tables import conclusions, intents
from tests.assisting.ground import (
    ANOTHER,
    ASKING,
    CARD,
    CASE,
    DEGREE,
    GRANTED,
    ITEM,
    MARRIAGE,
    OPERATOR,
    OTHER,
    PERSON,
    REGISTER,
    SLOW,
    STRANGER,
    UNIT,
    VERA,
    DeskGround,
    ask,
    lookup,
    opened,
)
from tests.connectors.assisted_ground import Cut


async def test_the_issuer_is_asked_for_what_the_row_grants(hub: Hub, ground: DeskGround) -> None:
    """The request carries the granted fields, the case, the clerk, and the clock of the item."""
    came = await hub.assisting.asking.ask(ASKING, ask(), "r-1")

    view = opened(came)
    assert (view.certificate_type, frozenset(view.fields)) == (REGISTER, GRANTED)
    assert (view.subject.id, view.subject.name) == (PERSON.identifier, PERSON.name)
    assert (view.purpose.item, view.purpose.case) == (ITEM, CASE)
    assert (view.requester.unit, view.requester.name) == (UNIT, OPERATOR)
    assert view.due is not None
    assert view.due.rule == "half_hour"
    assert await ground.requests() == [view.id]


async def test_what_was_asked_is_on_record(hub: Hub) -> None:
    """The intent with catalogue and row, its conclusion, and the record of asking: all three."""
    came = await hub.assisting.asking.ask(ASKING, ask(), "r-1")

    assert isinstance(came, Pending)
    async with hub.engine.connect() as connection:
        (intent,) = (await connection.execute(select(intents))).all()
        (conclusion,) = (await connection.execute(select(conclusions))).all()
    assert (intent.unit, intent.person, intent.action) == (UNIT, OPERATOR, "submit")
    assert (intent.case, intent.certificate, intent.row) == (CASE, REGISTER, 1)
    assert sorted(intent.fields) == sorted(GRANTED)
    assert PERSON.identifier not in str(intent)
    assert (conclusion.intent, conclusion.came) == (intent.id, "taken")
    assert conclusion.request == came.request.id
    record = await SqlRecords(hub.engine).get(came.record)
    assert record is not None
    assert (record.outcome, record.source, record.fields) == ("pending", "verification", ())
    assert (record.row, record.case, record.subject) == (1, CASE, intent.subject)


@pytest.mark.parametrize(
    ("given", "requester", "rule"),
    [
        (ask(operator=STRANGER), ASKING, DenialRule.UNKNOWN_OPERATOR),
        (ask(item="许可-99999-000"), ASKING, DenialRule.ITEM_NOT_IN_CATALOGUE),
        (
            ask(item=SLOW),
            Requester("k", OTHER, frozenset({OPERATOR})),
            DenialRule.ITEM_OF_ANOTHER_UNIT,
        ),
        (ask(certificate=MARRIAGE, item=SLOW), ASKING, DenialRule.CERTIFICATE_NOT_IN_CATALOGUE),
        (ask(certificate=DEGREE), ASKING, DenialRule.OUT_OF_SCOPE),
        (ask(certificate=CARD), ASKING, DenialRule.NOT_BY_LOOKUP),
    ],
)
async def test_who_may_not_ask_is_denied_and_nothing_leaves(
    hub: Hub, ground: DeskGround, given: Ask, requester: Requester, rule: DenialRule
) -> None:
    """Each rule of admission: denied on record, and the desk was never called."""
    came = await hub.assisting.asking.ask(requester, given, "r-1")

    assert isinstance(came, Denied)
    assert came.rule is rule
    assert ground.wire.answers == 0
    record = await SqlRecords(hub.engine).get(came.record)
    assert record is not None
    assert (record.outcome, record.rule) == ("denied", rule.value)


async def test_a_row_without_verification_names_what_it_has(hub: Hub) -> None:
    """The denial names the row's measures and what would mend it."""
    came = await hub.assisting.asking.ask(ASKING, ask(certificate=CARD), "r-1")

    assert isinstance(came, Denied)
    assert came.article == "Articles 9 and 14"
    assert "sharing" in came.remedy
    assert "协助核实" in came.remedy


async def test_fields_are_those_named_or_all_granted(hub: Hub, ground: DeskGround) -> None:
    """Named ones alone are asked; one that isn't granted, or none at all, is told and not asked."""
    some = Ask(lookup(), date(2026, 3, 2), fields=frozenset({"name"}))

    assert opened(await hub.assisting.asking.ask(ASKING, some, "r-1")).fields == ("name",)
    calls = ground.wire.answers
    for wrong in ({"former_name"}, {"name", "330203199001016715"}, set()):
        given = Ask(lookup(case="办-2"), date(2026, 3, 2), fields=frozenset(wrong))
        with pytest.raises(WrongAsk) as told:
            await hub.assisting.asking.ask(ASKING, given, "r-1")
        assert "household_number, marital_status, name" in told.value.hint
        assert "330203199001016715" not in f"{told.value} {told.value.hint}"
    assert ground.wire.answers == calls


async def test_an_open_request_is_found_again(hub: Hub, ground: DeskGround) -> None:
    """Asked twice for the same case, certificate and subject: one request, as it stands by then."""
    first = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await ground.issuer.take(first.id, "claim", VERA)

    again = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-2"))

    assert (again.id, again.state) == (first.id, RequestState.CLAIMED)
    assert await ground.requests() == [first.id]


@pytest.mark.parametrize(
    "other", [lookup(case="办-other"), lookup(subject=ANOTHER), lookup(MARRIAGE)]
)
async def test_another_matter_is_another_request(
    hub: Hub, ground: DeskGround, other: Lookup
) -> None:
    """Another case, subject or certificate: a request of its own."""
    first = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    more = Ask(other, date(2026, 3, 2), issuer="civil-affairs")

    second = opened(await hub.assisting.asking.ask(ASKING, more, "r-2"))

    assert sorted(await ground.requests()) == sorted([first.id, second.id])
    assert first.id != second.id


async def test_after_an_end_a_new_request_is_opened(hub: Hub, ground: DeskGround) -> None:
    """A withdrawn request is not found again: the next asking opens another one."""
    first = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1"))
    await hub.assisting.step(ASKING, OPERATOR, first.id, "cancel", {"reason": "撤件"})

    second = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-2"))

    assert second.id != first.id
    assert len(await ground.requests()) == 2


async def test_ten_at_once_open_one(hub: Hub, ground: DeskGround) -> None:
    """Ten equal askings at one moment: one request, found by all."""
    came = await asyncio.gather(
        *(hub.assisting.asking.ask(ASKING, ask(), f"r-{number}") for number in range(10))
    )

    assert await ground.requests() == [opened(came[0]).id]
    assert {opened(one).id for one in came} == {opened(came[0]).id}


async def test_one_key_is_one_request_even_after_its_end(hub: Hub, ground: DeskGround) -> None:
    """Repeated under the caller's key the ended request is shown; a key for another matter is told."""
    keyed = Ask(lookup(), date(2026, 3, 2), key="my-key")
    first = opened(await hub.assisting.asking.ask(ASKING, keyed, "r-1"))
    await hub.assisting.step(ASKING, OPERATOR, first.id, "cancel", {"reason": "撤件"})

    again = opened(await hub.assisting.asking.ask(ASKING, keyed, "r-2"))

    assert (again.id, again.state) == (first.id, RequestState.CANCELLED)
    with pytest.raises(WrongAsk, match="used for another request"):
        other = Ask(lookup(case="办-2"), date(2026, 3, 2), key="my-key")
        await hub.assisting.asking.ask(ASKING, other, "r-3")
    assert await ground.requests() == [first.id]


@pytest.mark.parametrize("key", [None, "my-key"])
async def test_a_lost_answer_loses_nothing(hub: Hub, ground: DeskGround, key: str | None) -> None:
    """The desk took it but its answers got lost: told as such; repeated, it is the same one request."""
    given = Ask(lookup(), date(2026, 3, 2), key=key)
    ground.wire.cuts += [Cut.LOST, Cut.LOST]

    came = await hub.assisting.asking.ask(ASKING, given, "r-1")

    assert isinstance(came, Unavailable)
    (attempt,) = came.trail
    assert attempt.said in {Said.UNREACHABLE, Said.GARBLED, Said.TIMED_OUT}
    assert "send the same mutation again" in (attempt.reason or "")
    assert came.silent == ("verification",)
    assert Step.VERIFICATION in came.next
    assert len(await ground.requests()) == 1

    again = opened(await hub.assisting.asking.ask(ASKING, given, "r-2"))

    assert await ground.requests() == [again.id]


async def test_repeated_otherwise_after_a_lost_answer_opens_no_second(
    hub: Hub, ground: DeskGround
) -> None:
    """Another clerk's day and fields don't matter: what was asked first stands, and is asked again."""
    ground.wire.cuts += [Cut.LOST, Cut.LOST]
    await hub.assisting.asking.ask(ASKING, ask(), "r-1")
    other = Ask(lookup(), date(2026, 3, 3), fields=frozenset({"name"}))

    view = opened(await hub.assisting.asking.ask(ASKING, other, "r-2"))

    assert frozenset(view.fields) == GRANTED
    assert await ground.requests() == [view.id]


async def test_two_issuers_want_one_named(hub: Hub) -> None:
    """Where several units issue it the desk's words reach the caller; named, it is opened."""
    came = await hub.assisting.asking.ask(ASKING, ask(certificate=MARRIAGE), "r-1")

    assert isinstance(came, Unavailable)
    assert came.trail[-1].said is Said.REFUSED
    assert "name one as issuer" in (came.trail[-1].reason or "")
    named = Ask(lookup(MARRIAGE), date(2026, 3, 2), issuer="civil-affairs")
    assert opened(await hub.assisting.asking.ask(ASKING, named, "r-2")).issuer == "civil-affairs"


async def test_who_is_not_designated_at_the_desk_is_denied(hub: Hub, ground: DeskGround) -> None:
    """The key names the clerk, the desk's registry doesn't: denied with its words, nothing opened."""
    requester = Requester("key-1", UNIT, frozenset({STRANGER}))

    came = await hub.assisting.asking.ask(requester, ask(operator=STRANGER), "r-1")

    assert isinstance(came, Denied)
    assert came.rule is DenialRule.UNKNOWN_OPERATOR
    assert "核查平台" in came.remedy
    assert await ground.requests() == []
