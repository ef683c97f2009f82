"""The queries: certificates, and everything a caller explores."""

from collections.abc import Iterable, Sequence
from functools import partial

import strawberry
from strawberry import relay

from hub import evidence
from hub.evidence import Lookup
from resolvers.context import Info
from resolvers.looking import fields_selected, required, shown_each
from resolvers.plan.asked import Asked, looking_up
from resolvers.scalars import Milliseconds
from resolvers.selection import selection_below
from resolvers.types.caller import Caller
from resolvers.types.catalogue import CatalogueFilter, CatalogueRow, ServiceItem
from resolvers.types.connection import CountedConnection
from resolvers.types.declared import CertificateType
from resolvers.types.dossier import Dossier, dossier_of
from resolvers.types.inputs import LookupInput, PurposeInput, SubjectInput
from resolvers.types.nodes import resolve_node
from resolvers.types.outcome import Outcome, shown
from resolvers.types.source import Source


@strawberry.type(description="What the hub can be asked (查询).")
class Query:
    @strawberry.field(
        graphql_type=Outcome,
        description="One certificate of one subject (单项证照查询): from the provincial platform, "
        "else the municipal one, else the verification platform.",
    )
    @looking_up
    def certificate(
        self,
        info: Info,
        type: strawberry.ID,
        subject: SubjectInput,
        purpose: PurposeInput,
        within: Milliseconds | None = None,
        max_age: int | None = None,
    ) -> Asked[Outcome]:
        context = info.context
        context.check_lookups([type])
        selected = fields_selected(context, selection_below(info, "certificate"), type)
        terms = context.terms(within, max_age)
        lookup = Lookup(type, subject.subject(), purpose.purpose(), selected, terms)
        return Asked([lookup], lambda outcomes: shown(lookup, outcomes[0], context.elapsed_ms))

    @strawberry.field(
        graphql_type=list[Outcome],
        description="Several certificates for one purpose (批量证照查询), in one batch; one outcome "
        "per lookup, in order.",
    )
    @looking_up
    def certificates(
        self,
        info: Info,
        lookups: list[LookupInput],
        purpose: PurposeInput,
        within: Milliseconds | None = None,
        max_age: int | None = None,
    ) -> Asked[list[Outcome]]:
        context = info.context
        types = context.check_lookups([one.type for one in lookups])
        below = selection_below(info, "certificate")
        selected = {name: fields_selected(context, below, name) for name in types}
        bound, terms = purpose.purpose(), context.terms(within, max_age)
        asked = [
            Lookup(one.type, one.subject.subject(), bound, selected[one.type], terms)
            for one in lookups
        ]
        return Asked(asked, partial(shown_each, context, asked))

    @strawberry.field(
        graphql_type=Dossier,
        description="All that an item requires of a subject (事项所需证照清单), each entry with its "
        "own outcome.",
    )
    @looking_up
    def dossier(
        self,
        info: Info,
        subject: SubjectInput,
        purpose: PurposeInput,
        within: Milliseconds | None = None,
        max_age: int | None = None,
    ) -> Asked[Dossier]:
        context = info.context
        bound, terms = purpose.purpose(), context.terms(within, max_age)
        below = selection_below(info, "entries", "outcome", "certificate")
        rows, lookups = required(context, subject.subject(), bound, below, terms)

        def finish(outcomes: Sequence[evidence.Outcome]) -> Dossier:
            return dossier_of(context, bound.item, rows, shown_each(context, lookups, outcomes))

        return Asked(lookups, finish)

    @strawberry.field(
        description="A service item (事项) by its code, of the caller's unit or another's."
    )
    def service_item(
        self, info: Info, code: strawberry.ID, unit: strawberry.ID | None = None
    ) -> ServiceItem | None:
        return ServiceItem.find(info.context, unit or info.context.requester.unit, code)

    @relay.connection(
        CountedConnection[ServiceItem],
        description="Service items (事项) in the catalogue; `search` looks in code, name and sector.",
    )
    def service_items(
        self, info: Info, search: str | None = None, unit: strawberry.ID | None = None
    ) -> Iterable[ServiceItem]:
        return ServiceItem.search(info.context, search, unit)

    @strawberry.field(description="A certificate type (证照类型) by its name or GB/T 36903 code.")
    def certificate_type(self, info: Info, name: strawberry.ID) -> CertificateType | None:
        types = info.context.hub.types
        by_code = {one.code: one.name for one in types.values() if one.code}
        known = by_code.get(name, name)
        return CertificateType.of(info.context, known) if known in types else None

    @relay.connection(
        CountedConnection[CertificateType],
        description="Certificate types (证照类型); `search` looks in name and titles.",
    )
    def certificate_types(self, info: Info, search: str | None = None) -> Iterable[CertificateType]:
        wanted = (search or "").lower()
        return [
            CertificateType.of(info.context, one.name)
            for one in sorted(info.context.hub.types.values(), key=lambda one: one.name)
            if wanted in f"{one.name} {one.title_en} {one.title_zh}".lower()
        ]

    @relay.connection(
        CountedConnection[CatalogueRow],
        description="Rows of the public catalogue in force (无证件(证明)办事目录), Article 8.",
    )
    def catalogue(
        self, info: Info, filter: CatalogueFilter | None = None
    ) -> Iterable[CatalogueRow]:
        return CatalogueRow.search(info.context, filter or CatalogueFilter())

    @strawberry.field(description="The platforms behind the hub (数据来源), best tier first.")
    def sources(self, info: Info) -> list[Source]:
        return [Source.of(info.context, name) for name in info.context.hub.platforms]

    @strawberry.field(description="Who the caller is, and what it may ask (当前调用方).")
    def me(self, info: Info) -> Caller:
        return Caller.of(info.context)

    @strawberry.field(description="Any node by its global id (全局标识); null where there is none.")
    async def node(self, info: Info, id: strawberry.ID) -> relay.Node | None:
        return resolve_node(info, id)
