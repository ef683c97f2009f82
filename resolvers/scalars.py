"""Scalars of the face: identifiers checked when parsed, milliseconds."""

from typing import NewType

import strawberry
from graphql import GraphQLError
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from strawberry.types.scalar import ScalarDefinition

ResidentId = NewType("ResidentId", str)
CreditCode = NewType("CreditCode", str)
Milliseconds = NewType("Milliseconds", float)


def resident_id(value: object) -> str:
    """A resident identity number under GB 11643: 18 characters, upper-case X; never echoed."""
    text = str(value).strip().upper()
    if len(text) != 18:
        raise GraphQLError(
            "A resident id (公民身份号码) has 18 characters under GB 11643; give all of them."
        )
    try:
        return ric.validate(text)
    except ValidationError:
        raise GraphQLError(
            "This is not a resident id (公民身份号码) under GB 11643: its birth date, division or "
            "check character is wrong; compare it with the card."
        ) from None


def credit_code(value: object) -> str:
    """A unified social credit code under GB 32100: 18 characters, upper case; never echoed."""
    text = str(value).strip().upper()
    try:
        return uscc.validate(text)
    except ValidationError:
        raise GraphQLError(
            "This is not a credit code (统一社会信用代码) under GB 32100: it has 18 characters, the "
            "last of which is a check character; compare it with the licence."
        ) from None


SCALARS: dict[object, ScalarDefinition] = {
    ResidentId: strawberry.scalar(
        name="ResidentId",
        description="Resident identity number (公民身份号码), GB 11643: 18 characters, checked.",
        parse_value=resident_id,
    ),
    CreditCode: strawberry.scalar(
        name="CreditCode",
        description="Unified social credit code (统一社会信用代码), GB 32100: 18 characters, checked.",
        parse_value=credit_code,
    ),
    Milliseconds: strawberry.scalar(
        name="Milliseconds",
        description="A length of time in milliseconds (毫秒), with fractions.",
        serialize=lambda value: round(float(value), 3),
    ),
}
