"""Names of requests and batches, in the order in which they were given."""

import os

PAGE = 2048
"""Random bytes drawn at a time: asking the system costs as much as the rest of a name, many times over."""

_ends: list[str] = []  # each is given once, and by no process but the one that drew it
os.register_at_fork(after_in_child=_ends.clear)


def fresh_name(seconds: float) -> str:
    """28 hex digits that nobody else has, after all names of earlier milliseconds since 1970.

    What is kept under it is thus put at the end of its index, not anywhere in it: a commit of many
    touches few pages. The last 16 digits can't be guessed.
    """
    try:
        end = _ends.pop()  # threads may ask at once
    except IndexError:
        end = _drawn()
    return f"{int(seconds * 1000):012x}{end}"


def _drawn() -> str:
    """16 random hex digits; as many as a page holds are kept for later."""
    page = os.urandom(PAGE).hex()
    end, *others = [page[at : at + 16] for at in range(0, len(page), 16)]
    _ends.extend(others)
    return end
