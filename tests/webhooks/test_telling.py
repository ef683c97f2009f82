"""Which webhooks a change concerns, and what they are told."""

import json
from datetime import timedelta

from connectors.assisted_words import ChangeKind
from hub.storage.webhook_store import Webhook
from hub.webhooks.telling import SKEW, messages_of, parts_of
from tests.webhooks.ground import ARCHIVES, BEGAN, CIVIL, HOUSING, a_change, a_recall


def a_webhook(unit: str, name: str = "wh_1") -> Webhook:
    """A webhook from the beginning on."""
    return Webhook(name, unit, "https://example.cn", b"", BEGAN)


def test_a_message_is_all_but_a_person() -> None:
    """Kind, moment, request, version, event, state, sequence, type, unit and its part."""
    change = a_change(7, kind=ChangeKind.REMINDER, event="half_time")

    (message,) = messages_of([change], [a_webhook(HOUSING)], BEGAN)

    assert json.loads(message.body) == {
        "type": "verification.reminder",
        "timestamp": change.at.isoformat(),
        "data": {
            "request": "r-1",
            "version": 7,
            "event": "half_time",
            "state": "claimed",
            "sequence": 7,
            "certificateType": "no_marriage_record",
            "unit": HOUSING,
            "as": ["requester"],
        },
    }
    assert message.id.startswith("msg_wh_1_7_")
    assert (message.attempts, message.put_at, message.next_at) == (0, BEGAN, BEGAN)


def test_whom_a_change_concerns() -> None:
    """Requester, issuer, the one it was forwarded from, and receivers of a recalled proof."""
    forwarded = a_change(1, holder=ARCHIVES, former_holder=CIVIL)

    assert parts_of(HOUSING, forwarded) == ("requester",)
    assert parts_of(CIVIL, forwarded) == ("former_issuer",)
    assert parts_of(ARCHIVES, forwarded) == ("issuer",)
    assert parts_of("others", forwarded) == ()
    assert parts_of("others", a_recall(1, "others")) == ("receiver",)
    assert parts_of(HOUSING, a_recall(1, HOUSING)) == ("requester", "receiver")


def test_a_receiver_is_told_nothing_of_other_receivers() -> None:
    """A recall names neither the other units nor the references of their cases."""
    (message,) = messages_of([a_recall(1, ARCHIVES, "others")], [a_webhook(ARCHIVES)], BEGAN)

    assert "others" not in message.body
    assert "办-1" not in message.body


def test_each_webhook_gets_a_message_of_its_own() -> None:
    """Two webhooks of one unit and one of the other side: three messages, none for strangers."""
    webhooks = [
        a_webhook(HOUSING, "wh_1"),
        a_webhook(HOUSING, "wh_2"),
        a_webhook(CIVIL, "wh_3"),
        a_webhook(ARCHIVES, "wh_4"),
    ]

    told = messages_of([a_change(1)], webhooks, BEGAN)

    assert [one.webhook for one in told] == ["wh_1", "wh_2", "wh_3"]
    assert len({one.id for one in told}) == 3


def test_what_was_before_a_webhook_is_not_told() -> None:
    """Only changes from its registration on, with a minute for clocks that differ."""
    early = a_change(1, at=BEGAN - SKEW - timedelta(milliseconds=1))
    just = a_change(2, at=BEGAN - SKEW)

    assert [m.sequence for m in messages_of([early, just], [a_webhook(HOUSING)], BEGAN)] == [2]
