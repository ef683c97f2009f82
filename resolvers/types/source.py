"""Sources: the platforms behind the hub and how they fare."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Self

import strawberry
from strawberry import relay

from hub.declarations.words import Platform
from hub.evidence import Tier
from hub.routing.breaker import BreakerState
from hub.routing.observation import Observed, SourceState
from resolvers.context import Context, Info
from resolvers.scalars import Milliseconds
from resolvers.types.declared import CertificateType


@strawberry.type(description="How one interface of a platform is at the moment (接口状态).")
class InterfaceState:
    certificate_type: strawberry.ID = strawberry.field(
        description="Name of the certificate type it serves (证照类型)."
    )
    state: BreakerState = strawberry.field(description="Whether it is asked (熔断状态).")
    in_flight: int = strawberry.field(description="Questions on their way to it (在途查询).")


@strawberry.type(description="A platform the hub asks (数据来源平台).")
class Source(relay.Node):
    key: relay.NodeID[str]
    platform: strawberry.Private[Platform]
    seen: strawberry.Private[Callable[[str], Observed]]

    @classmethod
    def of(cls, context: Context, name: str) -> Self:
        """The source of this name: one and the same within a request."""
        known = context.sources.get(name)
        if known is None:
            hub = context.hub
            known = context.sources[name] = cls.__new__(cls)  # a dataclass takes longer to begin
            known.key, known.platform, known.seen = name, hub.platform(name), hub.observatory.seen
        found: Self = known
        return found

    @cached_property
    def observed(self) -> Observed:
        """How it was when this was first asked."""
        return self.seen(self.key)

    @classmethod
    def resolve_nodes(  # type: ignore[override]  # an unknown id is None, whether required or not
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list[Self | None]:
        known = info.context.hub.platforms
        return [cls.of(info.context, one) if one in known else None for one in node_ids]

    @strawberry.field(description="Its name (平台标识).")
    def name(self) -> strawberry.ID:
        return strawberry.ID(self.key)

    @strawberry.field(description="English title (英文名称).")
    def title(self) -> str:
        return self.platform.title_en

    @strawberry.field(description="Chinese title (中文名称).")
    def title_zh(self) -> str:
        return self.platform.title_zh

    @strawberry.field(description="Its tier (层级).")
    def tier(self) -> Tier:
        return self.platform.tier

    @strawberry.field(description="The wire dialect it speaks (接口协议).")
    def dialect(self) -> str:
        return self.platform.dialect

    @strawberry.field(description="How it has answered lately (状态).")
    def state(self) -> SourceState:
        return self.observed.state

    @strawberry.field(description="Inquiries answered or not since this process began (查询次数).")
    def inquiries(self) -> int:
        return self.observed.calls

    @strawberry.field(description="Median latency of its last batches (延迟中位数).")
    def p50(self) -> Milliseconds | None:
        return None if self.observed.p50_ms is None else Milliseconds(self.observed.p50_ms)

    @strawberry.field(description="99th percentile of the same (延迟99分位).")
    def p99(self) -> Milliseconds | None:
        return None if self.observed.p99_ms is None else Milliseconds(self.observed.p99_ms)

    @strawberry.field(
        description="At how many addresses it can be asked: its endpoint and its replicas (地址数)."
    )
    def addresses(self) -> int:
        return 1 + len(self.platform.replicas)

    @strawberry.field(
        description="How many of them are passed over, as they did not answer of late (暂停地址)."
    )
    def addresses_passed_over(self, info: Info) -> int:
        reach = info.context.hub.reach(self.key)
        return 0 if reach is None else reach.passed_over

    @strawberry.field(
        description="Late lookups that were asked of a second address since this process began (对冲请求)."
    )
    def hedged(self, info: Info) -> int:
        reach = info.context.hub.reach(self.key)
        return 0 if reach is None else reach.hedged

    @strawberry.field(
        description="How its interfaces are that were asked since this process began (接口状态)."
    )
    def interfaces(self, info: Info) -> list[InterfaceState]:
        known = {one.interface: one for one in info.context.hub.lines if one.platform == self.key}
        info.context.explore(len(known))
        return [
            InterfaceState(
                certificate_type=strawberry.ID(certificate),
                state=known[interface.name].state,
                in_flight=known[interface.name].in_flight,
            )
            for certificate, interface in sorted(self.platform.interfaces.items())
            if interface.name in known
        ]

    @strawberry.field(description="Certificate types it serves (可查证照类型).")
    def serves(self, info: Info) -> list[CertificateType]:
        info.context.explore(len(self.platform.interfaces))
        return [CertificateType.of(info.context, name) for name in sorted(self.platform.interfaces)]
