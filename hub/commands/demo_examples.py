"""What fills in GraphiQL in a demonstration: a key, and people of whom something is true."""

from collections.abc import Mapping

from hub.commands.demo_case import NOT_REQUIRED, PURPOSE
from hub.commands.demo_keys import Keys
from hub.demonstration import Demonstration
from hub.sandbox.examples import Examples
from hub.sandbox.sandbox import Sandbox


def demonstration_of(keys: Keys, sandbox: Sandbox) -> Demonstration:
    """The window's key and the examples."""
    return Demonstration(keys.window, {**examples_for_graphiql(sandbox.examples)})


def examples_for_graphiql(examples: Examples) -> Mapping[str, str]:
    """What fills the open places of GraphiQL's example tabs."""
    someone = examples.held_only_at("household_register", "municipality")
    other = examples.held_only_at("resident_id_card", "verification")
    return {
        "resident_id": someone.identifier,
        "resident_name": someone.name,
        "other_resident_id": other.identifier,
        "other_resident_name": other.name,
        "other_certificate": "household_register",
        "denied_certificate": NOT_REQUIRED,
        **PURPOSE,
    }
