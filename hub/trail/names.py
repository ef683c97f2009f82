"""Names of requests and batches, in the order in which they were given."""

from secrets import token_hex


def fresh_name(seconds: float) -> str:
    """28 hex digits that nobody else has, after all names of earlier milliseconds since 1970.

    What is kept under it is thus put at the end of its index, not anywhere in it: a commit of many
    touches few pages.
    """
    return f"{int(seconds * 1000):012x}{token_hex(8)}"
