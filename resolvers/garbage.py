"""The garbage collection while requests are served: seldom, and never over what lives as long as the process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (150_000, 1, 1)
"""More objects than the requests inside hold at once, so that none is looked at while it is used: 10,000
lookups in one request hold 100,000.

A request leaves no cycle behind (a test holds it to that), so there is next to nothing to be found. Documents
that are forgotten do: of who sends ever new ones no more than a million objects, some 100 MB, are to pile up.
"""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """What is there now (schema, catalogue, declarations) is not looked at again; of others, seldom."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.unfreeze()  # else what this hub leaves behind would stay as long as the process
        gc.set_threshold(*before)
