"""Scalars of the face: identifiers checked when parsed, milliseconds."""

import re
from calendar import isleap, monthrange
from typing import NewType

import strawberry
from graphql import GraphQLError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from strawberry.types.scalar import ScalarDefinition

ResidentId = NewType("ResidentId", str)
CreditCode = NewType("CreditCode", str)
Milliseconds = NewType("Milliseconds", float)
BigInt = NewType("BigInt", int)
LONGEST = 1e15
"""Milliseconds; there is no time for more, and nothing that is no number is below it."""
FORM = re.compile(r"[0-9]{17}[0-9X]")
USUAL = re.compile(
    "[0-9]{6}(?!0000)[0-9]{4}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)[0-9]{3}[0-9X]"
)
"""The same with a birth date of any year: all but February 29."""
DAYS = frozenset(
    f"{month:02}{day:02}"
    for month in range(1, 13)
    for day in range(1, monthrange(2001, month)[1] + 1)
)
"""Every day of a year that is no leap year, as month and day of the month."""


def resident_id(value: object) -> str:
    """A resident identity number under GB 11643: 18 characters, upper-case X; never echoed.

    The division is not looked up: residents from Hong Kong, Macao and Taiwan (81…, 82…, 83…) and
    foreign permanent residents (9…) carry numbers of the same form.
    """
    if type(value) is str and USUAL.fullmatch(value) and int(value.replace("X", "A"), 13) % 11 == 1:
        return value  # what `_checks` asks is asked without a call
    text = str(value).strip().upper()
    if not FORM.fullmatch(text):
        raise GraphQLError(
            "A resident id (公民身份号码) has 18 characters under GB 11643: 17 digits and a check "
            "character; give all of them."
        )
    if not _is_day(text[6:10], text[10:14]) or not _checks(text):
        raise GraphQLError(
            "This is not a resident id (公民身份号码) under GB 11643: its birth date or its check "
            "character is wrong; compare it with the card."
        )
    return text


def _is_day(year: str, day: str) -> bool:
    """Whether there is such a day; `day` is month and day of the month."""
    return year != "0000" and (day in DAYS or (day == "0229" and isleap(int(year))))


def _checks(text: str) -> bool:
    """ISO 7064 MOD 11-2: the digits weighed with powers of 2, X being 10, leave 1 when divided by 11.

    So do the powers of 13, and a number in base 13, whose ten is A, is read at once.
    """
    return int(text.replace("X", "A"), 13) % 11 == 1


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
