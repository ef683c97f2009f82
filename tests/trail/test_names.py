"""Names of requests and batches."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

from hub.trail.names import PAGE, fresh_name

SEVERAL_PAGES = 3 * PAGE // 8
"""Names for which more than one page of random bytes is drawn."""


def test_names_are_in_the_order_of_time() -> None:
    """A later millisecond gives a later name."""
    names = [fresh_name(1_800_000_000 + n / 1000) for n in range(SEVERAL_PAGES)]

    assert names == sorted(names)
    assert all(re.fullmatch("[0-9a-f]{28}", name) for name in names)


def test_no_two_names_of_a_moment_are_the_same() -> None:
    """Whichever thread asks, and however many pages of random bytes are drawn meanwhile."""
    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(fresh_name, [0.0] * 8 * SEVERAL_PAGES))

    assert len(set(names)) == 8 * SEVERAL_PAGES


def test_a_forked_process_gives_names_of_its_own() -> None:
    """What its parent had drawn before stays the parent's."""
    fresh_name(0.0)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writer, " ".join(fresh_name(0.0) for _ in range(100)).encode())
        finally:
            os._exit(0)  # nothing of pytest is to run in it
    os.waitpid(child, 0)
    theirs = os.read(reader, 10_000).decode().split()
    os.close(reader)
    os.close(writer)

    ours = [fresh_name(0.0) for _ in range(100)]

    assert len({*ours, *theirs}) == 200
