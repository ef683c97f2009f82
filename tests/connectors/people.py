"""People who do not exist, with identifiers that pass their checks."""

from connectors.contract import Inquiry

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(serial: int) -> str:
    """A resident id that passes GB 11643; different for every serial below 10,000."""
    body = f"33029919{70 + serial // 1000 % 10}0101{serial % 1000:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


MEI, LAN, BO = (resident_id(serial) for serial in (1, 2, 3))


def inquiry(subject_id: str, **facts: str) -> Inquiry:
    """An inquiry about that subject, for a purpose that is always the same."""
    purpose = {
        "purpose.item": "许可-00757-001",
        "purpose.case": "330200260102000042",
        "purpose.operator": "clerk-7",
        "purpose.material": "居民身份证",
        "purpose.sponsor_name": "示例单位",
        "purpose.sponsor_code": "11330200MB0000000A",
    }
    named = {"subject.id": subject_id, "subject.name": "示例"}
    more = {name.replace("__", "."): text for name, text in facts.items()}
    return Inquiry({k: v for k, v in (purpose | named | more).items() if v})
