"""Options that several commands share, and the settings they make."""

import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from hub.sandbox.ports import PORTS
from hub.settings import PREFIX, Settings, read_settings

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FOLDER",
        envvar="CERTHUB_DATA",
        help="Folder of everything the hub keeps (数据目录).",
        show_default=".certhub",
    ),
]
Host = Annotated[str, typer.Option("--host", help="Address to listen on (监听地址).")]
Port = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, help="Port to listen on (监听端口); 0: any free one."),
]
FIRST_PORT = "Port of the first sandbox platform, 9101; the others follow. 0: any free ones."
HIGHEST_FIRST = 65000


def sandbox_ports(first: int | None, *, any_free: bool = False) -> Mapping[str, int] | None:
    """A port for each packaged platform; `None` for any free ones."""
    if first == 0 or (first is None and any_free):
        return None
    return PORTS if first is None else dict(zip(PORTS, count(first), strict=False))


def settings_of(data: Path | None = None, **further: str) -> Settings:
    """The environment's settings, those given on the command line before them."""
    given: Mapping[str, str] = {} if data is None else {"DATA": str(data)}
    named = {PREFIX + name: value for name, value in {**given, **further}.items()}
    return read_settings({**os.environ, **named})
