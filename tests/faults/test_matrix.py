"""Every dialect × every fault × every tier: the outcome is as stated, and never a wrong "not held"."""

import pytest

from connectors.http import open_http
from tests.connectors.speakers import SPEAKERS
from tests.faults.cases import CASES
from tests.faults.faults import FAULTS, Takes
from tests.faults.matrix import NAMES, TIMEOUT, WITHIN, Case, play


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_fault_is_what_it_is(case: Case) -> None:
    """Outcome, trail, silent sources and record are as stated, within the time that is stated."""
    async with open_http() as http:
        played = await play(case, http)

    outcome, trail = case.expected
    assert (played.outcome, played.trail) == (outcome, trail)
    assert played.silent == ((NAMES[case.tier],) if outcome == "Unavailable" else ())
    assert played.recorded == (outcome.lower(),)
    assert played.seconds < WITHIN
    if case.fault.takes is Takes.ONE_TIMEOUT:
        assert played.seconds > TIMEOUT * 0.9


def test_the_matrix_is_whole() -> None:
    """Every dialect meets every fault it can have, at each of the three tiers."""
    met = {(one.speaker.dialect, one.fault.name, one.tier) for one in CASES}

    assert met == {
        (speaker.dialect, fault.name, tier)
        for speaker in SPEAKERS
        for fault in FAULTS
        if fault.concerns(speaker)
        for tier in range(3)
    }
