"""The registry as a document, and how strictly JSON is read."""

import json
from collections.abc import Callable

import pytest

from hub.notary.ledger import read_registry, write_registry
from hub.notary.reading import Misread, Reading, moment, read_object
from hub.notary.registry import Change, Registry, SealEvent
from hub.notary.words import ProofTrouble
from tests.notary.ground import NOW, civil_seal, done, made_seal, registry


def test_a_registry_comes_back() -> None:
    """Written and read it is the same, with every change and use."""
    event = SealEvent(NOW, Change.SUSPENDED, "police", reason="遗失")
    whole = registry(done(civil_seal().record, event), made_seal("S-7").record)

    assert read_registry(write_registry(whole)) == whole
    assert read_registry(write_registry(Registry())) == Registry()


def spoilt(change: Callable[[dict[str, object]], object]) -> bytes:
    """A registry of one seal, spoilt."""
    told = json.loads(write_registry(registry()))
    change(told["seals"][0])
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (b"[", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[]", "its `format` is not certhub-seals/1"),
        (b'{"format": "certhub-seals/1"}', "`seals` is missing or no list"),
        (b'{"format": "certhub-seals/1", "seals": [1]}', "`seals` is missing or no object"),
        (spoilt(lambda seal: seal.pop("unit")), "`unit` is missing or no object"),
        (spoilt(lambda seal: seal.update(id=1)), "`id` is missing or no text"),
        (spoilt(lambda seal: seal.update(kind="x")), "`kind` holds nothing that is known"),
        (
            spoilt(lambda seal: seal.update(madeAt="2026-01-01T00:00:00")),
            "`madeAt` holds nothing that is known",
        ),
        (
            spoilt(lambda seal: seal.update(events=[{"change": "permitted", "operator": None}])),
            "an `operator` is named for what is not about one, or missing",
        ),
    ],
)
def test_what_is_no_registry(text: bytes, trouble: str) -> None:
    """It is told which key is wrong."""
    with pytest.raises(ProofTrouble) as caught:
        read_registry(text)

    assert str(caught.value) == f"this is no registry of seals: {trouble}. Export it anew"


def test_reading_one_object() -> None:
    """Texts, nulls, objects and lists are told apart."""
    told = read_object(b'{"format": "f", "a": null, "b": "x", "c": {"d": "y"}, "e": [{}]}', "f")

    assert told.text_or_none("a") is None
    assert told.text_or_none("b") == "x"
    assert told.within("c").text("d") == "y"
    assert list(told.each("e")) == [Reading({})]
    with pytest.raises(Misread, match="`z` is missing or no text"):
        told.text_or_none("z")
    assert moment(NOW.isoformat()) == NOW
