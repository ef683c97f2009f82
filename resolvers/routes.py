"""What is answered at /graphql, over each of its transports."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from resolvers.endpoint import Endpoint, only_post
from resolvers.transports.sockets import serve_socket


def graphql_routes() -> list[BaseRoute]:
    """/graphql over HTTP, SSE and WebSocket, in front of the application's `state.operating`."""

    async def graphql(request: Request) -> Response:
        return await Endpoint(request.app.state.operating)(request)

    async def sockets(socket: WebSocket) -> None:
        await serve_socket(socket, socket.app.state.operating)

    return [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/graphql", only_post, methods=["GET", "PUT", "PATCH", "DELETE"]),
        WebSocketRoute("/graphql", sockets),
    ]
