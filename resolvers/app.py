"""The ASGI application: the GraphQL endpoint over its transports, GraphiQL, and the hub behind them."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.compose import Hub, open_hub
from hub.declarations.words import CertificateType
from hub.demonstration import read_demonstration
from hub.disclosure import Recorder
from hub.evidence import Requester
from hub.in_common import InCommon
from hub.records import Pseudonyms, Records
from hub.reloading import reloading_on_hangup
from hub.settings import Settings
from hub.trail.writer import Trail
from resolvers.certificate_types import CertificateTypes
from resolvers.context import Context
from resolvers.documents.planning import unplanned
from resolvers.door import Allowance, Door
from resolvers.execution import Executor
from resolvers.garbage import seldom_collected
from resolvers.graphiql.page import GraphiQLConfig, graphiql_routes
from resolvers.graphiql.tabs import load_examples
from resolvers.health import health_routes
from resolvers.identity import Identity
from resolvers.lateness import Lateness, watched
from resolvers.limits import Limits
from resolvers.plan.plan import planned
from resolvers.routes import Application, graphql_routes
from resolvers.schema import schema_over
from resolvers.transports.connections import Connections
from resolvers.transports.operating import Operating

LIMITS = Limits()

SchemaOver = Callable[[Mapping[str, CertificateType]], tuple[CertificateTypes, GraphQLSchema]]


def make_app(
    settings: Settings,
    in_common: InCommon | None = None,
    records: Callable[[Trail, Pseudonyms], Recorder] = Records,
    schema: SchemaOver = schema_over,
) -> Starlette:
    """The application over the given settings; the hub opens and closes with its lifespan.

    One of several workers is told what they have `in_common`, and is reloaded by their keeper. Who
    measures what records cost gives `records` of his own; who opens many hubs in one process, a
    `schema` made once, as GraphQL's libraries never forget a class.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with watched() as lateness, open_hub(settings, in_common, records) as hub:
            app.state.hub = hub
            app.state.operating = make_operating(hub, app.state.connections, lateness, schema)
            async with nullcontext() if in_common else reloading_on_hangup(hub):
                with seldom_collected():
                    yield

    async def home(_: Request) -> Response:
        return RedirectResponse("/graphiql")

    app = Application(
        routes=[
            Route("/", home),
            *graphql_routes(),
            *health_routes(),
            *graphiql_routes(graphiql_config(settings)),
        ],
        lifespan=lifespan,
    )
    app.state.connections = Connections(LIMITS.connections)
    return app


def graphiql_config(settings: Settings) -> GraphiQLConfig:
    """GraphiQL's first sight: filled in where a demonstration runs, else it says what to fill in."""
    if settings.demonstration is None:
        return GraphiQLConfig(tabs=load_examples())
    shown = read_demonstration(settings.demonstration)
    headers = json.dumps({"Authorization": f"Bearer {shown.key}"}, indent=2)
    return GraphiQLConfig(headers=headers, tabs=load_examples(shown.examples))


def make_operating(
    hub: Hub, connections: Connections, lateness: Lateness, schema: SchemaOver
) -> Operating:
    """What runs operations in front of an open hub."""
    limits = replace(LIMITS, lookups=hub.settings.max_lookups)
    certificates, executable = schema(hub.types)
    door = make_door(hub, lateness)

    def make_context(requester: Requester) -> Context:
        return Context(hub, requester, certificates, limits, door)

    planner = planned if hub.settings.plan else unplanned
    executor = Executor(
        executable,
        limits,
        hub.tracing,
        planner,
        lambda: hub.documents.texts,
        hub.settings.strict_documents,
    )
    return Operating(executor, Identity(hub.requester), make_context, limits, connections, door)


def make_door(hub: Hub, lateness: Lateness) -> Door:
    """The door of a hub, as its settings have it."""
    settings = hub.settings
    hub.meters.tell_lateness(lambda: lateness.seconds)
    return Door(
        settings.in_flight,
        Allowance.read(settings.rate, "CERTHUB_RATE"),
        Allowance.read(settings.quota, "CERTHUB_QUOTA"),
        hub.meters.shed,
        lambda: lateness.seconds,
    )
