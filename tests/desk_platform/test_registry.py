"""The registry's file: who takes part, and what is wrong with it."""

from pathlib import Path

import pytest

from hub.declarations.words import ConfigurationError
from hub.desk.registry import Registry, read_registry
from hub.desk.words import Officer, Role

SECRETS = {"hub": {"access_key": "k", "secret": "s"}, "bureau": {"access_key": "b", "secret": "t"}}
SOUND = """
[clients.hub]
units = "all"
states_items = true
[clients.bureau]
units = ["civil-affairs"]
[units.housing]
operators = ["clerk"]
[units.civil-affairs]
verifiers = ["vera", "both"]
seal_keepers = ["both"]
coordinators = ["chief"]
issues = ["no_marriage_record"]
[units.reform-office]
supervisors = ["watcher"]
"""


def _read(folder: Path, text: str) -> Registry:
    file = folder / "desk.toml"
    file.write_text(text)
    return read_registry(file, SECRETS)


def test_a_sound_registry(tmp_path: Path) -> None:
    """Clients by access key, people by unit with every role they have, issuers by certificate."""
    registry = _read(tmp_path, SOUND)

    hub, bureau = registry.clients["k"], registry.clients["b"]
    assert (hub.states_items, hub.acts_for("any")) == (True, True)
    assert (bureau.states_items, bureau.acts_for("housing")) == (False, False)
    assert bureau.acts_for("civil-affairs")
    both = registry.actor(Officer("civil-affairs", "both"))
    assert both.roles == {Role.VERIFIER, Role.SEAL_KEEPER}
    assert registry.actor(Officer("housing", "vera")).roles == frozenset()
    assert registry.verifiers("civil-affairs") == {"vera", "both"}
    assert registry.issuers("no_marriage_record") == {"civil-affairs"}
    assert registry.supervises("reform-office")
    assert not registry.supervises("housing")


def test_secrets_mask_themselves(tmp_path: Path) -> None:
    """Neither a secret nor a person is in its text."""
    shown = repr(_read(tmp_path, SOUND))

    assert "secret" not in shown
    assert "vera" not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[clients.other]", "other.access_key"),
        ('[clients.hub]\nstates_items = "yes"', "true or false"),
        ("[clients.hub]\nunit = 'all'", 'did you mean "units"?'),
        ("[people]", "unknown key"),
        ("clients = 1\n[units.a]", "clients: given 1"),
        ("[clients.hub]\n[units.a]\nverifier = ['b']", 'did you mean "verifiers"?'),
    ],
)
def test_a_wrong_registry(tmp_path: Path, text: str, said: str) -> None:
    """The error names file and key, what was given and what is allowed."""
    with pytest.raises(ConfigurationError) as raised:
        _read(tmp_path, text)

    assert said in str(raised.value)
