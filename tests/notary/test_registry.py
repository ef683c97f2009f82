"""The registry of seals: permission, suspension, revocation, uses."""

from datetime import timedelta

import pytest

from hub.notary.registry import (
    Change,
    Forbidden,
    Registry,
    SealEvent,
    SealRecord,
    Standing,
    changed,
    use,
    used,
)
from hub.notary.words import SealKind, SealState, SealUse
from tests.notary.ground import KEEPER, MADE, NOW, done, made_seal

DAY = timedelta(days=1)
SEAL = made_seal("S-1").seal
VERIFICATION = SealKind.VERIFICATION


def event(change: Change, days: float, operator: str | None = None) -> SealEvent:
    """A change so many days after the seal was made."""
    return SealEvent(MADE + days * DAY, change, "police", operator)


def record(*events: SealEvent) -> SealRecord:
    """The seal after changes that are all allowed."""
    made = SealRecord(SEAL)
    for one in events:
        made = done(made, one)
    return made


def test_a_seal_through_its_life() -> None:
    """Every moment has its own state and its own operators; a change counts from its moment on."""
    lived = record(
        event(Change.PERMITTED, 1, "a"),
        event(Change.PERMITTED, 2, "b"),
        event(Change.WITHDRAWN, 3, "a"),
        event(Change.SUSPENDED, 4),
        event(Change.PERMITTED, 5, "c"),
        event(Change.RESUMED, 6),
        event(Change.WITHDRAWN, 7, "b"),
        event(Change.WITHDRAWN, 7, "c"),
        event(Change.REVOKED, 8),
    )

    stood = [lived.standing(MADE + day * DAY) for day in range(9)]

    assert stood == [
        Standing(SealState.MADE),
        Standing(SealState.PERMITTED, frozenset({"a"})),
        Standing(SealState.PERMITTED, frozenset({"a", "b"})),
        Standing(SealState.PERMITTED, frozenset({"b"})),
        Standing(SealState.SUSPENDED, frozenset({"b"})),
        Standing(SealState.SUSPENDED, frozenset({"b", "c"})),
        Standing(SealState.PERMITTED, frozenset({"b", "c"})),
        Standing(SealState.MADE),
        Standing(SealState.REVOKED),
    ]
    assert lived.standing(MADE + DAY - timedelta(microseconds=1)) == Standing(SealState.MADE)


@pytest.mark.parametrize(
    ("before", "change", "message"),
    [
        (
            [event(Change.REVOKED, 1)],
            event(Change.PERMITTED, 2, "a"),
            "the seal is revoked for good: have a new one made",
        ),
        (
            [event(Change.REVOKED, 1)],
            event(Change.REVOKED, 2),
            "the seal is revoked for good: have a new one made",
        ),
        ([], event(Change.RESUMED, 1), "the seal is made, so it can't be resumed"),
        (
            [event(Change.SUSPENDED, 1)],
            event(Change.SUSPENDED, 2),
            "the seal is suspended, so it can't be suspended",
        ),
        (
            [event(Change.SUSPENDED, 2)],
            event(Change.REVOKED, 1),
            f"the last change was at {(MADE + 2 * DAY).isoformat()}: give a later time",
        ),
        (
            [],
            event(Change.REVOKED, -1),
            f"the last change was at {MADE.isoformat()}: give a later time",
        ),
    ],
)
def test_changes_that_may_not_be_made(
    before: list[SealEvent], change: SealEvent, message: str
) -> None:
    """Each is refused with its own reason."""
    assert changed(record(*before), change) == Forbidden(message)


@pytest.mark.parametrize(("change", "operator"), [(Change.PERMITTED, None), (Change.REVOKED, "a")])
def test_an_operator_where_none_belongs(change: Change, operator: str | None) -> None:
    """Only permissions are about an operator, and those always are."""
    with pytest.raises(ValueError, match="do not go together"):
        SealEvent(NOW, change, "police", operator)


def test_a_use_is_put_on_record() -> None:
    """A permitted use is a value; recorded, it is found by its document."""
    permitted = record(event(Change.PERMITTED, 1, KEEPER))

    made = use(permitted, VERIFICATION, KEEPER, "D-1", NOW)

    assert made == SealUse("S-1", KEEPER, NOW, "D-1")
    assert isinstance(made, SealUse)
    assert used(permitted, made).used_on("D-1") == made
    assert used(permitted, made).used_on("D-2") is None


@pytest.mark.parametrize(
    ("events", "kind", "operator", "document", "days", "message"),
    [
        (
            [event(Change.PERMITTED, 1, "a")],
            SealKind.SHARING,
            "a",
            "D-2",
            2,
            "seal S-1 is the 电子证明核实信息专用章: use the 电子证明共享信息专用章",
        ),
        (
            [],
            VERIFICATION,
            "a",
            "D-2",
            2,
            "seal S-1 is permitted to nobody: have it permitted (certhub seals permit)",
        ),
        (
            [event(Change.PERMITTED, 1, "a"), event(Change.SUSPENDED, 1)],
            VERIFICATION,
            "a",
            "D-2",
            2,
            "seal S-1 is suspended: use another, or have it resumed by who suspended it",
        ),
        (
            [event(Change.PERMITTED, 1, "a")],
            VERIFICATION,
            "b",
            "D-2",
            2,
            "seal S-1 is not permitted to this operator: have it permitted",
        ),
        (
            [event(Change.PERMITTED, 1, "a")],
            VERIFICATION,
            "a",
            "D-2",
            2000,
            "the certificate of seal S-1 is not in date: have a new one made",
        ),
        (
            [event(Change.PERMITTED, 1, "a")],
            VERIFICATION,
            "a",
            "D-1",
            2,
            "document D-1 bears seal S-1 already",
        ),
    ],
)
def test_uses_that_may_not_be_made(
    events: list[SealEvent],
    kind: SealKind,
    operator: str,
    document: str,
    days: int,
    message: str,
) -> None:
    """Each is refused with its own reason."""
    before = used(record(*events), SealUse("S-1", "a", MADE, "D-1"))

    made = use(before, kind, operator, document, MADE + days * DAY)

    assert made == Forbidden(message)


def test_a_registry_is_a_value() -> None:
    """Putting a record in leaves the old registry as it was."""
    empty = Registry()

    filled = empty.having(record())

    assert empty.record("S-1") is None
    assert filled.record("S-1") == record()
