"""Replies are read strictly: what isn't as agreed is `Garbled`, and nobody is named in it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from io import StringIO

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from connectors.assisted import AssistedVerification
from connectors.assisted_parts import Officer, SubjectKind, Word
from connectors.assisted_replies import read
from connectors.assisted_words import (
    ChangesLost,
    Extraction,
    PageView,
    RequestView,
    SealedProof,
    SealKind,
    SealOnDocument,
    StepRejected,
)
from connectors.contract import Garbled
from connectors.http import Http, Reply
from tests.connectors.assisted_answers import (
    CHANGE,
    CHANGES,
    HISTORY,
    PAGE,
    PERSONAL,
    PROOFS,
    REMINDERS,
    REQUEST,
    SEAL,
    WHEN,
    Document,
    extended,
    spoilt,
)
from tests.connectors.assisted_ground import SUBMISSION, VERA, assisted
from tests.connectors.scripted_server import Asked, Said, serving
from tests.desk_platform.ground import SUBJECT

Ask = Callable[[AssistedVerification], Awaitable[object]]

EXTRACTION = Extraction(
    by=Officer("housing", "Secretperson"),
    certificate="no_marriage_record",
    subject_kind=SubjectKind.PERSON,
    subject_id=SUBJECT,
    subject_name="测试",
    item="许可-00757-001",
    case="case-77-secret",
)
CALLS: dict[str, tuple[Ask, Document]] = {
    "submit": (lambda desk: desk.submit(SUBMISSION, "k"), REQUEST),
    "claim": (lambda desk: desk.step("1", "claim", VERA, {}, "k"), REQUEST),
    "request": (lambda desk: desk.request("1", "housing"), REQUEST),
    "history": (lambda desk: desk.history("1", "housing"), HISTORY),
    "inbox": (lambda desk: desk.inbox("housing"), PAGE),
    "outbox": (lambda desk: desk.outbox("housing"), PAGE),
    "reminders": (lambda desk: desk.reminders("housing", None, 5), REMINDERS),
    "extract": (lambda desk: desk.extract(EXTRACTION, "k"), PROOFS),
    "seals": (lambda desk: desk.seal("seal-1", "housing", "甬核-1"), SEAL),
    "changes": (lambda desk: desk.changes(7, 0), CHANGES),
}
SMALL = sorted(CALLS.keys() - {"submit", "claim", "inbox", "outbox"})
BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b"<html>Secretperson</html>",
    b'"Secretperson"',
    b'{"id":"\xff Secretperson"}',
    b'{"id":"\\ud800 Secretperson"}',
    b'{"newer":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]
WHOLE = orjson.dumps(PAGE)


async def answered(http: Http, ask: Ask, body: object, status: int = 200) -> object:
    """What the client makes of an answer."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)

    async def script(_: Asked) -> Said:
        return Said(content, status)

    async with serving(script) as server:
        return await ask(assisted(server.url, http))


def chain(error: BaseException | None) -> list[BaseException]:
    """The error with all that led to it."""
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.parametrize("name", CALLS)
async def test_an_answer_as_agreed(http: Http, name: str) -> None:
    """Every call reads its whole answer; keys that a newer platform adds are passed over."""
    ask, document = CALLS[name]

    plain = await answered(http, ask, document)
    newer = await answered(http, ask, extended(document))

    assert plain is not None
    assert plain == newer


