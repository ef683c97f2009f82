"""What the real connectors read off the wire is what the sandbox says it holds."""

import pytest

from connectors.contract import Blank, Held, NotHeld
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import Sandbox, packaged_platforms
from tests.sandbox.asking import connected, inquiry

PLATFORMS = load_platforms(packaged_platforms(), load_certificate_types(packaged_certificates()))
SUBJECTS = 12


def _some(sandbox: Sandbox, certificate: str, platform: str, *, held: bool) -> list[Subject]:
    wanted = {platform: held}
    return [
        sandbox.examples.person_with(certificate, wanted, skip=each) for each in range(SUBJECTS)
    ]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_every_interface_yields_exactly_what_is_held(sandbox: Sandbox, platform: str) -> None:
    """Every declared interface of every platform gives a holder's values, field by field."""
    wrong = []
    async with connected(sandbox, platform) as connector:
        for certificate, interface in PLATFORMS[platform].interfaces.items():
            holders = _some(sandbox, certificate, platform, held=True)
            answers = await connector.fetch(interface, [inquiry(each) for each in holders])
            for holder, answer in zip(holders, answers, strict=True):
                values = sandbox.archive.certificates.values(sandbox.types[certificate], holder)
                held = {source.name: values[source.name] for source in interface.answer.fields}
                if answer != Held(held):
                    got = dict(answer.values) if isinstance(answer, Held) else repr(answer)
                    wrong.append((certificate, got, held))

    assert wrong == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_nothing_is_told_of_who_holds_nothing(sandbox: Sandbox, platform: str) -> None:
    """Every declared interface says not held, unless its blank means something else."""
    wrong = []
    async with connected(sandbox, platform) as connector:
        for certificate, interface in PLATFORMS[platform].interfaces.items():
            others = _some(sandbox, certificate, platform, held=False)
            answers = await connector.fetch(interface, [inquiry(each) for each in others])
            shape = interface.answer
            tells = shape.absent is not None or shape.blank is Blank.NOT_HELD
            if any((answer == NotHeld()) is not tells for answer in answers):
                wrong.append((certificate, answers))

    assert wrong == []
