"""Whether an answer is about the subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.decoding import Json
from connectors.holders import Match, holder_match
from tests.connectors.people import LAN, MEI, resident_id

X = next(one for one in map(resident_id, range(100)) if one.endswith("X"))
OLD = MEI[:6] + MEI[8:17]
CREDIT = "91330299MA2EXAMP0X"

MATCHES: list[tuple[str, list[Json], Match]] = [
    (MEI, [MEI], Match.SAME),
    (MEI, [int(MEI)], Match.SAME),
    (MEI, [f" {MEI} "], Match.SAME),
    (MEI, [LAN, MEI], Match.SAME),
    (MEI, [f"{LAN},{MEI}"], Match.SAME),
    (MEI, [f"{LAN}；{MEI}"], Match.SAME),
    (MEI, [[LAN, MEI]], Match.SAME),
    (MEI, [LAN], Match.OTHER),
    (MEI, [MEI[:-1] + ("0" if MEI[-1] != "0" else "1")], Match.OTHER),
    (MEI, [MEI[:17] + "*"], Match.SAME),
    (X, [X.lower()], Match.SAME),
    (X.lower(), [X], Match.SAME),
    (MEI, [OLD], Match.SAME),
    (OLD, [MEI], Match.SAME),
    (OLD, [OLD], Match.SAME),
    (OLD, [LAN], Match.OTHER),
    (MEI.replace("1970", "2070"), [OLD], Match.OTHER),
    (MEI, [OLD[:6] + "*" * 9], Match.SAME),
    (MEI, [MEI[:6] + "*" * 8 + MEI[14:]], Match.SAME),
    (MEI, [LAN[:6] + "*" * 8 + LAN[14:]], Match.OTHER),
    (MEI, ["3401" + "＊" * 14], Match.OTHER),
    (MEI, ["3302**" + MEI[-4:]], Match.SAME),
    (MEI, ["3302**" + LAN[-4:]], Match.OTHER),
    (MEI, ["33*02*" + MEI[-4:]], Match.OTHER),
    (MEI, ["3302"], Match.OTHER),
    (CREDIT, [CREDIT], Match.SAME),
    (CREDIT, [CREDIT[:-1] + "0"], Match.OTHER),
    (MEI, [], Match.SILENT),
    (MEI, ["", None, "\\N", "*" * 18, {"a": 1}], Match.SILENT),
    (MEI, ["", LAN], Match.OTHER),
]


@pytest.mark.parametrize(("subject", "named", "match"), MATCHES)
def test_match(subject: str, named: list[Json], match: Match) -> None:
    """Same, somebody else, or nothing said."""
    assert holder_match(named, subject) is match


@given(some.integers(0, 999), some.sets(some.integers(0, 17), max_size=14))
def test_any_mask_of_oneself_fits(serial: int, hidden: set[int]) -> None:
    """Whatever is hidden of an identifier, it is compatible with itself."""
    whole = resident_id(serial)
    shown = "".join("*" if place in hidden else c for place, c in enumerate(whole))

    assert holder_match([shown], whole) is Match.SAME


@given(some.integers(0, 499), some.integers(500, 999))
def test_nobody_is_somebody_else(one: int, other: int) -> None:
    """Two people are never the same."""
    assert holder_match([resident_id(one)], resident_id(other)) is Match.OTHER
