"""A whole hub in this process over real platforms, and both ways of answering a query from it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, execute, parse, validate

from hub.compose import Hub, open_hub
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.evidence import Lookup, Outcome, Requester
from hub.sandbox.sandbox import (
    Sandbox,
    SandboxOptions,
    open_sandbox,
    packaged_credentials,
    packaged_platforms,
)
from hub.settings import read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from resolvers.certificate_types import CertificateTypes
from resolvers.context import Context
from resolvers.door import Allowance, Door
from resolvers.limits import Limits
from resolvers.plan.plan import Plan, planned
from tests.schemas import schema_once
from tests.stack import OPERATOR, UNIT, catalogue_for


@dataclass(slots=True)
class Watched(Context):
    """A request's context that notes every call of the hub."""

    calls: list[int] = field(default_factory=list)

    async def disclose(self, lookups: Sequence[Lookup]) -> list[Outcome]:
        self.calls.append(len(lookups))
        return await self.hub.disclosure.disclose(self.requester, lookups, self.request_id)


@dataclass
class Ground:
    """An open hub with its sandbox, its schema, and a caller."""

    hub: Hub
    sandbox: Sandbox
    schema: GraphQLSchema
    certificates: CertificateTypes
    requester: Requester
    plans: dict[str, Plan | None] = field(default_factory=dict)

    def context(self, lookups: int = 20_000) -> Watched:
        """A fresh request of the caller."""
        nothing = Allowance.read(None, "")
        door = Door(1000, nothing, nothing, lambda _: None)
        limits = Limits(lookups=lookups)
        return Watched(self.hub, self.requester, self.certificates, limits, door)

    def plan(self, query: str, operation: str | None = None) -> Plan | None:
        """The plan of a valid document."""
        document = parse(query)
        assert not validate(self.schema, document)
        return planned(self.schema, document, operation)

    async def by_plan(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        context: Watched | None = None,
    ) -> ExecutionResult:
        """The answer of the plan, which there must be."""
        plan = self.plan(query)
        assert plan is not None
        bound = plan.bound(variables or {})
        assert bound is not None
        return await bound.answer(context or self.context())

    async def by_core(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        context: Watched | None = None,
    ) -> ExecutionResult:
        """The answer of graphql-core."""
        result: Any = execute(
            self.schema,
            parse(query),
            context_value=context or self.context(),
            variable_values=dict(variables or {}),
        )
        answer = result if isinstance(result, ExecutionResult) else await result
        assert isinstance(answer, ExecutionResult)
        return answer


@asynccontextmanager
async def open_ground(folder: Path) -> AsyncIterator[Ground]:
    """Sandbox and hub up; the caller is an operator of a unit that may ask for everything."""
    types = load_certificate_types(packaged_certificates())
    options = SandboxOptions(ports=None, size=20_000, platforms=packaged_platforms())
    async with open_sandbox(options) as sandbox:
        settings = read_settings(
            {
                "CERTHUB_DATA": str(folder / "data"),
                "CERTHUB_PLATFORMS": str(options.platforms),
                "CERTHUB_CREDENTIALS": str(packaged_credentials()),
                "CERTHUB_ENDPOINTS": ",".join(f"{n}={u}" for n, u in sandbox.urls.items()),
            }
        )
        now = datetime.now(UTC)
        async with open_database(settings) as engine:
            await save_version(engine, catalogue_for(types), "test", date(2026, 1, 1), now)
            key, _ = await create_key(engine, UNIT, [OPERATOR], "test", now)
        async with open_hub(settings) as hub:
            requester = await hub.requester(key)
            assert requester is not None
            certificates, schema = schema_once(hub.types)
            yield Ground(hub, sandbox, schema, certificates, requester)
