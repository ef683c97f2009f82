"""All cases of the matrix, in order."""

from tests.connectors.speakers import SPEAKERS
from tests.faults.faults import FAULTS
from tests.faults.matrix import NAMES, Case

CASES = tuple(
    Case(speaker, fault, tier, below)
    for speaker in SPEAKERS
    for fault in FAULTS
    if fault.concerns(speaker)
    for tier in range(len(NAMES))
    for below in (False, True)
    if not (below and tier == len(NAMES) - 1)
)
