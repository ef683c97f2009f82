"""What a probe saw, told as a `Health`."""

from collections.abc import Awaitable, Callable

from connectors.clocks import ServerClock
from connectors.contract import (
    ConnectorError,
    CredentialRefused,
    Endpoint,
    Health,
    Refused,
    TimedOut,
    Unreachable,
)
from connectors.http import Call, Http

PROBE_TIMEOUT = 5.0  # seconds


async def probed(check: Callable[[], Awaitable[Health]], clock: ServerClock) -> Health:
    """The health a check finds; a failure on the way is told, not raised."""
    try:
        return await check()
    except (Unreachable, TimedOut) as error:
        return Health(False, None, None, str(error))
    except CredentialRefused as error:
        return Health(True, False, clock.offset, str(error))
    except ConnectorError as error:
        return Health(True, None, clock.offset, str(error), failing=True)


async def answers_at_all(http: Http, endpoint: Endpoint, clock: ServerClock) -> Health:
    """Whether anything but a failure answers at the endpoint, by a bare GET."""
    reply = await http.ask(Call(endpoint, "GET", endpoint.url, PROBE_TIMEOUT))
    clock.learn(reply.server_time())
    if reply.status >= 500:
        raise Refused(f"answers with status {reply.status}; tell the platform that it fails")
    return Health(True, None, clock.offset, f"answers with status {reply.status}")
