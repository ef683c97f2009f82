"""Literals are cut where the lexer finds them, and nowhere else."""

import re
import time

import pytest
from graphql import GraphQLSyntaxError
from graphql.language import Lexer, Source, Token, TokenKind
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resolvers.documents.literals import COMMENT, NUMBER, NoValue, cut, number_of, text_of

KINDS = {
    TokenKind.STRING: '"',
    TokenKind.BLOCK_STRING: '"',
    TokenKind.INT: NUMBER,
    TokenKind.COMMENT: COMMENT,
}
PARTS = st.sampled_from(
    [
        *('"', '""', '"""', '\\"""', "\\", "\\n", "\n", "\r", "#", " ", ",", "\0", "中", "\ufeff"),
        *("-", "-0", "0", "7", "42", "1.5", "1e5", "e", "E+1", ".", "...", "x", "_", "a1"),
        *('"a"', '"\\u0041"', '"""b"""', "# c\n", "{", "}", "(", ")", "[", "]", ":", "$", "=", "!"),
    ]
)


def lexed(text: str) -> list[tuple[str, str]]:
    """Kind and text of each literal and comment, as graphql-core reads them; raises where it is wrong."""
    chain: list[tuple[str, str]] = []
    first = Lexer(Source(text))
    while first.advance().kind is not TokenKind.EOF:
        pass
    one: Token | None = first.token
    while one is not None:
        if one.kind in KINDS:
            chain.append((KINDS[one.kind], text[one.start : one.end]))
        one = one.prev
    return chain[::-1]


@settings(max_examples=500, deadline=None)
@given(st.lists(PARTS, max_size=14).map("".join))
def test_a_text_is_cut_where_its_lexer_finds_literals(text: str) -> None:
    """Of a text that can be read, exactly the strings, whole numbers and comments are cut out.

    Only a number that leans on a word or on dots (1-2, which nobody writes) is left where it is.
    """
    assume(not re.search(r"\w-|\.\.-?[0-9]", text))
    try:
        expected = lexed(text)
    except GraphQLSyntaxError:
        return

    pieces = cut(text)

    assert list(zip(pieces.kinds, pieces.literals, strict=True)) == expected
    assert pieces.written(pieces.literals) == text


@settings(max_examples=500, deadline=None)
@given(st.lists(PARTS, max_size=14).map("".join), st.lists(PARTS, max_size=14).map("".join))
def test_a_wrong_text_has_not_the_shape_of_a_right_one(left: str, right: str) -> None:
    """What its lexer refuses can't be taken for one of another text's kind that ends as documents do."""
    wrong, right = f"{left}}}", f"{right}}}"
    try:
        lexed(right)
    except GraphQLSyntaxError:
        return
    try:
        lexed(wrong)
    except GraphQLSyntaxError:
        if cut(wrong).shape != cut(right).shape:
            return
        # Only within a literal may it be wrong, and then its value can't be read.
        with pytest.raises((GraphQLSyntaxError, NoValue)):
            [text_of(one) for one in cut(wrong).literals if one[0] == '"']


@pytest.mark.parametrize(
    "text",
    [
        '"""' + '\\"""' * 100_000,
        '"\\' * 150_000,
        '"' * 300_001,
        "-" * 400_000,
        "1" * 400_000,
        "1a" * 200_000,
        '# "' * 100_000,
        '"" ' * 100_000,
        '"\\"' * 100_000,
    ],
)
def test_a_text_is_cut_in_time_proportional_to_its_length(text: str) -> None:
    """What would have a careless pattern read everything again from each quote takes no longer."""
    before = time.process_time()

    cut(text)

    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"a"', "a"),
        ('""', ""),
        ('"""\n  a\n   b\n"""', "a\n b"),
        ('"\\u0041\\n\\""', 'A\n"'),
        ('"""\\""" """', '""" '),
        ("-12", "-12"),
    ],
)
def test_a_literal_is_read_as_its_lexer_reads_it(literal: str, value: str) -> None:
    """Escapes and the indentation of blocks included; a number keeps its digits."""
    assert text_of(literal) == value


@pytest.mark.parametrize("literal", ["-0", "1" * 21])
def test_a_number_of_doubtful_meaning_is_not_read(literal: str) -> None:
    """Minus nought is a real number of its own; endless digits are nobody's."""
    with pytest.raises(NoValue):
        number_of(literal)


def test_a_cut_shows_no_literal() -> None:
    """Its repr is gaps and kinds."""
    assert "3302" not in repr(cut('{ a(id: "330203199001011234") }'))
