"""Identifiers are checked when parsed and never repeated."""

import pytest
from graphql import GraphQLError

from resolvers.scalars import credit_code, resident_id


def test_valid_identifiers_pass_in_canonical_form() -> None:
    """Lower-case x and blanks around are mended, nothing else."""
    assert resident_id(" 11010519491231002x ") == "11010519491231002X"
    assert resident_id("810000199408230021") == "810000199408230021"
    assert credit_code("91110000600037341l") == "91110000600037341L"


@pytest.mark.parametrize("given", ["", "1", "110105194912310021", "11010519491331002X", 5, None])
def test_a_wrong_resident_id_says_what_it_should_be(given: object) -> None:
    """Length and check character are told; the value is not."""
    with pytest.raises(GraphQLError, match="GB 11643"):
        resident_id(given)


@pytest.mark.parametrize("given", ["", "91110000600037341M", "x" * 18, 7])
def test_a_wrong_credit_code_says_what_it_should_be(given: object) -> None:
    """The standard is named; the value is not."""
    with pytest.raises(GraphQLError, match="GB 32100"):
        credit_code(given)
