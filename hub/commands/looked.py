"""What `certhub doctor` saw of one thing, and what the probe of a platform means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.contract import Health
from connectors.http import Http
from hub.declarations.credentials import credential_of
from hub.declarations.words import ConfigurationError, Platform
from hub.platforms import connect

CLOCKS_APART = 30.0
"""Seconds that a platform's clock may differ from ours before somebody should look."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing looked at: what was seen and, where it is wrong, how to mend it."""

    at: str
    seen: str
    mend: str | None = None


async def looked_at(
    platform: Platform, credentials: Mapping[str, Mapping[str, str]], http: Http
) -> list[Looked]:
    """What a platform answers to a probe under its credential, at each of its addresses."""
    at = f"{platform.name} ({platform.tier})"
    try:
        secrets = credential_of(platform, credentials)
    except ConfigurationError as trouble:
        return [Looked(at, "has no credential", str(trouble))]
    looked = []
    for url in (platform.url, *platform.replicas):
        alone = replace(platform, url=url, replicas=())
        where = at if url == platform.url else f"{at} at {url}"
        # One after another: at a sharing gateway each probe ends the secrets of the one before.
        looked.append(diagnosed(where, alone, await connect(alone, secrets, http).probe()))
    return looked


def diagnosed(at: str, platform: Platform, health: Health) -> Looked:
    """What a probe means, and what to do about it."""
    clock = "" if health.clock_offset is None else f", clock {health.clock_offset:+.1f} s"
    if not health.reachable:
        mend = f"{health.message}. Endpoint: {platform.url}"
        return Looked(at, "does not answer", mend)
    if health.credential_accepted is False:
        mend = (
            f"{health.message}. Check [{platform.credential}] in the credentials file against what "
            "the platform's administrators gave out."
        )
        return Looked(at, f"answers, but refuses our credential{clock}", mend)
    if health.failing:
        return Looked(at, f"answers, but fails{clock}", health.message)
    if health.clock_offset is not None and abs(health.clock_offset) > CLOCKS_APART:
        mend = (
            "Set this machine's clock by NTP (timedatectl set-ntp true); if it is right, tell the "
            "platform's administrators that theirs is not."
        )
        return Looked(at, f"answers{clock}", mend)
    if health.credential_accepted is None:
        return Looked(at, f"{health.message}{clock}; the first lookup tells if it takes our key")
    return Looked(at, f"answers, takes our credential{clock}")
