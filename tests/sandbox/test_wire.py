"""The warts of the wire: all of them appear, each always at the same interface."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import orjson

from connectors.contract import Blank, ValueKind
from connectors.reading import read_value
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.sandbox.asking import asking_of
from hub.sandbox.formats import DateForm, written_day
from hub.sandbox.gateway import wrapped_body
from hub.sandbox.ground import Ground, Served, served_by_target
from hub.sandbox.nesting import Wrapping, put, wrapped
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import SandboxOptions, archive_of, packaged_platforms
from hub.sandbox.wire import script_of

TYPES = load_certificate_types(packaged_certificates())
PLATFORMS = load_platforms(packaged_platforms(), TYPES)
ARCHIVE = archive_of(SandboxOptions(seed=7, size=500), TYPES, PLATFORMS)
SERVED = [
    served
    for name in ("province", "municipality")
    for served in served_by_target(PLATFORMS[name]).values()
]


def _facts(number: int) -> dict[str, str]:
    return {"subject.id": ARCHIVE.population.person(number).identifier}


def test_all_date_forms_are_used() -> None:
    """Every form of the field notes appears at some interface."""
    assert {served.script.manner.dates for served in SERVED} == set(DateForm)


def test_any_day_is_read_back_in_any_form() -> None:
    """The days of 1970 whose milliseconds could be seconds are written so that they can be read."""
    days = [date(1969, 8, 1) + timedelta(days=day) for day in range(300)]
    for form in DateForm:
        manner = replace(SERVED[0].script.manner, dates=form)
        written = [written_day(manner, day) for day in days]

        assert [read_value(day, ValueKind.DATE) for day in written] == days


def test_blanks_come_in_every_style() -> None:
    """Nothing held shows as empty text, an empty list, its text, and null."""
    seen = {orjson.dumps(served.script.blank) for served in SERVED}

    assert seen == {b'""', b'"[]"', b"[]", b"null"}


def test_answers_travel_as_objects_and_as_text() -> None:
    """`datas` is an object or list, or text, or text with line breaks."""
    ways: Counter[str] = Counter()
    for served in SERVED:
        rows = served.script.rows(
            ARCHIVE.certificates.values(TYPES[served.certificate], ARCHIVE.population.person(0)),
            ARCHIVE.population.person(0).identifier,
        )
        datas = wrapped_body(served, served.script.held(rows))["datas"]
        text = "breaks" if isinstance(datas, str) and "\r\n" in datas else "text"
        ways[text if isinstance(datas, str) else type(datas).__name__] += 1

    assert ways.keys() == {"breaks", "text", "dict", "list"}


def test_keys_drift_in_case_within_a_message() -> None:
    """Some declared keys are written in another case than declared."""
    drifted = [
        key for served in SERVED for key, spelt in served.script.keys.items() if key != spelt
    ]

    assert len(drifted) > 20


def test_undeclared_keys_never_collide_with_declared_ones() -> None:
    """Noise stands beside the fields, never in their place."""
    noisy = 0
    for served in SERVED:
        declared = {key.casefold() for key in served.script.keys}
        assert not declared & {key.casefold() for key in served.script.noise}
        noisy += "sandbox_photo" in served.script.noise

    assert 0 < noisy < len(SERVED)


def test_outdated_rows_stand_beside_the_newest_one() -> None:
    """Where the declaration tells the newest, older and different rows come along."""
    script = script_of("province", PLATFORMS["province"].interfaces["driving_licence"])
    several = 0
    for number in range(40):
        person = ARCHIVE.population.person(number)
        values = ARCHIVE.certificates.values(TYPES["driving_licence"], person)
        rows = script.rows(values, person.identifier)
        assert len({orjson.dumps(row) for row in rows}) == len(rows)
        several += len(rows) > 1

    assert several > 10


def test_one_interface_always_writes_the_same_way() -> None:
    """Warts depend on platform and interface, not on the run."""
    interface = PLATFORMS["province"].interfaces["resident_id_card"]

    assert script_of("province", interface).manner == script_of("province", interface).manner
    assert script_of("province", interface).keys == script_of("province", interface).keys


def test_ask_again_is_blank_at_first_for_some_and_answers_the_second_time() -> None:
    """Where a blank means ask again, some subjects are blank once, and only once."""
    platform, served = next(
        (PLATFORMS[name], served)
        for name in ("province", "municipality")
        for served in served_by_target(PLATFORMS[name]).values()
        if served.script.interface.answer.blank is Blank.ASK_AGAIN
    )
    ground = Ground(platform, ARCHIVE)
    kind = TYPES[served.certificate]
    population = ARCHIVE.population
    people: list[Subject] = [population.person(number) for number in range(500)]
    people += [population.organisation(number) for number in range(62)]
    holders = [each for each in people if ARCHIVE.holdings.holds(platform, kind, each)][:40]
    facts = [{"subject.id": each.identifier} for each in holders]
    nothing = served.script.not_held()

    first = [ground.body(served, each) == nothing for each in facts]
    second = [ground.body(served, each) == nothing for each in facts if first[facts.index(each)]]

    assert 3 < sum(first) < 25
    assert not any(second)


def test_a_name_that_is_not_the_subjects_finds_nothing() -> None:
    """A platform that is given a name holds the certificate only of who is called so."""
    served: Served = next(each for each in SERVED if each.certificate == "resident_id_card")
    ground = Ground(PLATFORMS["province"], ARCHIVE)
    holder = next(
        each
        for each in map(ARCHIVE.population.person, range(50))
        if ARCHIVE.holdings.holds(PLATFORMS["province"], TYPES["resident_id_card"], each)
    )
    called = {"subject.id": holder.identifier, "subject.name": holder.name}

    assert ground.copy(served, called) is not None
    assert ground.copy(served, called | {"subject.name": "无此人"}) is None


def test_templates_are_read_backwards() -> None:
    """Constants must be there, facts are what stands in their slots."""
    asking = asking_of("here", {"q": "id:{subject.id}/{subject.name}", "kind": "330200"})

    assert asking.facts({"q": "id:3302/王一", "kind": "330200"}) == {
        "subject.id": "3302",
        "subject.name": "王一",
    }
    assert asking.facts({"q": "id:3302/王一"}) is None
    assert asking.facts({"q": "3302", "kind": "330200"}) is None


def test_trees_nest_by_dotted_paths() -> None:
    """A path makes the objects on its way and keeps what stands beside it."""
    tree: dict[str, object] = {}
    put(tree, "datas.data.result", [1])
    put(tree, "datas.data.status", "1")

    assert tree == {"datas": {"data": {"result": [1], "status": "1"}}}
    assert wrapped("", Wrapping.TEXT) == ""
    assert wrapped([{"a": 1}], Wrapping.TEXT) == '[{"a": 1}]'
