"""The sandbox's issuers answer at a real desk, over HTTP, with the people of its registry."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from connectors.asking import Slots
from connectors.assisted import AssistedVerification
from connectors.assisted_parts import NoRecord, Officer, RequestState, SubjectKind, Verified
from connectors.assisted_words import RequestView, StepRejected, Submission
from connectors.clocks import ServerClock
from connectors.contract import Endpoint
from connectors.http import open_http
from connectors.signed import SignedCalls
from hub.commands.demo_case import OPERATORS
from hub.commands.demo_desk import ISSUERS, registry_text, seals_of
from hub.desk.registry import Client, read_registry
from hub.desk.serving import desk_answering, open_desk
from hub.embedded_desk import with_client
from hub.notary.words import Seal
from hub.sandbox.dials import Latency
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.issuer_face import dials_of_issuers
from hub.sandbox.issuer_findings import SEARCHED, Registers
from hub.sandbox.issuers import Issuers, at_work
from hub.sandbox.issuing_units import issuer_of, issuing_units
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import Sandbox
from hub.workdays.calendar import WorkingDays
from tests.databases import place_migrated_desk
from tests.desk_platform.ground import TEN, PaperSeals, put_on_record

CERTIFICATE = "real_estate_title"
CLERK = Officer("NB-DEMO-01", OPERATORS[0])
AT_ONCE = Latency()
PATIENCE = 20.0
HUB = Client("hub", "key-hub", "secret-hub", None, states_items=True)
SECRETS = {ISSUERS: {"access_key": "key-issuers", "secret": "secret-issuers"}}


@dataclass
class Office:
    """A desk, its client for a window, and the issuers, who don't work yet."""

    sandbox: Sandbox
    hub: AssistedVerification
    issuers: Issuers
    steps: int = 0

    def turn(self, **dials: object) -> None:
        """Set dials; without delay."""
        self.issuers.turn(replace(IssuerDials(delay=AT_ONCE), **dials))  # type: ignore[arg-type]  # any dial

    async def asked(self, subject: Subject, certificate: str = CERTIFICATE) -> str:
        """The id of a new request about all fields."""
        submission = Submission(
            by=CLERK,
            certificate=certificate,
            fields=tuple(self.sandbox.types[certificate].fields),
            subject_kind=SubjectKind.PERSON,
            subject_id=subject.identifier,
            subject_name=subject.name,
            item="许可-00757-000",
            case="2026-000117",
            immediate=False,
        )
        opened = await self.hub.submit(submission, self._key())
        assert isinstance(opened, RequestView), opened
        return opened.id

    async def step(self, request: str, name: str, **parts: object) -> RequestView:
        """A step of the requester."""
        taken = await self.hub.step(request, name, CLERK, parts, self._key())
        assert not isinstance(taken, StepRejected), taken
        return taken

    async def seen(
        self, request: str, wanted: Callable[[RequestView], bool] | None = None
    ) -> RequestView:
        """The request as the window sees it, once it is as wanted; sent, if not said."""
        ready = wanted or (lambda view: view.state is RequestState.SENT)
        async with asyncio.timeout(PATIENCE):
            while True:
                view = await self.hub.request(request, CLERK.unit)
                assert view is not None
                if ready(view):
                    return view
                await asyncio.sleep(0.01)

    def true(self, subject: Subject, certificate: str = CERTIFICATE) -> Mapping[str, object]:
        """What is true of a subject."""
        kind = self.sandbox.types[certificate]
        return self.sandbox.archive.certificates.values(kind, subject)

    def _key(self) -> str:
        self.steps += 1
        return f"key-{self.steps}"


