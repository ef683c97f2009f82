"""Reads the cells of one line, and notes every cell that is wrong with what would be right."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from hub.catalogue.columns import Column, shown

T = TypeVar("T")

_CODE = re.compile(r"[^\s|]{1,64}")
_DAYS = re.compile(r"([0-9]{1,4})( ?个?(工作日|天))?")
_BETWEEN = re.compile(r"[、,，;；/|\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ANSWERS = {
    **dict.fromkeys(("是", "yes", "true", "1", "y", "√"), True),
    **dict.fromkeys(("否", "no", "false", "0", "n", "×"), False),
}
ALL = "*"


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong cell: where it stands, what was given, what is allowed, and what is like it.

    `row` counts as the spreadsheet does, from 1; it is none where the whole file is meant.
    """

    row: int | None
    column: str | None
    given: str
    allowed: str
    close: str | None = None

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else None
        where = ", ".join(filter(None, (row, self.column)))
        hint = f'; did you mean "{self.close}"?' if self.close else ""
        given = f'given "{self.given}"' if self.given else "blank"
        return f"{where or 'the file'}: {given}; allowed: {self.allowed}{hint}"


class Line:
    """The cells of one line; a wrong cell is noted and read as something harmless."""

    def __init__(
        self, row: int, cells: Mapping[Column, str], note: Callable[[Problem], None]
    ) -> None:
        self.row = row
        self._cells = cells
        self._note = note

    def wrong(self, column: Column, allowed: str, *, given: str = "", close: str = "") -> None:
        """Note what is wrong with a cell."""
        told = given or self._cells.get(column, "")
        self._note(Problem(self.row, shown(column), told, allowed, close or None))

    def text(self, column: Column) -> str:
        """A text that must be there."""
        text = self._cells.get(column, "")
        if not text:
            self.wrong(column, "a text that isn't blank")
        return self._plain(column, text)

    def text_if_any(self, column: Column) -> str | None:
        """A text, or none where the cell is blank."""
        return self._plain(column, self._cells.get(column, "")) or None

    def code(self, column: Column) -> str:
        """A code of up to 64 characters."""
        text = self._cells.get(column, "")
        if not _CODE.fullmatch(text):
            self.wrong(column, 'a code of 1 to 64 characters without blanks or "|"')
        return self._plain(column, text)

    def word(self, column: Column, words: Mapping[str, T], allowed: str) -> T | None:
        """One of the known words."""
        text = self._cells.get(column, "")
        return self._known(column, text, words, allowed)

    def words(self, column: Column, words: Mapping[str, T], allowed: str) -> tuple[T, ...]:
        """One or more of the known words, each once, in the order given."""
        given = [word for word in _BETWEEN.split(self._cells.get(column, "")) if word]
        if not given:
            self.wrong(column, allowed)
        found = [self._known(column, word, words, allowed) for word in given]
        known = [word for word in found if word is not None]
        for word in {word for word in known if known.count(word) > 1}:
            self.wrong(column, f"each once, but {word} is there {known.count(word)} times")
        return tuple(known)

    def yes(self, column: Column, *, otherwise: bool) -> bool:
        """是 or 否, or the other value where the cell is blank."""
        text = self._cells.get(column, "")
        if not text:
            return otherwise
        answer = _ANSWERS.get(text.lower())
        if answer is None:
            self.wrong(column, "是 or 否 (yes or no), or blank")
        return bool(answer)

    def days(self, column: Column) -> int | None:
        """A number of working days, or none where the cell is blank."""
        text = self._cells.get(column, "")
        if not text:
            return None
        form = _DAYS.fullmatch(text)
        if form is None:
            self.wrong(column, "a whole number of working days (工作日) from 0 to 9999, or blank")
            return None
        return int(form[1])

    def is_all(self, column: Column) -> bool:
        """Whether the cell is a lone `*`."""
        return self._cells.get(column, "") == ALL

    def _plain(self, column: Column, text: str) -> str:
        if _CONTROL.search(text):
            self.wrong(column, "a text without control characters", given=_CONTROL.sub("�", text))
        return text

    def _known(self, column: Column, text: str, words: Mapping[str, T], allowed: str) -> T | None:
        found = words.get(text)
        if found is None:
            self.wrong(column, allowed, given=text, close=_close(text, tuple(words)))
        return found


@lru_cache(maxsize=1024)
def _close(text: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(text, words, n=1, cutoff=0.5)
    return near[0] if near else ""
