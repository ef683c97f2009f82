"""A request for assisted verification (协助核实请求), as its two sides see it."""

from datetime import datetime
from typing import Self

import strawberry

from connectors import assisted_parts as words
from connectors.assisted_words import RequestView
from hub.evidence import HolderKind
from resolvers.context import Context, Info
from resolvers.selection import selection_below
from resolvers.types.catalogue import ServiceItem, Unit
from resolvers.types.certificate import Holder
from resolvers.types.declared import CertificateType
from resolvers.types.delivery import Delivery, Draft
from resolvers.types.verification_parts import (
    Clarification,
    Due,
    HistoryEntry,
    Hop,
    Incident,
    Objection,
    Officer,
    Overdue,
)
from resolvers.types.verification_words import RequestState


@strawberry.type(
    description="A request for assisted verification (协助核实请求) from a unit to the legal issuer, "
    "Articles 14 to 16."
)
class VerificationRequest:
    view: strawberry.Private[RequestView]
    viewer: strawberry.Private[words.Officer | None] = None

    @classmethod
    def of(cls, _: Context, view: RequestView, viewer: words.Officer | None = None) -> Self:
        """The request as a person of its requester sees it, or with no `viewer` anybody else."""
        return cls(view=view, viewer=viewer)

    @strawberry.field(description="Its id on the verification platform (请求编号).")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.view.id)

    @strawberry.field(description="Its version (版本): it grows with every change.")
    def version(self) -> int:
        return self.view.version

    @strawberry.field(description="Where it is (办理状态).")
    def state(self) -> RequestState:
        return self.view.state

    @strawberry.field(description="The certificate type (证照类型).")
    def certificate_type(self, info: Info) -> CertificateType:
        return CertificateType.of(info.context, self.view.certificate_type)

    @strawberry.field(description="The fields to be verified (核实字段).")
    def fields(self) -> list[str]:
        return list(self.view.fields)

    @strawberry.field(description="The fields nothing has been sent about yet (待答复字段).")
    def outstanding(self) -> list[str]:
        return list(self.view.outstanding)

    @strawberry.field(description="Whom it is about (持有人).")
    def subject(self) -> Holder:
        about = self.view.subject
        return Holder(kind=HolderKind(about.kind.value), identifier=about.id, name=about.name)

    @strawberry.field(description="Code of the item it is for (事项编码).")
    def item_code(self) -> strawberry.ID:
        return strawberry.ID(self.view.purpose.item)

    @strawberry.field(
        description="The item it is for (事项); null where the catalogue in force does not name it."
    )
    def item(self, info: Info) -> ServiceItem | None:
        return ServiceItem.find(info.context, self.view.requester.unit, self.view.purpose.item)

    @strawberry.field(description="Number of the case it is for (办件编号).")
    def case(self) -> str:
        return self.view.purpose.case

    @strawberry.field(description="Who asked (请求人员).")
    def requester(self) -> Officer:
        return Officer.of(self.view.requester)

    @strawberry.field(description="Code of the unit that has to answer now (核实单位编码).")
    def issuer_code(self) -> strawberry.ID:
        return strawberry.ID(self.view.issuer)

    @strawberry.field(
        description="The unit that has to answer now (核实单位); null where the catalogue in force "
        "does not name it."
    )
    def issuer(self, info: Info) -> Unit | None:
        return Unit.of(info.context, self.view.issuer)

    @strawberry.field(description="The verifier who has it (核查人员); null before it is claimed.")
    def verifier(self) -> strawberry.ID | None:
        return None if self.view.verifier is None else strawberry.ID(self.view.verifier)

    @strawberry.field(description="When it was issued (发起时间).")
    def issued_at(self) -> datetime:
        return self.view.issued_at

    @strawberry.field(description="When the answer is due (办理时限).")
    def due(self) -> Due | None:
        return None if self.view.due is None else Due.of(self.view.due)

    @strawberry.field(
        description="Seconds until it is due (剩余时间), below zero when late; null where the clock "
        "stands."
    )
    def seconds_left(self) -> float | None:
        return self.view.time_left

    @strawberry.field(
        description="Seconds that questions to the requester stood open (等待补充时间): not the "
        "issuer's."
    )
    def seconds_waited(self) -> float:
        return self.view.waited_for_requester

    @strawberry.field(description="The delay (逾期); null where the deadline was kept so far.")
    def overdue(self) -> Overdue | None:
        return None if self.view.overdue is None else Overdue.of(self.view.overdue)

    @strawberry.field(
        description="What is made and not yet sent (草稿); the people who answer it see it, operators "
        "don't."
    )
    def draft(self, info: Info) -> Draft | None:
        declared = info.context.hub.types.get(self.view.certificate_type)
        if self.viewer is not None or self.view.draft is None:
            return None
        return Draft.of(self.view.draft, declared)

    @strawberry.field(
        description="Sealed answers sent so far (核实答复); several where it comes in parts."
    )
    async def deliveries(self, info: Info) -> list[Delivery]:
        proven = selection_below(info).selects("Delivery", "certificate", "proof")
        if self.viewer is None or not proven:
            return [Delivery.of(one) for one in self.view.deliveries]
        context, wanted = info.context, self._fields_wanted(info)
        context.check_lookups([self.view.certificate_type] * len(self.view.deliveries))
        proofs = context.hub.assisting.proofs
        return [
            Delivery.of(
                one,
                await proofs.of_delivery(
                    context.requester,
                    self.viewer.name,
                    self.view,
                    one.number,
                    wanted,
                    context.request_id,
                ),
            )
            for one in self.view.deliveries
        ]

    def _fields_wanted(self, info: Info) -> frozenset[str] | None:
        """The fields that are selected of the certificate; all, where the document is."""
        if selection_below(info, "proof").selects("Proof", "document", "twin"):
            return None
        generated = info.context.certificates[self.view.certificate_type]
        below = selection_below(info, "certificate")
        return below.fields_of(generated.certificate, generated.name, generated.names)

    @strawberry.field(
        description="Every step so far (办理过程), oldest first; read from the platform when selected."
    )
    async def history(self, info: Info) -> list[HistoryEntry]:
        context = info.context
        told = await context.hub.assisting.history(context.requester, self.view.id)
        context.explore(len(told or ()))
        return [HistoryEntry.of(one) for one in told or ()]

    @strawberry.field(description="Questions of the issuer to the requester (补充询问).")
    def clarifications(self) -> list[Clarification]:
        return [Clarification.of(one) for one in self.view.clarifications]

    @strawberry.field(description="How it moved between issuers (转送记录).")
    def hops(self) -> list[Hop]:
        return [Hop.of(one) for one in self.view.hops]

    @strawberry.field(description="Attempts to decline (拒绝核实记录), Article 16.")
    def incidents(self) -> list[Incident]:
        return [Incident.of(one) for one in self.view.incidents]

    @strawberry.field(description="Objections to its answers (异议), Article 13.")
    def objections(self) -> list[Objection]:
        return [Objection.of(one) for one in self.view.objections]

    @strawberry.field(
        description="Id of the request whose answer this one verifies afresh (原请求编号), after an "
        "objection."
    )
    def review_of(self) -> strawberry.ID | None:
        return None if self.view.review_of is None else strawberry.ID(self.view.review_of)
