"""A proof that was recalled (撤回)."""

from datetime import datetime
from typing import Self

import strawberry

from hub.assisting import recalls
from resolvers.context import Context
from resolvers.types.declared import CertificateType


@strawberry.type(
    description="A proof this unit received was wrong (证明撤回), Article 13: it must not be used any "
    "more."
)
class Recall:
    request: strawberry.ID = strawberry.field(
        description="Id of the request it answered (原请求编号)."
    )
    reference: str = strawberry.field(
        description="Under what this unit received it (接收依据): its own request, or the number of the "
        "case it was extracted for."
    )
    at: datetime = strawberry.field(description="When it was recalled (撤回时间).")
    certificate_type: CertificateType | None = strawberry.field(
        description="The certificate type (证照类型), where the unit may see the request."
    )
    delivery: int | None = strawberry.field(
        description="Number of the delivery (答复序号), where the unit may see the request."
    )
    corrected_by: strawberry.ID | None = strawberry.field(
        description="Id of the request that holds the corrected answer (更正请求编号); where null, look "
        "the certificate up again."
    )

    @classmethod
    def of(cls, context: Context, recall: recalls.Recall) -> Self:
        name = recall.certificate
        return cls(
            request=strawberry.ID(recall.request),
            reference=recall.reference,
            at=recall.at,
            certificate_type=None
            if name is None or name not in context.hub.types
            else CertificateType.of(context, name),
            delivery=recall.delivery,
            corrected_by=None
            if recall.corrected_by is None
            else strawberry.ID(recall.corrected_by),
        )
