"""Opens tracing where it is configured; the libraries are found by name, and only then."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import cast

from hub.declarations.words import ConfigurationError
from hub.tracing import UNTRACED, Tracing

MODULE, OPENING = "hub.otlp", "open_otlp"

Opening = Callable[[str], AbstractAsyncContextManager[Tracing]]


@asynccontextmanager
async def open_tracing(collector: str | None) -> AsyncIterator[Tracing]:
    """Tracing to a collector, flushed at the end; nothing is traced where there is none.

    A collector without the libraries raises `ConfigurationError`.
    """
    if collector is None:
        yield UNTRACED
        return
    async with _opening()(collector) as tracing:
        yield tracing


def _opening() -> Opening:
    try:
        module = import_module(MODULE)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"environment: CERTHUB_OTLP is set, and there is no module {error.name}. "
            "Install the libraries with `pip install certhub[otel]`, or leave the variable out."
        ) from None
    return cast(Opening, getattr(module, OPENING))  # what the name stands for
