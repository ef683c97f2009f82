"""Scalars of the face: identifiers checked when parsed, milliseconds."""

import re
from datetime import date
from typing import NewType

import strawberry
from graphql import GraphQLError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2
from strawberry.types.scalar import ScalarDefinition

ResidentId = NewType("ResidentId", str)
CreditCode = NewType("CreditCode", str)
Milliseconds = NewType("Milliseconds", float)
BigInt = NewType("BigInt", int)
LONGEST = 1e15
"""Milliseconds; there is no time for more, and nothing that is no number is below it."""
FORM = re.compile(r"[0-9]{17}[0-9X]")


def resident_id(value: object) -> str:
    """A resident identity number under GB 11643: 18 characters, upper-case X; never echoed.

    The division is not looked up: residents from Hong Kong, Macao and Taiwan (81…, 82…, 83…) and
    foreign permanent residents (9…) carry numbers of the same form.
    """
    text = str(value).strip().upper()
    if not FORM.fullmatch(text):
        raise GraphQLError(
            "A resident id (公民身份号码) has 18 characters under GB 11643: 17 digits and a check "
            "character; give all of them."
        )
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        return mod_11_2.validate(text)
    except (ValueError, ValidationError):
        raise GraphQLError(
            "This is not a resident id (公民身份号码) under GB 11643: its birth date or its check "
            "character is wrong; compare it with the card."
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


def milliseconds(value: object) -> float:
    """A length of time as it is given: a finite number, of either kind."""
    match value:
        case bool():
            pass
        case int() | float() if abs(value) < LONGEST:
            return float(value)
    raise GraphQLError("A length of time (Milliseconds) is a number, such as 1500 or 0.5.")


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
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number (整数) that may be larger than an Int.",
    ),
    Milliseconds: strawberry.scalar(
        name="Milliseconds",
        description="A length of time in milliseconds (毫秒), with fractions.",
        serialize=lambda value: round(float(value), 3),
        parse_value=milliseconds,
    ),
}