@pytest.mark.parametrize("name", SMALL)
async def test_every_part_is_needed(http: Http, name: str) -> None:
    """One key missing, null or of another type, or a moment without a zone: garbled, each."""
    ask, document = CALLS[name]
    spoils = dict(spoilt(document))
    told: Document = {}

    async def script(_: Asked) -> Said:
        return Said(orjson.dumps(told))

    async with serving(script) as server:
        desk = assisted(server.url, http)
        for spoil, changed in spoils.items():
            told = changed
            with pytest.raises(Garbled) as garbled:
                pytest.fail(f"{spoil}: {await ask(desk)}")
            assert str(garbled.value) == (
                f"desk/{name}: the answer (status 200) isn't as agreed; tell the platform"
            )
            assert not [each for each in PERSONAL if each in repr(chain(garbled.value))]

    assert len(spoils) >= 3


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("name", ["submit", "request", "extract", "changes"])
async def test_answers_that_are_none(http: Http, name: str, body: bytes) -> None:
    """Broken, foreign, badly encoded or bottomless: garbled, by the name of the call."""
    with pytest.raises(Garbled, match=f"^desk/{name}: the answer ") as garbled:
        await answered(http, CALLS[name][0], body)

    assert [type(each) for each in chain(garbled.value)] == [Garbled, Garbled]
    assert "Secretperson" not in repr(chain(garbled.value))


@given(place=st.integers(0, len(WHOLE) - 1), put=st.binary(max_size=3), cut=st.integers(0, 40))
def test_bytes_gone_wrong(place: int, put: bytes, cut: int) -> None:
    """Whatever becomes of an answer's bytes, it is read or garbled, and never anything else."""
    body = WHOLE[:place] + put + WHOLE[place + cut :]

    try:
        told = read(Reply(200, body, None, None), PageView)
    except Garbled as garbled:
        assert len(chain(garbled)) == 1
    else:
        assert len(told.requests) == 1


@pytest.mark.parametrize("status", [403, 404, 409, 422])
@pytest.mark.parametrize("name", ["submit", "claim", "extract"])
async def test_a_rejection_that_gives_no_reason(http: Http, name: str, status: int) -> None:
    """A page of somebody else's between us and the platform is no rejection, and no absence."""
    with pytest.raises(Garbled, match=rf"^desk/{name}: the answer \(status {status}\)"):
        await answered(http, CALLS[name][0], b"<html>no such page</html>", status)


@pytest.mark.parametrize("name", ["request", "history", "seals"])
async def test_absence_is_said_by_the_platform(http: Http, name: str) -> None:
    """404 in the platform's words is `None`; a foreign page is garbled."""
    assert await answered(http, CALLS[name][0], {"message": "no such thing"}, 404) is None
    with pytest.raises(Garbled, match=rf"^desk/{name}: the answer \(status 404\)"):
        await answered(http, CALLS[name][0], b"<html>no such page</html>", 404)


async def test_rejections(http: Http) -> None:
    """Status, code where there is one, and words; only an extraction's 404 is nothing there."""
    told = {"message": "try later", "reason": "wrong_state", "newer": 1}

    assert await answered(http, CALLS["claim"][0], told, 409) == StepRejected(
        409, "wrong_state", "try later"
    )
    assert await answered(http, CALLS["submit"][0], {"message": "x"}, 404) == StepRejected(
        404, None, "x"
    )
    assert await answered(http, CALLS["extract"][0], told, 422) == StepRejected(
        422, "wrong_state", "try later"
    )
    assert await answered(http, CALLS["extract"][0], {"message": "x"}, 404) is None
    assert await answered(http, CALLS["extract"][0], {"proofs": []}) is None


async def test_proofs_and_seals_are_bytes(http: Http) -> None:
    """Documents are decoded, the seal's record is its text's bytes."""
    when = datetime.fromisoformat(WHEN)

    assert await answered(http, *CALLS["extract"]) == (
        SealedProof(
            document_number="甬核-1",
            kind=SealKind.VERIFICATION,
            pdf=b"Secretword",
            twin=b"Secretword",
            seal=b'{"format":"certhub-seals/1"}',
            sealed_at=when,
            extracted_at=when,
            valid_until=when,
            request="abc123",
            delivery=1,
        ),
    )
    sealed = SealOnDocument(b'{"format":"certhub-seals/1"}', recalled=False)
    assert await answered(http, *CALLS["seals"]) == sealed


