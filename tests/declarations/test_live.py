"""Reloading: interface files and platforms, all of them or none."""

import shutil
from pathlib import Path

import pytest

from hub.declarations.certificates import packaged_certificates
from hub.declarations.live import LiveDeclarations, ReloadReport, Sources
from hub.declarations.words import ConfigurationError
from tests.declarations.bad_examples import SANDBOX

INTERFACE = "province/interfaces/resident_id_card.toml"
OLD_ID, NEW_ID = "/dataSharing/", "/windowSystem/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment: the sandbox's platforms and a folder of certificate types of its own."""
    shutil.copytree(SANDBOX, tmp_path / "platforms")
    (tmp_path / "types").mkdir()
    return tmp_path


@pytest.fixture
def live(folder: Path) -> LiveDeclarations:
    """The deployment's declarations, loaded."""
    types = packaged_certificates(), folder / "types"
    return LiveDeclarations(Sources(types, folder / "platforms"))


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_nothing_changed(live: LiveDeclarations) -> None:
    """A reload of unchanged files takes them and reports no change."""
    assert live.reload() == ReloadReport(None)


def test_a_republished_interface_is_taken(live: LiveDeclarations, folder: Path) -> None:
    """A new interface id is in force after the reload, and the report names the interface."""
    edit(folder / "platforms" / INTERFACE, OLD_ID, NEW_ID)

    report = live.reload()

    assert report == ReloadReport(None, interfaces=("province/resident_id_card",))
    assert report.taken
    assert NEW_ID in live.current.platforms["province"].interfaces["resident_id_card"].target


def test_one_interface_file_more(live: LiveDeclarations, folder: Path) -> None:
    """A file added to a platform's folder is an interface more."""
    own = folder / "platforms/municipality/interfaces/senior_citizen_card.toml"
    shutil.copy(own, folder / "platforms/province/interfaces")

    report = live.reload()

    assert report.interfaces == ("province/senior_citizen_card",)
    assert "senior_citizen_card" in live.current.platforms["province"].interfaces


def test_replicas_come_and_go(live: LiveDeclarations, folder: Path) -> None:
    """A replica more is a platform changed, in force after the reload; and so is one less."""
    file = folder / "platforms/province/platform.toml"
    replicas = 'replicas = ["http://127.0.0.1:9111"]\n'
    edit(file, "endpoint", f"{replicas}endpoint")
    more, declared = live.reload(), live.current.platforms["province"].replicas
    edit(file, replicas, "")
    less = live.reload()

    assert more == less == ReloadReport(None, platforms=("province",))
    assert declared == ("http://127.0.0.1:9111",)
    assert live.current.platforms["province"].replicas == ()


def test_a_removed_platform_is_reported(live: LiveDeclarations, folder: Path) -> None:
    """A folder taken away takes its interfaces along."""
    shutil.rmtree(folder / "platforms/human_resources_bureau")

    report = live.reload()

    assert report.platforms == ("human_resources_bureau",)
    assert report.interfaces == (
        "human_resources_bureau/employment_and_startup_certificate",
        "human_resources_bureau/social_insurance",
    )


def test_a_bad_edit_keeps_the_old_set(live: LiveDeclarations, folder: Path) -> None:
    """One bad file beside one good edit: neither is taken, and the report says why."""
    before = live.current
    edit(folder / "platforms" / INTERFACE, OLD_ID, NEW_ID)
    bad = folder / "platforms/province/interfaces/household_register.toml"
    edit(bad, 'style = "query"', 'style = "qurey"')

    report = live.reload()

    assert report == ReloadReport(
        f'{bad}: style: given "qurey" (a text); did you mean "query"? Allowed: form, json, query.'
    )
    assert not report.taken
    assert live.current is before


def test_a_mended_edit_is_taken(live: LiveDeclarations, folder: Path) -> None:
    """After a refused reload the next one takes what is right by then."""
    file = folder / "platforms" / INTERFACE
    edit(file, OLD_ID, NEW_ID)
    edit(file, 'style = "query"', 'style = "qurey"')
    live.reload()
    edit(file, 'style = "qurey"', 'style = "form"')

    assert live.reload() == ReloadReport(None, interfaces=("province/resident_id_card",))


def test_a_new_type_waits_for_a_restart(live: LiveDeclarations, folder: Path) -> None:
    """Certificate types stay as they are, and the report names the ones that changed on disk."""
    card = (packaged_certificates() / "driving_licence.toml").read_text("utf-8")
    (folder / "types/harbour_pass.toml").write_text(card, "utf-8")

    assert live.reload() == ReloadReport(None, restart_for=("harbour_pass",))
    assert "harbour_pass" not in live.current.types


def test_an_interface_of_a_waiting_type_is_refused(live: LiveDeclarations, folder: Path) -> None:
    """It is refused until the restart, and the report names the type that needs one."""
    card = (packaged_certificates() / "driving_licence.toml").read_text("utf-8")
    (folder / "types/harbour_pass.toml").write_text(card, "utf-8")
    edit(folder / "platforms" / INTERFACE, '"resident_id_card"', '"harbour_pass"')

    report = live.reload()

    assert report.restart_for == ("harbour_pass",)
    assert report.refused == (
        f'{folder}/platforms/{INTERFACE}: certificate: given "harbour_pass" (a text).'
        " Allowed: one of the declared certificate types (127), or add harbour_pass.toml."
    )


def test_a_bad_type_refuses_the_reload(live: LiveDeclarations, folder: Path) -> None:
    """A wrong certificate type is found at the reload already, not only at the next start."""
    (folder / "types/harbour_pass.toml").write_text('title_zh = "港口"\n', "utf-8")

    report = live.reload()

    assert report.refused == (
        f"{folder}/types/harbour_pass.toml: fields: missing. Allowed: a table."
    )


def test_a_wrong_declaration_at_start_raises(folder: Path) -> None:
    """There is no old set to keep at the start, so the error is raised."""
    edit(folder / "platforms" / INTERFACE, 'style = "query"', 'style = "qurey"')

    with pytest.raises(ConfigurationError):
        LiveDeclarations(Sources((packaged_certificates(),), folder / "platforms"))
