"""A small real GraphQL server with GraphiQL in front, on 127.0.0.1."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from resolvers.graphiql.page import BUILT, GraphiQLConfig, graphiql_routes


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, name: str) -> str:
        return f"Good day, {name}"

    @strawberry.field
    def sum(self, of: list[int]) -> int:
        return sum(of)


SCHEMA = strawberry.Schema(query=Query)
KEY = "Bearer ch_test"


async def graphql(request: Request) -> Response:
    """The smallest endpoint: POST with JSON, and only with the key."""
    if request.headers.get("authorization") != KEY:
        return JSONResponse({"errors": [{"message": "no key"}]}, 401)
    asked = await request.json()
    result = await SCHEMA.execute(
        asked["query"],
        variable_values=asked.get("variables"),
        operation_name=asked.get("operationName"),
    )
    errors = [error.formatted for error in result.errors or ()]
    return JSONResponse({"data": result.data, **({"errors": errors} if errors else {})})


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """The application on an ephemeral port; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", ws="websockets-sansio")
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


class Serve(Protocol):
    """Serves GraphiQL with the given settings and files; gives its address."""

    async def __call__(self, config: GraphiQLConfig, built: Path = BUILT) -> str: ...


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """GraphiQL beside the small endpoint, for as long as the test lasts."""
    async with AsyncExitStack() as stack:

        async def start(config: GraphiQLConfig, built: Path = BUILT) -> str:
            pages = graphiql_routes(config, built=built)
            routes = [Route("/graphql", graphql, methods=["POST"]), *pages]
            return await stack.enter_async_context(served(Starlette(routes=routes)))

        yield start
