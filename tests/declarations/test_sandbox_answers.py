"""Every packaged interface, asked over real HTTP, answers what the sandbox holds."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.contract import (
    AnswerShape,
    Blank,
    Connector,
    Endpoint,
    Garbled,
    Held,
    Inquiry,
    NotHeld,
)
from connectors.dialects import find_dialect
from connectors.http import Http
from hub.declarations.words import CertificateType, Platform
from hub.evidence import HolderKind
from hub.sandbox.population import Person
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import Sandbox, SandboxOptions, open_sandbox
from tests.declarations.bad_examples import TYPES
from tests.declarations.test_platforms import PLATFORMS

SUBJECTS = 8


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The packaged platforms on free ports."""
    async with open_sandbox(SandboxOptions(size=100, ports=None)) as sandbox:
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A session of its own."""
    async with aiohttp.ClientSession() as session:
        yield Http(session)


@pytest.mark.parametrize("name", PLATFORMS)
async def test_every_interface_answers_what_is_held(
    sandbox: Sandbox, http: Http, name: str
) -> None:
    """Held where the sandbox holds it, elsewhere not held, or silence where blank means that."""
    platform = sandbox.platforms[name]
    connector = connected(platform, sandbox, http)

    for served, interface in platform.interfaces.items():
        subjects = subjects_of(sandbox, TYPES[served])
        answers = await connector.fetch(interface, [inquiry(each) for each in subjects])

        holds = sandbox.archive.holdings.holds
        without = NotHeld if says_not_held(interface.answer) else Garbled
        kinds = [Held if holds(platform, TYPES[served], each) else without for each in subjects]
        assert (served, [type(answer) for answer in answers]) == (served, kinds)


def says_not_held(answer: AnswerShape) -> bool:
    """Whether the interface has a way to say so, or a blank answer of it is but silence."""
    return answer.absent is not None or answer.blank is Blank.NOT_HELD


def connected(platform: Platform, sandbox: Sandbox, http: Http) -> Connector:
    """The platform's connector; a machine with much to do may take its time to connect."""
    credential = sandbox.credentials[platform.credential]
    endpoint = Endpoint(platform.name, platform.url, credential, connect_timeout=10.0)
    return find_dialect(platform.dialect).connect(endpoint, platform.options, http)


def subjects_of(sandbox: Sandbox, kind: CertificateType) -> list[Subject]:
    """The first people, or organisations where only they can hold it."""
    population = sandbox.population
    person = HolderKind.PERSON in kind.holders
    return [(population.person if person else population.organisation)(n) for n in range(SUBJECTS)]


def inquiry(subject: Subject) -> Inquiry:
    """Every fact that the hub can know of a subject who applies in person."""
    facts = {
        "subject.id": subject.identifier,
        "subject.name": subject.name,
        "applicant.id": subject.identifier,
        "applicant.name": subject.name,
        "purpose.item": "许可-00757-000",
        "purpose.case": "20250101-0001",
        "purpose.operator": "clerk-1",
        "purpose.material": "材料",
        "purpose.sponsor_name": "宁波市某局",
        "purpose.sponsor_code": "11330200MB0000000X",
        "today.year": "2026",
        "today.month": "03",
    }
    if isinstance(subject, Person):
        facts |= {"subject.sex": subject.sex, "subject.born_on": f"{subject.born_on:%Y%m%d}"}
    return Inquiry(facts)