@pytest.fixture
async def office(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_office(sandbox, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def opened_office(sandbox: Sandbox, folder: Path) -> AsyncIterator[Office]:
    """A desk with the demonstration's registry and seals, which are of paper."""
    units = issuing_units(sandbox.types)
    file = folder / "desk.toml"
    file.write_text(registry_text(units))
    registry = with_client(read_registry(file, SECRETS), HUB)
    database = f"sqlite+aiosqlite:///{folder}/desk.db"
    await place_migrated_desk(database)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        opening = open_desk(
            database,
            registry,
            PaperSeals(),
            WorkingDays(),
            lambda: datetime.now(UTC),
            types=sandbox.types,
        )
        async with opening as desk, desk_answering(desk, listener), open_http() as http:
            for one in seals_of(units):
                seal = Seal(one.number, one.kind, one.unit, b"", TEN, TEN, TEN.replace(year=2100))
                await put_on_record(desk.database, seal, *one.people)

            def client(access: Mapping[str, str]) -> AssistedVerification:
                at = Endpoint("desk", url, access, concurrency=64)
                return AssistedVerification(SignedCalls(at, http, ServerClock()), Slots(at))

            hub = client({"access_key": HUB.access_key, "secret": HUB.secret})
            registers = Registers(sandbox.archive, sandbox.platforms)
            issuers = Issuers(client(SECRETS[ISSUERS]), units, registers)
            office = Office(sandbox, hub, issuers)
            office.turn()
            yield office


def answered(view: RequestView) -> Mapping[str, object]:
    """The values of the one delivery there is."""
    assert len(view.deliveries) == 1
    findings = view.deliveries[0].findings.answer
    assert isinstance(findings, Verified)
    return findings.values


def wire(values: Mapping[str, object]) -> Mapping[str, object]:
    """Values as they come over the wire."""
    return {
        name: tuple(value)
        if isinstance(value, list | tuple)
        else value
        if value is None or isinstance(value, bool | int)
        else str(value)
        for name, value in values.items()
    }


async def test_they_answer_what_is_true(office: Office) -> None:
    """Nobody holds it, its issuer knows it: made by a verifier, sealed by the keeper, and sent."""
    subject = office.sandbox.examples.held_nowhere(CERTIFICATE)
    unit = issuer_of(issuing_units(office.sandbox.types), CERTIFICATE)
    office.turn(no_record_rate=0.0)

    async with at_work(office.issuers):
        view = await office.seen(await office.asked(subject))

    delivery = view.deliveries[0]
    assert answered(view) == wire(office.true(subject))
    assert delivery.made_by in [unit.officer(name) for name in unit.verifiers]
    assert delivery.sealed_by == unit.officer(unit.keeper)
    assert (view.clarifications, view.outstanding) == ((), ())


async def test_what_lay_there_is_answered_first(office: Office) -> None:
    """Requests that came before they began to work are not forgotten."""
    subjects = [office.sandbox.examples.held_nowhere(CERTIFICATE, skip) for skip in range(3)]
    requests = [await office.asked(subject) for subject in subjects]

    async with at_work(office.issuers):
        views = [await office.seen(request) for request in requests]

    assert [len(view.deliveries) for view in views] == [1, 1, 1]


async def test_no_such_record(office: Office) -> None:
    """It is a sealed answer like any other, never about somebody of whom a platform holds one."""
    known = office.sandbox.examples.held_only_at(CERTIFICATE, "province")
    unknown = office.sandbox.examples.held_nowhere(CERTIFICATE)
    office.turn(no_record_rate=1.0)

    async with at_work(office.issuers):
        held = await office.seen(await office.asked(known))
        none = await office.seen(await office.asked(unknown))

    assert answered(held) == wire(office.true(known))
    assert none.deliveries[0].findings.answer == NoRecord(SEARCHED)
    assert none.deliveries[0].seal == held.deliveries[0].seal


async def test_an_error_is_corrected_by_another_verifier(office: Office) -> None:
    """One field is wrong; the objection is reviewed by the other verifier, who looks twice."""
    subject = office.sandbox.examples.held_nowhere(CERTIFICATE)
    true = wire(office.true(subject))
    office.turn(no_record_rate=0.0, error_rate=1.0)

    async with at_work(office.issuers):
        request = await office.asked(subject)
        wrong = answered(await office.seen(request))
        await office.step(request, "receipt")
        objected = await office.step(request, "objection", delivery=1, grounds="面积与不动产证不符")
        review = await office.seen(objected.objections[0].review)
        after = await office.seen(request, lambda view: view.objections[0].ending is not None)

    differing = [name for name in true if wrong[name] != true[name]]
    assert len(differing) == 1
    assert answered(review) == true
    assert review.deliveries[0].made_by != after.deliveries[0].made_by
    assert after.objections[0].ending == "corrected"
    assert after.deliveries[0].recalled_by == review.id


async def test_a_question_is_waited_for(office: Office) -> None:
    """They ask once, wait, and go on when it is answered."""
    subject = office.sandbox.examples.held_nowhere(CERTIFICATE)
    office.turn(question_rate=1.0)

    async with at_work(office.issuers):
        request = await office.asked(subject)
        asked = await office.seen(request, lambda view: bool(view.clarifications))
        await office.step(request, "clarify", answer="无曾用名")
        view = await office.seen(request)

    assert asked.state is RequestState.IN_VERIFICATION
    assert [each.answer for each in view.clarifications] == ["无曾用名"]
    assert len(view.deliveries) == 1


async def test_units_that_work_by_hand(office: Office) -> None:
    """Nobody touches what lies with them, until their dial is turned back."""
    unit = issuer_of(issuing_units(office.sandbox.types), CERTIFICATE)
    subject = office.sandbox.examples.held_nowhere(CERTIFICATE)
    office.turn(by_hand=frozenset({unit.code}))

    async with at_work(office.issuers):
        request = await office.asked(subject)
        other = await office.asked(subject, "household_register")
        await office.seen(other)
        untouched = await office.seen(request, lambda _: True)
        office.turn()
        view = await office.seen(request)

    assert (untouched.state, untouched.verifier) == (RequestState.DELIVERED, None)
    assert len(view.deliveries) == 1


async def test_they_say_the_same_every_time(office: Office, tmp_path: Path) -> None:
    """By the seed: at another desk the same verifier makes the same mistake about the same person."""
    subject = office.sandbox.examples.held_nowhere(CERTIFICATE)
    (tmp_path / "another").mkdir()

    async with opened_office(office.sandbox, tmp_path / "another") as another:
        said = []
        for each in (office, another):
            each.turn(error_rate=1.0, no_record_rate=0.0)
            async with at_work(each.issuers):
                view = await each.seen(await each.asked(subject))
            said.append((view.deliveries[0].made_by, answered(view)))

    assert said[0] == said[1]
    assert said[0][1] != wire(office.true(subject))


async def test_a_desk_that_is_away_is_waited_for(office: Office) -> None:
    """Where it does not answer they try again, and end at once when they are told to."""
    async with open_http() as http:
        at = Endpoint("desk", "http://127.0.0.1:9", SECRETS[ISSUERS], concurrency=4)
        away = AssistedVerification(SignedCalls(at, http, ServerClock()), Slots(at))
        units = issuing_units(office.sandbox.types)
        registers = Registers(office.sandbox.archive, office.sandbox.platforms)
        async with asyncio.timeout(PATIENCE), at_work(Issuers(away, units, registers)):
            await asyncio.sleep(0.2)


async def test_their_dials_over_http(office: Office) -> None:
    """PUT sets all at once, GET shows them; what it does not know is refused in words."""
    async with (
        dials_of_issuers(office.issuers, "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
    ):

        async def put(text: str) -> tuple[int, object]:
            async with session.put(f"{url}/sandbox/dials", data=text) as reply:
                return reply.status, await reply.json()

        turned = await put('{"error_rate": 1, "by_hand": ["NB-ISSUER-01"], "delay": {"ms": 5}}')
        async with session.get(f"{url}/sandbox/dials") as reply:
            shown = await reply.json()
        refused = [
            await put(text)
            for text in ("1", "{", '{"errors": 1}', '{"error_rate": 2}', '{"by_hand": ["nobody"]}')
        ]

    assert turned == (200, shown)
    assert shown == {
        "delay": {"distribution": "fixed", "ms": 5.0, "to_ms": 0.0, "sigma": 0.8},
        "no_record_rate": 0.1,
        "error_rate": 1.0,
        "question_rate": 0.0,
        "by_hand": ["NB-ISSUER-01"],
    }
    assert [status for status, _ in refused] == [400] * 5
    assert refused[2][1] == {
        "error": 'dials has no "errors". Did you mean error_rate? '
        "Allowed: delay, no_record_rate, error_rate, question_rate, by_hand"
    }
    assert office.issuers.dials.error_rate == 1.0
