"""The query and the mutation of commitment (告知承诺), Article 10."""

import strawberry

from hub.commitment.words import KeyTaken, Manner, NotOffered, Offered
from hub.evidence import Lookup
from hub.notary.words import ProofTrouble
from resolvers.context import Context, Info
from resolvers.errors import CallerError, Code
from resolvers.types.commitment import (
    CommitmentOffer,
    CommitmentResult,
    not_offered,
    shown_acceptance,
    shown_text,
)
from resolvers.types.inputs import PurposeInput, SubjectInput, recordable


@strawberry.type(description="What can be asked about commitments (告知承诺查询).")
class CommitmentQuery:
    @strawberry.field(
        description="The text by which the applicant may commit instead of bringing a certificate "
        "(告知承诺书), Article 10; only where the catalogue's row allows it, and only for oneself."
    )
    async def commitment(
        self, info: Info, type: strawberry.ID, subject: SubjectInput, purpose: PurposeInput
    ) -> CommitmentOffer:
        context = info.context
        lookup = _lookup(context, type, subject, purpose)
        told = context.hub.commitments.offer(context.requester, lookup)
        if isinstance(told, NotOffered):
            return not_offered(told)
        return shown_text(told.text, await _page(context, lookup, told))


@strawberry.type(description="What can be done about commitments (告知承诺办理).")
class CommitmentMutation:
    @strawberry.mutation(
        description="Put on record that the applicant accepted the text of this digest (作出承诺); "
        "the same again, or the same key, is the same acceptance."
    )
    async def accept_commitment(
        self,
        info: Info,
        type: strawberry.ID,
        subject: SubjectInput,
        purpose: PurposeInput,
        digest: strawberry.ID,
        manner: Manner,
        key: strawberry.ID | None = None,
    ) -> CommitmentResult:
        context = info.context
        lookup = _lookup(context, type, subject, purpose)
        came = await context.hub.commitments.accept(
            context.requester,
            lookup,
            recordable("digest", digest),
            manner,
            None if key is None else recordable("key", key),
        )
        if isinstance(came, KeyTaken):
            raise _key_taken()
        return shown_acceptance(came)


def _lookup(context: Context, type: str, subject: SubjectInput, purpose: PurposeInput) -> Lookup:
    context.check_lookups([type])
    return Lookup(type, subject.subject(), purpose.purpose())


async def _page(context: Context, lookup: Lookup, offered: Offered) -> bytes:
    try:
        return await context.hub.commitments.page(lookup, offered)
    except ProofTrouble as trouble:
        raise CallerError(
            Code.BAD_INPUT,
            f"The page can't be drawn: {trouble}.",
            "Leave the name out, and have it written on the page by hand.",
        ) from None


def _key_taken() -> CallerError:
    return CallerError(
        Code.BAD_INPUT,
        "This key has named another acceptance already.",
        "Give each acceptance a key of its own, or leave `key` out.",
    )
