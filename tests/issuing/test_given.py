"""What is given to a step: values, keys, ids, cursors; and that it is on record."""

import pytest
from sqlalchemy import text

from tests.issuing.acting import opened, rejected, to_verification, took, version
from tests.issuing.city import (
    ARCHIVES,
    CIVIL,
    City,
)
from tests.issuing.words import (
    CLAIM,
    INBOX,
    MAKE,
)


async def test_an_id_that_can_not_be_one(city: City) -> None:
    """What no record can hold is refused before it is put on record."""
    for request in ("x" * 201, "a\0b", " "):
        error = await city.civil.refused(CLAIM, request=request, by="vera")
        assert error["message"] == "`request` must be 1 to 200 printable characters."


async def test_the_same_key_takes_a_step_once(city: City) -> None:
    """Repeated, it gives the same answer; for something else it is told; another unit's is another."""
    first, second = await opened(city), await opened(city, case="办-2026-78")
    third = await opened(city, ARCHIVES, case="办-2026-79")

    once = await took(city.civil, CLAIM, first, by="vera", key="k-1")
    again = await took(city.civil, CLAIM, first, by="vera", key="k-1")
    for request, by in ((second, "vera"), (first, "viktor")):
        other = await rejected(city.civil, CLAIM, request, by=by, key="k-1")
        assert other["reason"] == "not_now"
        assert "was used for another call" in other["remedy"]
    elsewhere = await took(city.archives, CLAIM, third, by="anna", key="k-1")

    assert again == once
    assert await version(city, first) == once["version"]
    assert elsewhere["verifier"] == "anna"


async def test_every_attempt_is_on_record(city: City) -> None:
    """What was asked for, by whom, before the platform was asked, and what came of it."""
    request = await opened(city)
    await took(city.civil, CLAIM, request, by="vera")
    await rejected(city.civil, CLAIM, request, by="viktor")
    await city.civil.refused(CLAIM, request=request, by="keeper")

    async with city.records() as connection:
        found = await connection.execute(
            text(
                "SELECT i.unit, i.person, i.action, i.request, c.came, c.reason FROM intents i "
                "JOIN conclusions c ON c.intent = i.id WHERE i.action = 'claim' ORDER BY i.at"
            )
        )
        kept = [tuple(row) for row in found]

    assert kept == [
        (CIVIL, "vera", "claim", request, "taken", None),
        (CIVIL, "viktor", "claim", request, "rejected", "wrong_state"),
    ]


async def test_the_inbox_comes_in_pages(city: City) -> None:
    """Soonest due first, each once; a cursor of something else and a page too long are refused."""
    requests = [await opened(city, case=f"办-{number}") for number in range(5)]

    pages, after = [], None
    for _ in range(3):
        page = (await city.civil.ask(INBOX, by="chief", first=2, after=after))["inbox"]
        pages.append([one["id"] for one in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
    odd = await city.civil.refused(INBOX, by="chief", after="abc")
    long = await city.civil.refused(INBOX, by="chief", first=101)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == sorted(requests)
    assert after is None
    assert odd["message"] == "`after` is no cursor of such a page."
    assert long["message"] == "A page holds 1 to 100 requests."


@pytest.mark.parametrize(
    ("values", "problem", "hint"),
    [
        (
            [{"name": "nmae", "value": "x"}],
            "no_marriage_record (无婚姻登记记录证明) has no field of this name",
            "Did you mean name or number? Allowed now: conclusion, id_number",
        ),
        (
            [{"name": "issued_on", "value": "2026-02-30"}],
            "the value of issued_on (发证日期) can't be read",
            "Give a date of the calendar as yyyy-MM-dd",
        ),
        (
            [{"name": "name", "value": "  "}],
            "the value of name (姓名) can't be read",
            "leave `value` out where the record leaves it open",
        ),
        (
            [{"name": "name", "texts": ["甲"]}],
            "name (姓名) is given as `texts`",
            "Give it as `value`.",
        ),
        (
            [{"name": "name"}, {"name": "name"}],
            "a field is answered twice",
            "Give each field once.",
        ),
        ([], "no field is answered", "Give at least one of: conclusion, id_number"),
    ],
)
async def test_what_is_written_down_must_fit(
    city: City, values: list[object], problem: str, hint: str
) -> None:
    """A value that doesn't fit its declared field is refused with the way to write it, unquoted."""
    request = await opened(city)
    await to_verification(city, request)

    error = await city.civil.refused(
        MAKE, request=request, by="vera", findings={"verified": values}
    )

    assert error["message"] == f"In `findings.verified` {problem}."
    assert hint in error["extensions"]["hint"]


async def test_a_field_nobody_asked_for(city: City) -> None:
    """The catalogue's row does not grant it, so it was not asked, so it is not answered."""
    request = await opened(city)
    await to_verification(city, request)

    findings = {"verified": [{"name": "number", "value": "1"}]}
    came = await rejected(city.civil, MAKE, request, by="vera", findings=findings)

    assert came["reason"] == "foreign_field"
    assert came["remedy"].startswith("Answer one or more of what is still asked: conclusion")


async def test_exactly_one_kind_of_findings(city: City) -> None:
    """Two kinds at once, or none, are refused by the schema itself."""
    both = {"noRecord": {"searched": "all"}, "ambiguous": {"candidates": 2}}

    for findings in (both, {}):
        error = await city.civil.refused(MAKE, request="x", by="vera", findings=findings)
        assert error["extensions"]["code"] == "GRAPHQL_INVALID"
