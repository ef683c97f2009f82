"""Settings are checked when they are read, and the secret is one."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.declarations.words import ConfigurationError
from hub.settings import Settings, pseudonym_secret, read_settings
from resolvers.plan.plan import planned
from tests.plans import PLAN, PLANNER, plan_of


def given(data: Path, **names: str) -> Settings:
    """Settings of a data folder."""
    return read_settings(
        {"CERTHUB_DATA": str(data), **{f"CERTHUB_{n}": v for n, v in names.items()}}
    )


@pytest.mark.parametrize("text", ["0.5", "0", "-1", "inf", "nan", "1e3", "1000000000", "", "many"])
def test_lookups_are_a_whole_number(text: str) -> None:
    """Anything but a whole number from 1 on is refused with what is allowed."""
    with pytest.raises(ConfigurationError) as raised:
        read_settings({"CERTHUB_MAX_LOOKUPS": text})

    assert str(raised.value) == (
        f"environment: CERTHUB_MAX_LOOKUPS is {text!r}. Allowed: a whole number from 1 on"
    )


def test_lookups_are_taken_as_given() -> None:
    """A whole number is."""
    assert read_settings({"CERTHUB_MAX_LOOKUPS": "1"}).max_lookups == 1


def test_the_roots_of_proofs_are_the_hubs_own_or_a_citys(tmp_path: Path) -> None:
    """Beside the notary of the data folder, unless the city's are named."""
    assert given(tmp_path).notary_roots == tmp_path / "notary" / "roots"
    assert given(tmp_path, NOTARY_ROOTS="/etc/roots").notary_roots == Path("/etc/roots")


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "", "long"])
def test_a_query_has_an_end(text: str) -> None:
    """What a query may take is a finite number above 0."""
    with pytest.raises(ConfigurationError) as raised:
        read_settings({"CERTHUB_WITHIN": text})

    assert str(raised.value) == (
        f"environment: CERTHUB_WITHIN is {text!r}. Allowed: a number above 0"
    )


def test_the_seconds_of_a_query_may_be_a_fraction() -> None:
    """Seconds need not be whole."""
    assert read_settings({"CERTHUB_WITHIN": "0.5"}).within == 0.5


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    """Made where there is none, for its owner's eyes only, and the same ever after."""
    data = tmp_path / "data"

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: pseudonym_secret(given(data)), range(8)))

    assert made == {(data / "secret").read_bytes()}
    assert len((data / "secret").read_bytes()) == 64
    assert stat.S_IMODE((data / "secret").stat().st_mode) == 0o600
    assert [file.name for file in data.iterdir()] == ["secret"]


@pytest.mark.parametrize("text", ["", "short", " " * 64])
def test_an_empty_or_short_secret_file_is_refused(tmp_path: Path, text: str) -> None:
    """Its pseudonyms could be recomputed by anybody: the message says what to do."""
    (tmp_path / "secret").write_text(text)

    with pytest.raises(ConfigurationError) as raised:
        pseudonym_secret(given(tmp_path))

    assert str(raised.value).startswith(
        f"{tmp_path}/secret has {len(text.strip())} characters; a secret needs 32 or more. "
        "Put the secret back from a backup; where nothing was recorded yet, delete the file"
    )
    assert (tmp_path / "secret").read_text() == text


@pytest.mark.parametrize("text", ["", "hunter2"])
def test_an_empty_or_short_secret_in_the_environment_is_refused(tmp_path: Path, text: str) -> None:
    """It is not repeated, and none is made in its place."""
    with pytest.raises(ConfigurationError) as raised:
        pseudonym_secret(given(tmp_path, SECRET=text))

    assert str(raised.value) == (
        f"environment: CERTHUB_SECRET has {len(text)} characters; a secret needs 32 or more. "
        "Make one with `openssl rand -hex 32`, or leave the variable out."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_secret_of_the_environment_is_taken(tmp_path: Path) -> None:
    """And no file is made."""
    assert pseudonym_secret(given(tmp_path, SECRET="s" * 32)) == b"s" * 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "collector:4318",
        "ftp://collector",
        "https://",
        "https://me:secret@c",
        "http://c?x=secret",
    ],
)
def test_a_collector_is_a_plain_url(text: str) -> None:
    """Anything else is refused without showing it, as it may hold a secret."""
    with pytest.raises(ConfigurationError) as raised:
        read_settings({"CERTHUB_OTLP": text})

    assert str(raised.value) == (
        "environment: CERTHUB_OTLP is no plain URL of a collector. Allowed: a URL such as "
        "http://127.0.0.1:4318, without a user or query in it"
    )


def test_nothing_is_traced_by_default() -> None:
    """There is a collector only where one is given."""
    assert read_settings({}).otlp is None
    assert read_settings({"CERTHUB_OTLP": "https://c:4318/otel"}).otlp == "https://c:4318/otel"


def test_plans_can_be_turned_off() -> None:
    """`off` and `on` are allowed, nothing else."""
    assert read_settings({"CERTHUB_PLAN": "off"}).plan is False
    assert read_settings({}).plan is True
    with pytest.raises(ConfigurationError) as raised:
        read_settings({"CERTHUB_PLAN": "no"})

    assert str(raised.value) == "environment: CERTHUB_PLAN is 'no'. Allowed: on, off"


def test_the_hubs_of_the_tests_run_by_plan_unless_told() -> None:
    """CERTHUB_TEST_PLAN is CERTHUB_PLAN of every hub that a test opens, and nothing is its default."""
    assert plan_of({}) == {}
    assert plan_of({"CERTHUB_TEST_PLAN": "off"}) == {"CERTHUB_PLAN": "off"}
    assert read_settings(PLAN).plan is (PLANNER is planned)
