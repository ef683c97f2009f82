"""The literal values of a document's text, cut out of it in one pass, without a parser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphql.language import Lexer, Source

LITERAL = re.compile(
    r"""
    (["\#\-0-9]                                         # one set of first characters: found quickly
      (?: (?<=\#) [^\n\r]*+                             # a comment
        | (?<=") (?: ""(?:[^"\\]++|\\\"""|\\|"(?!""))*+\"""  # a block string
                   | "(?!")                             # an empty string
                   | (?:[^"\\\n\r]++|\\.)++"            # a string
                   | [\s\S]*+ )                         # a quote that opens nothing: all is wrong
        | (?<=-) (?<![\w.+\-].) (?:0|[1-9][0-9]*+) (?![\w.])
        | (?<=0) (?<![\w.+\-].) (?![\w.])
        | (?<=[1-9]) (?<![\w.+\-].) [0-9]*+ (?![\w.])   # a whole number
      ))
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
"""Strings, whole numbers and comments. Only a text that is wrong may be cut elsewhere than its lexer would.

It reads each character once, whatever the text.
"""
LONGEST_NUMBER = 20
COMMENT, NUMBER, STRING = "#", "0", '"'
_KINDS = str.maketrans(dict.fromkeys("-123456789", NUMBER))


class NoValue(Exception):
    """A literal that has no value of use: the document is read as it is written."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text between its literals, the kind of each literal by its first character, and the literals.

    The gaps and kinds together tell its shape; no gap holds a string or comment.
    """

    gaps: Sequence[str]
    kinds: str
    literals: Sequence[str] = field(repr=False)

    @property
    def shape(self) -> tuple[str, str]:
        """Equal for two documents in order only where they differ in nothing but literals."""
        return "\0".join(self.gaps), self.kinds

    @property
    def is_plain(self) -> bool:
        """Whether each string says just what stands between its quotes."""
        literals = "".join(self.literals)
        return "\\" not in literals and '"""' not in literals

    def written(self, literals: Sequence[str]) -> str:
        """The text with other literals."""
        parts = [part for pair in zip(self.gaps, literals, strict=False) for part in pair]
        return "".join([*parts, self.gaps[-1]])


def cut(text: str) -> Cut:
    """The text, cut at its literals and comments."""
    pieces = LITERAL.split(text)
    literals = pieces[1::2]
    kinds = "".join([literal[0] for literal in literals])
    return Cut(pieces[::2], kinds.translate(_KINDS), literals)


def text_of(literal: str) -> str:
    """What a string says, or the digits of a number as they are written."""
    if literal[0] != '"':
        return literal
    if "\\" in literal or literal.startswith('"""'):
        return Lexer(Source(literal)).advance().value or ""
    return literal[1:-1]


def number_of(literal: str) -> int:
    """A whole number; -0 is another one for some and not for others."""
    if len(literal) > LONGEST_NUMBER or literal == "-0":
        raise NoValue
    return int(literal)
