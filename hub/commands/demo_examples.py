"""What fills in GraphiQL in a demonstration: a key, and people of whom something is true."""

from collections.abc import Mapping
from itertools import count

from hub.catalogue.demonstration import OF_A_PERSON
from hub.commands.demo_case import NOT_REQUIRED, PURPOSE
from hub.commands.demo_keys import PLAYED, Keys
from hub.demonstration import Demonstration
from hub.sandbox.examples import Examples
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import Sandbox


def demonstration_of(keys: Keys, sandbox: Sandbox) -> Demonstration:
    """The window's key and the examples."""
    people = {
        "issuer_key": keys.issuer,
        "verifier": keys.played.verifiers[0],
        "keeper": keys.played.keeper,
    }
    return Demonstration(keys.window, {**examples_for_graphiql(sandbox.examples), **people})


def examples_for_graphiql(examples: Examples) -> Mapping[str, str]:
    """What fills the open places of GraphiQL's example tabs."""
    someone = examples.held_only_at("household_register", "municipality")
    other = examples.held_only_at("resident_id_card", "verification")
    pending = lacking_only(examples, PLAYED)
    return {
        "resident_id": someone.identifier,
        "resident_name": someone.name,
        "other_resident_id": other.identifier,
        "other_resident_name": other.name,
        "other_certificate": "household_register",
        "denied_certificate": NOT_REQUIRED,
        "pending_resident_id": pending.identifier,
        "pending_resident_name": pending.name,
        **PURPOSE,
    }


def lacking_only(examples: Examples, certificate: str) -> Subject:
    """Somebody of whom all that the item requires is held somewhere, but for one certificate."""
    others = [name for name in OF_A_PERSON if name != certificate]
    subjects = (examples.held_nowhere(certificate, skip) for skip in count())
    return next(
        subject
        for subject in subjects
        if all(any(examples.held_at(name, subject).values()) for name in others)
    )
