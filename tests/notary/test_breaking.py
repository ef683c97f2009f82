"""Broken at random, a proof is never accepted and nothing is ever raised."""

import random
from collections.abc import Callable

import pytest

from tests.notary.ground import proof
from tests.notary.tamperings import Received

TIMES = 40


def one_byte(chance: random.Random, pdf: bytes) -> bytes:
    """One byte is another."""
    at = chance.randrange(_signed_until(pdf))
    return pdf[:at] + bytes([pdf[at] ^ chance.randrange(1, 256)]) + pdf[at + 1 :]


def a_piece_missing(chance: random.Random, pdf: bytes) -> bytes:
    """Some bytes are missing."""
    at = chance.randrange(len(pdf) - 1)
    return pdf[:at] + pdf[at + chance.randrange(1, 3000) :]


def cut_off(chance: random.Random, pdf: bytes) -> bytes:
    """The end is missing."""
    return pdf[: chance.randrange(len(pdf))]


def shuffled(chance: random.Random, pdf: bytes) -> bytes:
    """Two pieces have changed places."""
    a, b = sorted(chance.sample(range(1, len(pdf)), 2))
    return pdf[b:] + pdf[a:b] + pdf[:a]


@pytest.mark.parametrize("broken", [one_byte, a_piece_missing, cut_off, shuffled])
def test_broken_at_random(broken: Callable[[random.Random, bytes], bytes]) -> None:
    """Whatever is broken, a verdict comes back, and it is a refusal."""
    chance = random.Random(20260305)

    verdicts = [Received(broken(chance, proof().pdf)).checked() for _ in range(TIMES)]

    assert [one.accepted for one in verdicts] == [False] * TIMES


def _signed_until(pdf: bytes) -> int:
    # What follows is the frame of the last signature, which says nothing of its own.
    return pdf.rindex(b"/Contents <")