@pytest.mark.parametrize(
    ("numbers", "last"), [([7], 7), ([9, 8], 9), ([8, 8], 8), ([8, 9], 8), ([], 6)]
)
async def test_changes_that_do_not_ascend(http: Http, numbers: list[int], last: int) -> None:
    """Changes asked for already, twice or backwards, or an end before them: garbled."""
    told = {"changes": [{**CHANGE, "sequence": each} for each in numbers], "last": last}

    with pytest.raises(Garbled, match=r"^desk/changes: its changes don't ascend"):
        await answered(http, CALLS["changes"][0], told)


@pytest.mark.parametrize("status", [409, 410])
async def test_changes_that_are_lost(http: Http, status: int) -> None:
    """A platform that doesn't know the change asked after is told apart from other trouble."""
    with pytest.raises(ChangesLost, match=r"^desk/changes: .*read every request anew"):
        await answered(http, CALLS["changes"][0], {"message": "past the end"}, status)


WAITS = [(25.0, "25.0"), (0.0, "0"), (0.00001, "0.0"), (0.1234567, "0.123"), (600.0, "30.0")]


@pytest.mark.parametrize(("wait", "sent"), WAITS)
async def test_a_wait_as_the_platform_takes_it(http: Http, wait: float, sent: str) -> None:
    """At most 30 seconds, to the millisecond; without `after` there is no wait at all."""

    async def script(_: Asked) -> Said:
        return Said(b'{"changes":[],"last":7}')

    async with serving(script) as server:
        desk = assisted(server.url, http)
        await desk.changes(7, wait)
        end = await desk.changes(None, wait)

    assert end.last == 7
    assert float(server.asked[0].query["wait"]) == float(sent)
    assert {**server.asked[0].query, "wait": ""} == {"after": "7", "count": "100", "wait": ""}
    assert server.asked[1].query == {"count": "100"}


async def test_a_seal_of_any_number(http: Http) -> None:
    """A number with signs of its own arrives as it is, and its signature holds for the path sent."""

    async def script(_: Asked) -> Said:
        return Said(orjson.dumps(SEAL))

    async with serving(script) as server:
        await assisted(server.url, http).seal("甬/核 1?", "housing", "甬核〔2025〕1号")

    (asked,) = server.asked
    assert asked.path == "/api/v1/seals/甬/核 1?"
    assert asked.query == {"unit": "housing", "document": "甬核〔2025〕1号"}


def test_nobody_is_shown() -> None:
    """Neither repr nor rich's print of any word names a person, an identifier, a case or a value."""
    proof = SealedProof(
        "n",
        SealKind.SHARING,
        b"Secretword",
        b"Secretword",
        b"Secretword",
        NOW,
        NOW,
        NOW,
        None,
        None,
    )
    rejected = StepRejected(409, None, "Secretword")
    words = [REQUEST_VIEW, SUBMISSION, EXTRACTION, proof, rejected, *parts(REQUEST_VIEW)]

    shown = "".join(repr(word) for word in words) + printed(words)

    assert len(words) > 20
    assert not [each for each in PERSONAL if each in shown]
    assert "id='abc123', state=<RequestState.MADE: 'made'>, version=9" in repr(REQUEST_VIEW)


NOW = datetime.fromisoformat(WHEN)
REQUEST_VIEW = msgspec.convert(REQUEST, RequestView)


def parts(word: object) -> list[object]:
    """All words inside a word."""
    if isinstance(word, tuple):
        return [found for each in word for found in parts(each)]
    if not isinstance(word, Word):
        return []
    inside = [getattr(word, name) for name in word.__struct_fields__]
    return [word, *(found for each in inside for found in parts(each))]


def printed(words: object) -> str:
    """What rich prints, as it does in tracebacks with the values of variables."""
    paper = StringIO()
    Console(file=paper, width=1000).print(words)
    return paper.getvalue()
