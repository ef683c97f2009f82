"""Declared parameters, read backwards: from a call to whom it asks about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hub.declarations.words import ConfigurationError
from hub.sandbox.population import Person
from hub.sandbox.relations import Subject

_SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Asking:
    """Reads the facts of an inquiry from the parameters of a call."""

    patterns: Mapping[str, re.Pattern[str]]
    slots: tuple[str, ...]

    def facts(self, parameters: Mapping[str, str]) -> dict[str, str] | None:
        """The facts by name; `None` where a parameter is missing or malformed."""
        facts: dict[str, str] = {}
        for parameter, pattern in self.patterns.items():
            match = pattern.fullmatch(parameters.get(parameter, ""))
            if match is None:
                return None
            facts |= {self.slots[int(group[1:])]: text for group, text in match.groupdict().items()}
        return facts


def asking_of(where: str, parameters: Mapping[str, str]) -> Asking:
    """Reads calls whose parameters are written by these templates; one must hold `subject.id`."""
    slots: list[str] = []
    patterns = {name: re.compile(_pattern(text, slots)) for name, text in parameters.items()}
    if "subject.id" not in slots:
        raise ConfigurationError(
            f"{where}: [parameters]: no template holds {{subject.id}}, so the sandbox can't tell"
            " whom a call asks about; add one"
        )
    return Asking(patterns, tuple(slots))


def _pattern(template: str, slots: list[str]) -> str:
    pattern, end = "", 0
    for slot in _SLOT.finditer(template):
        pattern += f"{re.escape(template[end : slot.start()])}(?P<s{len(slots)}>.*)"
        slots.append(slot.group(1))
        end = slot.end()
    return pattern + re.escape(template[end:])


def is_same(subject: Subject, facts: Mapping[str, str]) -> bool:
    """Whether the facts a call gives about its subject are the subject's."""
    own = {"subject.name": subject.name}
    if isinstance(subject, Person):
        own |= {"subject.sex": subject.sex, "subject.born_on": f"{subject.born_on:%Y%m%d}"}
    return all(facts.get(name, value) == value for name, value in own.items())
