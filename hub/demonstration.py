"""What a demonstration tells the face: a key to use, and people to ask about."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hub.declarations.words import ConfigurationError


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An API key of the sandbox, and what fills the open places of the examples."""

    key: str = field(repr=False)
    examples: Mapping[str, str] = field(repr=False)


def write_demonstration(shown: Demonstration, file: Path) -> None:
    """Leave it for the face to read; only its owner may."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(shown), ensure_ascii=False, indent=2), "utf-8")


def read_demonstration(file: Path) -> Demonstration:
    """What `write_demonstration` left; raises `ConfigurationError` where it can't be read."""
    try:
        given = json.loads(file.read_text("utf-8"))
        return Demonstration(given["key"], given["examples"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{file}: not a demonstration file. `certhub demo` writes one; unset "
            "CERTHUB_DEMONSTRATION to run without."
        ) from None
