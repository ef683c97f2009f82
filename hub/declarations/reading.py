"""Strict reading of TOML: every error names file and key, what was given and what is allowed."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path

from hub.declarations.words import ConfigurationError

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "a text"),
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a number"),
    ((date, time), "a date or time"),
    (list, "a list"),
    (Mapping, "a table"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table that knows its file and place; `secret` keeps values out of errors."""

    file: Path
    entries: Mapping[str, object]
    at: str = ""
    secret: bool = False

    def only(self, *allowed: str) -> None:
        """Refuse any key that isn't allowed here."""
        for key in self.entries:
            if key not in allowed:
                raise self.wrong(key, "unknown key", listed(allowed), near(key, allowed))

    def text(self, key: str) -> str:
        """A text that must be there and not be blank."""
        value = self._required(key, "a text")
        if not isinstance(value, str) or not value.strip():
            raise self.given(key, "a text that isn't blank")
        return value

    def text_or_blank(self, key: str) -> str:
        """A text that must be there and may be blank."""
        value = self._required(key, "a text")
        if not isinstance(value, str):
            raise self.given(key, "a text, in quotes")
        return value

    def text_if_any(self, key: str) -> str | None:
        """A text, or `None` where the key is left out."""
        return self.text(key) if key in self.entries else None

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """One of the allowed texts."""
        choices = tuple(allowed)
        value = self._required(key, f"one of {listed(choices)}")
        if not isinstance(value, str) or value not in choices:
            raise self.given(key, listed(choices), near(value, choices))
        return value

    def whole(self, key: str, default: int) -> int:
        """A positive integer, or the default where the key is left out."""
        value = self.entries.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.given(key, "an integer above 0")
        return value

    def seconds(self, key: str, default: float) -> float:
        """A positive number of seconds, or the default where the key is left out."""
        value = self.entries.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 3600:
            raise self.given(key, "seconds above 0 and below 3600")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false, the latter where the key is left out."""
        value = self.entries.get(key, False)
        if not isinstance(value, bool):
            raise self.given(key, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where the key is left out."""
        value = self.entries.get(key, [])
        if not isinstance(value, list):
            raise self.given(key, "a list of texts")
        texts = tuple(each for each in value if isinstance(each, str) and each.strip())
        if len(texts) != len(value):
            raise self.given(key, "a list of texts that aren't blank")
        return texts

    def table(self, key: str) -> "Table":
        """A table that must be there."""
        value = self._required(key, "a table")
        if not isinstance(value, Mapping):
            raise self.given(key, f"a table, [{self.place(key)}]")
        return Table(self.file, value, self.place(key), self.secret)

    def table_if_any(self, key: str) -> "Table":
        """A table, empty where the key is left out."""
        if key in self.entries:
            return self.table(key)
        return Table(self.file, {}, self.place(key), self.secret)

    def tables(self) -> Iterator[tuple[str, "Table"]]:
        """Every entry, each of which must be a table."""
        return ((key, self.table(key)) for key in self.entries)

    def all_texts(self) -> dict[str, str]:
        """Every entry, each of which must be a text."""
        return {key: self.text(key) for key in self.entries}

    def place(self, key: str) -> str:
        """The dotted path of a key from the root of the file."""
        return f"{self.at}.{key}" if self.at else key

    def given(self, key: str, allowed: str, instead: str | None = None) -> ConfigurationError:
        """The error of a value that isn't allowed."""
        return self.wrong(key, f"given {self._shown(self.entries.get(key))}", allowed, instead)

    def wrong(
        self, key: str, problem: str, allowed: str, instead: str | None = None
    ) -> ConfigurationError:
        """The error at a key: the problem, what is allowed, and the closest match."""
        return complaint(self.file, self.place(key), problem, allowed, instead)

    def _required(self, key: str, allowed: str) -> object:
        if key not in self.entries:
            raise self.wrong(key, "missing", allowed)
        return self.entries[key]

    def _shown(self, value: object) -> str:
        kind = next((name for of, name in _KINDS if isinstance(value, of)), "a value")
        if self.secret or isinstance(value, Mapping):
            return kind
        return f"{json.dumps(value, ensure_ascii=False, default=str)} ({kind})"


def read_table(file: Path, *, secret: bool = False) -> Table:
    """The root table of a TOML file."""
    return Table(file, _parsed(file), secret=secret)


def _parsed(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise complaint(file, "(whole file)", f"not TOML: {error}", "a TOML 1.0 file") from None
    except UnicodeDecodeError:
        raise complaint(file, "(whole file)", "not UTF-8", "a TOML 1.0 file in UTF-8") from None
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
        raise complaint(file, "(whole file)", problem, "a readable TOML file") from None


def files_of(folder: Path) -> list[Path]:
    """The TOML files right inside a folder, in order of their names."""
    if not folder.is_dir():
        raise complaint(folder, "(folder)", "no such folder", "a folder of TOML files")
    return sorted(file for file in folder.glob("*.toml") if not file.name.startswith("."))


def complaint(
    file: Path, key: str, problem: str, allowed: str, instead: str | None = None
) -> ConfigurationError:
    """The one form of every configuration error."""
    hint = f'; did you mean "{instead}"?' if instead else "."
    return ConfigurationError(f"{file}: {key}: {problem}{hint} Allowed: {allowed}.")


def near(given: object, allowed: Iterable[str]) -> str | None:
    """The allowed word closest to the given one, if any is close."""
    return next(iter(get_close_matches(str(given), list(allowed), n=1)), None)


def listed(words: Iterable[str]) -> str:
    """Words as the list of an error message."""
    return ", ".join(words)
