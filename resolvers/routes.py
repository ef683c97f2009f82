"""What is answered at /graphql, over each of its transports."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from resolvers.endpoint import only_post, serve_graphql
from resolvers.transports.sockets import serve_socket

PATH = "/graphql"


class Endpoint:
    """Answers a POST, with the application's `state.operating`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer over ASGI."""
        await serve_graphql(scope["app"].state.operating, scope, receive, send)


def graphql_routes() -> list[BaseRoute]:
    """/graphql over HTTP, SSE and WebSocket, in front of the application's `state.operating`."""

    async def sockets(socket: WebSocket) -> None:
        await serve_socket(socket, socket.app.state.operating)

    return [
        Route(PATH, Endpoint(), methods=["POST"]),
        Route(PATH, only_post, methods=["GET", "PUT", "PATCH", "DELETE"]),
        WebSocketRoute(PATH, sockets),
    ]


class Application(Starlette):
    """An application in which a POST to /graphql goes past middleware and router, which cost 14 µs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer over ASGI."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            await serve_graphql(self.state.operating, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
