"""Check characters of the two identifiers, GB 11643 (people) and GB 32100 (organisations)."""

_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {character: value for value, character in enumerate(CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def resident_check(body: str) -> str:
    """The 18th character of a resident id (ISO 7064 MOD 11-2) from its first 17."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _PERSON_WEIGHTS, strict=True))
    return _PERSON_CHECKS[total % 11]


def organisation_code_check(body: str) -> str:
    """The 9th character of an organisation code (GB 11714, MOD 11) from its first 8."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _CODE_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_check(body: str) -> str:
    """The 18th character of a credit code (GB 32100, MOD 31) from its first 17."""
    values = (_CREDIT_VALUES[char] for char in body)
    total = sum(value * weight for value, weight in zip(values, _CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]
