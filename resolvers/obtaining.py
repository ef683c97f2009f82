"""Looks certificates up, and has issuers verify what no source holds."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hub.assisting.words import Ask
from hub.evidence import Lookup
from resolvers.context import Context
from resolvers.errors import CallerError, Code
from resolvers.types.inputs import recordable
from resolvers.types.outcome import Outcome, shown

EARLIEST = date(2000, 1, 1)
"""Working days of the century before are nowhere on record."""


def accepted_day(context: Context, given: date | None, earliest: date = EARLIEST) -> date:
    """The day the case was accepted: today in China unless given; never in the future."""
    today = context.hub.assisting.today
    if given is not None and given < earliest:
        raise CallerError(
            Code.BAD_INPUT,
            f"`acceptedOn` lies before {earliest.isoformat()}.",
            "Give the day the case, or the objection to an answer that was sent, was accepted "
            "(受理日期), or leave it out for today.",
        )
    if given is not None and given > today:
        raise CallerError(
            Code.BAD_INPUT,
            "`acceptedOn` lies in the future.",
            "Give the day the case was accepted (受理日期), or leave it out for today.",
        )
    return given or today


def ask_for(
    context: Context,
    lookup: Lookup,
    accepted_on: date | None,
    fields: Sequence[str] | None = None,
    issuer: str | None = None,
    key: str | None = None,
) -> Ask:
    """What the issuer is to be asked, as far as the caller may say it."""
    return Ask(
        lookup,
        accepted_day(context, accepted_on),
        None if fields is None else frozenset(fields),
        None if issuer is None else recordable("issuer", issuer),
        None if key is None else recordable("key", key),
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """How issuers are asked for what no source holds."""

    accepted_on: date
    issuer: str | None
    even_if_silent: bool


def terms_of(
    context: Context, accepted_on: date | None, issuer: str | None, even_if_silent: bool
) -> Terms:
    """The terms as the caller gives them."""
    named = None if issuer is None else recordable("issuer", issuer)
    return Terms(accepted_day(context, accepted_on), named, even_if_silent)


async def obtained(context: Context, lookups: Iterable[Lookup], terms: Terms) -> list[Outcome]:
    """The outcome of every lookup, in order; pending where its issuer was asked."""
    return await asyncio.gather(*(_obtained(context, lookup, terms) for lookup in lookups))


async def _obtained(context: Context, lookup: Lookup, terms: Terms) -> Outcome:
    (outcome,) = await context.gathered([lookup])
    came = await context.hub.assisting.asking.pursue(
        context.requester,
        Ask(lookup, terms.accepted_on, issuer=terms.issuer),
        outcome,
        context.request_id,
        also_when_silent=terms.even_if_silent,
    )
    return shown(lookup, came, context.elapsed_ms)
