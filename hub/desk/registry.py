"""Who takes part at the desk (Article 17): clients, units with their people, legal issuers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hub.declarations.reading import Table, complaint, read_table
from hub.desk.words import Actor, Officer, Role
from hub.notary.words import ProofTrouble, Unit

Secrets = Mapping[str, Mapping[str, str]]
"""Credentials by name, each with `access_key` and `secret`."""

_ROLES = {
    "operators": Role.OPERATOR,
    "verifiers": Role.VERIFIER,
    "seal_keepers": Role.SEAL_KEEPER,
    "coordinators": Role.COORDINATOR,
    "supervisors": Role.SUPERVISOR,
}


@dataclass(frozen=True, slots=True)
class Client:
    """A system with an access key, and the units it may act for; `None` is every one.

    Only a client that `states_items`, such as the hub, which holds the catalogue, may open
    requests: whether an item is immediate, and when it is promised, is never for others to say.
    """

    name: str
    access_key: str
    secret: str = field(repr=False)
    units: frozenset[str] | None = None
    states_items: bool = False

    def acts_for(self, unit: str) -> bool:
        """Whether it may act for a unit."""
        return self.units is None or unit in self.units


@dataclass(frozen=True, slots=True)
class Registry:
    """Clients by access key, the roles of people, and the certificates each unit issues."""

    clients: Mapping[str, Client]
    people: Mapping[Officer, frozenset[Role]] = field(repr=False)
    issues: Mapping[str, frozenset[str]]  # by unit
    names: Mapping[str, str] = field(default_factory=dict)  # of units, in Chinese

    def actor(self, officer: Officer) -> Actor:
        """The person with the roles the registry gives them; a stranger has none."""
        return Actor(officer.unit, officer.name, self.people.get(officer, frozenset()))

    def unit(self, code: str) -> Unit:
        """The unit with its Chinese name, its code where the registry has none."""
        return Unit(code, self.names.get(code, code))

    def verifiers(self, unit: str) -> frozenset[str]:
        """The names of a unit's designated verifiers."""
        return frozenset(
            who.name
            for who, roles in self.people.items()
            if who.unit == unit and Role.VERIFIER in roles
        )

    def supervises(self, unit: str) -> bool:
        """Whether a unit has supervisors, who see what supervision is told."""
        return any(
            who.unit == unit and Role.SUPERVISOR in roles for who, roles in self.people.items()
        )

    def issuers(self, certificate: str) -> frozenset[str]:
        """The units that legally issue a certificate."""
        return frozenset(unit for unit, named in self.issues.items() if certificate in named)


def read_registry(file: Path, secrets: Secrets) -> Registry:
    """The registry of a TOML file: `[clients.<credential>]` and `[units.<unit>]`."""
    clients = read_table(file).table_if_any("clients")
    found = [_client(name, one, secrets) for name, one in clients.tables()]
    return replace(read_units(file), clients={client.access_key: client for client in found})


def read_units(file: Path) -> Registry:
    """The registry of a TOML file without its clients, whose secrets it needn't know then."""
    table = read_table(file)
    table.only("clients", "units")
    units = dict(table.table_if_any("units").tables())
    people: dict[Officer, frozenset[Role]] = {}
    for unit, one in units.items():
        one.only("name", "issues", *_ROLES)
        people |= _people(unit, one)
    return Registry(
        clients={},
        people=people,
        issues={unit: frozenset(one.texts("issues")) for unit, one in units.items()},
        names={unit: _name(one) for unit, one in units.items() if "name" in one.entries},
    )


def _name(table: Table) -> str:
    try:
        return Unit("", table.text("name")).name_zh
    except ProofTrouble:
        raise table.given("name", "a name without invisible signs") from None


def _client(name: str, table: Table, secrets: Secrets) -> Client:
    table.only("units", "states_items")
    states = table.entries.get("states_items", False)
    if not isinstance(states, bool):
        raise table.given("states_items", "true or false")
    everywhere = table.entries.get("units") == "all"
    units = None if everywhere else frozenset(table.texts("units"))
    access_key, secret = (_secret(name, key, secrets) for key in ("access_key", "secret"))
    return Client(name, access_key, secret, units, states)


def _secret(name: str, key: str, secrets: Secrets) -> str:
    if found := secrets.get(name, {}).get(key):
        return found
    problem = f'client "{name}" of the desk needs it and it is not given'
    allowed = f"a table [{name}] with access_key, secret, or CERTHUB_CREDENTIAL_{name.upper()}"
    raise complaint(Path("credentials"), f"{name}.{key}", problem, allowed)


def _people(unit: str, table: Table) -> dict[Officer, frozenset[Role]]:
    hidden = replace(table, secret=True)  # errors are logged, and people aren't
    named = {role: frozenset(hidden.texts(key)) for key, role in _ROLES.items()}
    everybody: frozenset[str] = frozenset().union(*named.values())
    return {
        Officer(unit, name): frozenset(role for role, names in named.items() if name in names)
        for name in everybody
    }
