"""Where the sandbox's platforms are, unless others are asked for."""

from collections.abc import Mapping
from types import MappingProxyType

PORTS: Mapping[str, int] = MappingProxyType(
    {
        "province": 9101,
        "municipality": 9102,
        "municipal_integrated": 9103,
        "human_resources_bureau": 9104,
        "verification": 9105,
    }
)
