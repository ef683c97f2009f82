"""Which webhooks a change concerns, and what they are told: never a person."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from connectors.assisted_words import Change
from hub.storage.outbox_store import Message
from hub.storage.webhook_store import Webhook

SKEW = timedelta(minutes=1)
"""How far the platform's clock may be behind ours: better told of a change before it was added."""


def messages_of(
    changes: Iterable[Change], webhooks: Sequence[Webhook], now: datetime
) -> list[Message]:
    """One message per change and webhook of a unit that it concerns, from its registration on."""
    return [
        _message(change, webhook, parts, now)
        for change in changes
        for webhook in webhooks
        if change.at >= webhook.made_at - SKEW
        if (parts := parts_of(webhook.unit, change))
    ]


def parts_of(unit: str, change: Change) -> tuple[str, ...]:
    """What the unit is to the change: requester, issuer, former issuer, receiver of the proof."""
    parts = {
        "requester": unit == change.requester,
        "issuer": unit == change.holder,
        "former_issuer": unit == change.former_holder,
        "receiver": any(unit == each.unit for each in change.receivers),
    }
    return tuple(part for part, plays in parts.items() if plays)


def _message(change: Change, webhook: Webhook, parts: Sequence[str], now: datetime) -> Message:
    told = {
        "type": f"verification.{change.kind}",
        "timestamp": change.at.isoformat(),
        "data": {
            "request": change.request,
            "version": change.version,
            "event": change.event,
            "state": change.state,
            "sequence": change.sequence,
            "certificateType": change.certificate_type,
            "unit": webhook.unit,
            "as": parts,
        },
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Message(webhook.id, change.sequence, change.request, body, now, 0, now)
