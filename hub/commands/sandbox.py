"""`certhub sandbox`: the stand-in platforms alone."""

from contextlib import suppress
from typing import Annotated

import typer

from hub.commands.logging import log_to_stderr
from hub.commands.options import FIRST_PORT, HIGHEST_FIRST, Host, sandbox_ports
from hub.commands.terminal import aside, out, plain
from hub.sandbox.population import LARGEST
from hub.sandbox.sandbox import (
    Sandbox,
    SandboxOptions,
    packaged_credentials,
    packaged_platforms,
    run_sandbox,
)

BY_DEFAULT = SandboxOptions()


def sandbox(
    host: Host = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=0, max=HIGHEST_FIRST, help=FIRST_PORT)] = None,
    size: Annotated[
        int, typer.Option(min=1, max=LARGEST, help="How many invented people (人口规模).")
    ] = BY_DEFAULT.size,
    seed: Annotated[int, typer.Option(help="Another seed gives other people.")] = BY_DEFAULT.seed,
) -> None:
    """Stand-in platforms (沙箱平台) that speak the real dialects over HTTP; Ctrl-C ends them."""
    log_to_stderr()
    options = SandboxOptions(seed=seed, size=size, host=host, ports=sandbox_ports(port))
    with suppress(KeyboardInterrupt):  # before it listens to signals
        run_sandbox(options, _tell)
    plain(aside(), "The sandbox has ended.")


def _tell(sandbox: Sandbox) -> None:
    platforms = "\n".join(f"  {name:24}{url}" for name, url in sandbox.urls.items())
    endpoints = ",".join(f"{name}={url}" for name, url in sandbox.addresses.items())
    text = f"""\
Sandbox platforms 沙箱平台
{platforms}
Each takes PUT <url>/sandbox/dials, such as '{{"outage": true}}', and GET <url>/sandbox/counts.
For a hub in front of them:
  export CERTHUB_PLATFORMS={packaged_platforms()}
  export CERTHUB_CREDENTIALS={packaged_credentials()}
  export CERTHUB_ENDPOINTS={endpoints}
Ctrl-C ends them."""
    plain(out(), text)
