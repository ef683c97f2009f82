"""Where in an answer something stands, and whether it may be null there."""

Place = tuple["Place | None", str | int, bool]
"""What it stands in, its key or index there, and whether null is allowed: made for every object, so a
bare tuple."""


def path_of(place: Place) -> list[str | int]:
    """Keys and indices from the top of the answer down to a place."""
    path: list[str | int] = []
    at: Place | None = place
    while at is not None:
        path.append(at[1])
        at = at[0]
    return path[::-1]
