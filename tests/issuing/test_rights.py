"""What nobody may do: another role, another unit, twice."""

import pytest

from tests.issuing.acting import VALUES, opened, rejected, to_verification, took, version
from tests.issuing.city import (
    City,
)
from tests.issuing.words import (
    ASK,
    BEGIN,
    CLAIM,
    EXPLAIN,
    FORWARD,
    INBOX,
    MAKE,
    REASSIGN,
    RETURN,
    SEAL,
    URGE,
)


async def test_a_double_claim(city: City) -> None:
    """The second verifier is told that it is claimed; the first keeps it."""
    request = await opened(city)

    await took(city.civil, CLAIM, request, by="vera")
    second = await rejected(city.civil, CLAIM, request, by="viktor")
    begun = await rejected(city.civil, BEGIN, request, by="viktor")

    assert second["reason"] == "wrong_state"
    assert second["remedy"].startswith("It is claimed")
    assert begun["reason"] == "not_the_verifier"


async def test_who_made_it_does_not_seal_it(city: City) -> None:
    """Two pairs of eyes: the roles of one person in the key don't change that."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    error = await city.civil.refused(SEAL, request=request, by="vera")

    assert error["extensions"]["code"] == "BAD_INPUT"
    assert (
        error["message"]
        == "`by` must be designated as seal keeper (印章管理人员), and has another role."
    )


@pytest.mark.parametrize(
    ("document", "given", "by", "needed"),
    [
        (CLAIM, {}, "keeper", "verifier (核查人员)"),
        (BEGIN, {}, "chief", "verifier (核查人员)"),
        (ASK, {"kind": "DETAIL", "question": "?"}, "keeper", "verifier (核查人员)"),
        (
            FORWARD,
            {"to": "archives", "reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (
            REASSIGN,
            {"to": "viktor", "reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (MAKE, {"findings": {"noRecord": {"searched": "all"}}}, "chief", "verifier (核查人员)"),
        (
            RETURN,
            {"reason": "r"},
            "chief",
            "verifier (核查人员) or seal keeper (印章管理人员)",
        ),
        (SEAL, {}, "chief", "seal keeper (印章管理人员)"),
        (
            EXPLAIN,
            {"reason": "r"},
            "keeper",
            "verifier (核查人员) or coordinator (管理责任人员)",
        ),
        (URGE, {"words": "now"}, "chief", "supervisor (监督检查人员)"),
    ],
)
async def test_each_step_needs_its_role(
    city: City, document: str, given: dict[str, object], by: str, needed: str
) -> None:
    """A person of the key in another role is refused before the platform is asked, and told how."""
    request = await opened(city)
    before = await version(city, request)

    error = await city.civil.refused(document, request=request, by=by, **given)

    assert error["message"] == f"`by` must be designated as {needed}, and has another role."
    assert "certhub keys create --unit civil-affairs" in error["extensions"]["hint"]
    assert by not in error["message"] + error["extensions"]["hint"]
    assert await version(city, request) == before


async def test_somebody_of_another_unit_is_nobody(city: City) -> None:
    """A key names its own people only: another unit's verifier can't be borrowed."""
    request = await opened(city)

    error = await city.archives.refused(CLAIM, request=request, by="vera")
    inbox = await city.housing.refused(INBOX, by="clerk")

    assert error["message"] == (
        "`by` must be designated as verifier (核查人员), and is nobody this API key names."
    )
    assert "--verifier NAME" in error["extensions"]["hint"]
    assert inbox["message"].startswith(
        "`by` must be designated as verifier (核查人员) or seal keeper"
    )


async def test_somebody_elses_request(city: City) -> None:
    """A unit that has nothing to do with a request learns not even that there is one."""
    request = await opened(city)

    claim = await rejected(city.archives, CLAIM, request, by="anna")
    make = await rejected(
        city.archives, MAKE, request, by="anna", findings={"noRecord": {"searched": "all"}}
    )
    none = await rejected(city.archives, CLAIM, "000000000000000000000000", by="anna")
    odd = await rejected(city.archives, CLAIM, "../../proofs/lookup", by="anna")

    assert claim["reason"] == make["reason"] == none["reason"] == odd["reason"]
    assert claim == none
    assert claim["reason"] == "no_such_request"
    assert (await city.archives.ask(INBOX, by="anna"))["inbox"]["nodes"] == []


async def test_a_seal_that_is_not_the_keepers(city: City) -> None:
    """The keeper is told which seals may be used now; the draft waits."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})

    came = await rejected(city.civil, SEAL, request, by="keeper", seal="seal-2")

    assert came["reason"] == "not_now"
    assert "seal" in came["remedy"]
    assert (await took(city.civil, SEAL, request, by="keeper"))["state"] == "SEALED"
