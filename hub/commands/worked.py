"""The worked queries of the demonstration, each with what must come of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hub.catalogue.demonstration import OF_A_PERSON
from hub.commands.asking import Document
from hub.commands.demo_case import NOT_REQUIRED, PURPOSE
from hub.commands.outcomes import DOSSIER, LOOKUP, Shown
from hub.sandbox.examples import Examples
from hub.sandbox.relations import Subject


@dataclass(frozen=True, slots=True)
class Worked:
    """One query, what it shows, and what must come of it; `down` is a platform to take down for it."""

    title: str
    query: str
    variables: Document = field(repr=False)
    summary: str
    proven: Callable[[list[Shown]], bool]
    down: str | None = None


def worked_queries(examples: Examples) -> list[Worked]:
    """All that a demonstration shows, over people of whom it is true."""
    return [
        _provincial_hit(examples),
        _municipal_hit(examples),
        _verification_hit(examples),
        _held_nowhere(examples),
        _silence(examples),
        _found_lower(examples),
        _denial(examples),
        _dossier(examples),
    ]


def _provincial_hit(examples: Examples) -> Worked:
    return _lookup(
        "A provincial hit 省级命中",
        "resident_id_card",
        examples.person_with("resident_id_card", {"province": True}),
        _came_to("Found", ("province", "HELD")),
    )


def _municipal_hit(examples: Examples) -> Worked:
    return _lookup(
        "A municipal hit after a provincial 'not held' 省级未查到，市级命中",
        "household_register",
        examples.person_with("household_register", {"province": False, "municipality": True}),
        _came_to("Found", ("province", "NOT_HELD"), ("municipality", "HELD")),
    )


def _verification_hit(examples: Examples) -> Worked:
    return _lookup(
        "A hit of the verification platform 核查平台命中",
        "household_register",
        examples.held_only_at("household_register", "verification"),
        _came_to(
            "Found",
            ("province", "NOT_HELD"),
            ("municipality", "NOT_HELD"),
            ("verification", "HELD"),
        ),
    )


def _held_nowhere(examples: Examples) -> Worked:
    certificate = "disability_card"
    return _lookup(
        "Held nowhere, and what is possible next 均未查到，及下一步",
        certificate,
        examples.held_nowhere(certificate),
        lambda shown: (
            shown[0].kind == "NotHeld"
            and {said for _, said in shown[0].said} == {"NOT_HELD"}
            and {source for source, _ in shown[0].said} == {*examples.servers_of(certificate)}
            and {"VERIFICATION", "COMMITMENT"} <= {*shown[0].next}
        ),
    )


def _silence(examples: Examples) -> Worked:
    return _lookup(
        "One source down: silence is not absence 一个来源中断，不等于没有",
        "resident_id_card",
        examples.held_only_at("resident_id_card", "province"),
        _came_to(
            "Unavailable",
            ("province", "UNREACHABLE"),
            ("municipality", "NOT_HELD"),
            ("verification", "NOT_HELD"),
        ),
        down="province",
    )


def _found_lower(examples: Examples) -> Worked:
    return _lookup(
        "One source down, and the next one answers 一个来源中断，由下一来源应答",
        "resident_id_card",
        examples.person_with("resident_id_card", {"province": True, "municipality": True}),
        _came_to("Found", ("province", "UNREACHABLE"), ("municipality", "HELD")),
        down="province",
    )


def _denial(examples: Examples) -> Worked:
    return _lookup(
        "A denial: the item does not need it, and nobody is asked 不予查询",
        NOT_REQUIRED,
        examples.archive.population.person(0),
        lambda shown: (
            (shown[0].kind, shown[0].said, shown[0].article) == ("Denied", (), "Article 8")
        ),
    )


def _dossier(examples: Examples) -> Worked:
    subject = examples.person_with("household_register", {"province": False, "municipality": True})
    return Worked(
        "A dossier: all 12 certificates of an item in one query 事项所需证照一次查齐",
        DOSSIER,
        {"subject": _person(subject), "purpose": PURPOSE},
        f"dossier(subject: {_masked(subject)}, purpose: {_purpose()})",
        lambda shown: _answered_all(shown, OF_A_PERSON),
    )


def _answered_all(shown: Iterable[Shown], certificates: tuple[str, ...]) -> bool:
    """Every certificate in the order of the catalogue, some found, and none without an answer."""
    entries = list(shown)
    kinds = {entry.kind for entry in entries}
    named = tuple(entry.certificate for entry in entries)
    return named == certificates and "Found" in kinds and kinds <= {"Found", "NotHeld"}


def _lookup(
    title: str,
    certificate: str,
    subject: Subject,
    proven: Callable[[list[Shown]], bool],
    *,
    down: str | None = None,
) -> Worked:
    variables = {"type": certificate, "subject": _person(subject), "purpose": PURPOSE}
    summary = (
        f"certificate(type: {certificate}, subject: {_masked(subject)}, purpose: {_purpose()})"
    )
    return Worked(title, LOOKUP, variables, summary, proven, down)


def _came_to(kind: str, *said: tuple[str, str]) -> Callable[[list[Shown]], bool]:
    return lambda shown: (shown[0].kind, shown[0].said) == (kind, said)


def _person(subject: Subject) -> Mapping[str, Mapping[str, str]]:
    return {"person": {"residentId": subject.identifier, "name": subject.name}}


def _masked(subject: Subject) -> str:
    return f"{subject.identifier[:4]}…{subject.identifier[-4:]}"


def _purpose() -> str:
    return ", ".join(PURPOSE.values())
