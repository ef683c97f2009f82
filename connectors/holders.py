"""Whether an answer is about the subject asked for, by identifiers that may come masked."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from connectors.decoding import Json
from connectors.reading import Unreadable, read_text

_SEVERAL = re.compile(r"[,;、/|\s]+")
_MASKS = "*●•"
_TELLING = 4  # fewer characters in the open tell nobody from another
_OLD_LENGTH = 15  # of a resident id before 1999


class Match(Enum):
    """What the holders named in a row say about the subject."""

    SAME = "same"
    OTHER = "other"
    SILENT = "silent"


def holder_match(named: Iterable[Json], subject_id: str) -> Match:
    """`SAME` where any named holder can be the subject, `OTHER` where some are named and none can."""
    identifiers = [one for value in named for one in _identifiers(value)]
    if not identifiers:
        return Match.SILENT
    subject = _plain(subject_id)
    return Match.SAME if any(_fits(one, subject) for one in identifiers) else Match.OTHER


def is_plainly(subject_id: str, named: Json) -> bool:
    """Whether one holder is the subject to the letter: `holder_match` would say `SAME`, for sure."""
    return named == subject_id and subject_id.isalnum() and subject_id.isascii()


def _identifiers(value: Json) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for text in values for one in _SEVERAL.split(_text(text)) if _tells(one)]


def _text(value: Json) -> str:
    try:
        return "" if value is None or value == "\\N" else _plain(read_text(value))
    except Unreadable:
        return ""


def _plain(identifier: str) -> str:
    return unicodedata.normalize("NFKC", identifier).strip().upper()


def _tells(identifier: str) -> bool:
    hidden = sum(identifier.count(mask) for mask in _MASKS)
    return bool(identifier) and (not hidden or len(identifier) - hidden >= _TELLING)


def _fits(shown: str, subject: str) -> bool:
    old = _OLD_LENGTH in (len(shown), len(subject))
    return _compatible(shown, subject) or (
        old and _compatible(_before_1999(shown), _before_1999(subject))
    )


def _before_1999(identifier: str) -> str:
    """Its 15 characters before 1999, where it may have had such: no century, no check character."""
    if len(identifier) == 18 and identifier[6:8] in {"19", "**"}:
        return identifier[:6] + identifier[8:17]
    return identifier


def _compatible(shown: str, whole: str) -> bool:
    if len(shown) == len(whole):
        return all(a == b or a in _MASKS for a, b in zip(shown, whole, strict=True))
    head, tail = re.split(f"[{_MASKS}]", shown)[0], re.split(f"[{_MASKS}]", shown)[-1]
    squeezed = len(head) < len(shown) and not shown[len(head) : len(shown) - len(tail)].strip(
        _MASKS
    )
    return squeezed and whole.startswith(head) and whole.endswith(tail)
