"""No identifier, name or payload of a person in a log or an error."""

import logging
from pathlib import Path

import pytest

from hub.sandbox.dials import Dials
from tests.face.asking import DOSSIER, MANY, ONE
from tests.stack import DOSSIER_ITEM, PURPOSE, Stack, open_stack

TROUBLE = [
    Dials(outage=True),
    Dials(error_rate=1.0),
    Dials(code_rate=1.0),
    Dials(garbage_rate=1.0),
    Dials(wrong_person_rate=1.0),
    Dials(quota=0),
]


async def everything_goes_wrong(stack: Stack) -> list[str]:
    """Lookups, dossiers, denials and malformed requests over platforms in every kind of trouble."""
    person = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    subject = {"person": {"residentId": person.identifier, "name": person.name}}
    lookup = {"type": "resident_id_card", "subject": subject}
    answers = []
    for dials in [Dials(), *TROUBLE]:
        for name in stack.sandbox.urls:
            stack.sandbox.platform(name).turn(dials)
        for query, variables in [
            (ONE, {**lookup, "purpose": PURPOSE}),
            (ONE, {**lookup, "purpose": {**PURPOSE, "operator": "stranger"}}),
            (ONE, {**lookup, "type": person.identifier, "purpose": PURPOSE}),
            (ONE, {"type": subject, "subject": lookup, "purpose": person.identifier}),
            (MANY, {"lookups": [lookup, lookup], "purpose": PURPOSE}),
            (DOSSIER, {"subject": subject, "purpose": {**PURPOSE, "item": DOSSIER_ITEM}}),
            (f'{{ x(id: "{person.identifier}") "{person.name}" }}', {}),
            (f'{{ node(id: "{person.identifier}") {{ id }} }}', {}),
        ]:
            _, answer = await stack.post({"query": query, "variables": variables})
            answers.append(str(answer.get("errors", "")))
    assert person.identifier not in "".join(answers)
    assert person.name not in "".join(answers)
    return [person.identifier, person.name]


async def test_a_run_in_all_kinds_of_trouble_logs_no_person(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Everything written to stdout, stderr and every logger is free of the person asked about."""
    caplog.set_level(logging.DEBUG)

    async with open_stack(tmp_path) as stack:
        secrets = [*await everything_goes_wrong(stack), stack.key]

    out, err = capfd.readouterr()
    written = out + err + caplog.text
    assert "catalogue in force" in written
    for secret in secrets:
        assert secret not in written
