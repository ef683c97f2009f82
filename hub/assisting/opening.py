"""Opens requests, each once: one about the same unit, case, certificate and subject is found again."""

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from connectors.assisted_parts import Officer, RequestState, SubjectKind
from connectors.assisted_words import RequestView, StepRejected, Submission
from hub.assisting.words import AssistedPlatform, WrongAsk
from hub.assisting.writes import SUBMIT, Writes
from hub.evidence import Requester, Subject
from hub.storage.opening_store import SqlIntents
from hub.trail.intents import Intent, Kept, Opening
from hub.trail.records import RecordsUnavailable

ENDS = frozenset({RequestState.CLOSED, RequestState.CANCELLED})
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request to be opened: by whom of which unit, about whom, and how it is put on record."""

    requester: Requester
    person: str = field(repr=False)
    subject: Subject
    opening: Opening


def matter_of(*named: str) -> str:
    """One name for what a request is about; `named` are codes and pseudonyms."""
    return hashlib.sha256("\n".join(named).encode()).hexdigest()


class Openings:
    """Opens requests at the verification platform, each on record before it is asked."""

    def __init__(self, intents: SqlIntents, writes: Writes) -> None:
        self._intents = intents
        self._writes = writes

    async def open(self, platform: AssistedPlatform, wanted: Wanted) -> RequestView | StepRejected:
        """The request: the open one about the same matter, or a new one.

        Repeating it after a `ConnectorError` or `RecordsUnavailable` opens exactly one.
        """
        for _ in range(_TRIES):
            if found := await self._under_key(platform, wanted):
                return found
            newest = await self._intents.newest(wanted.opening.matter)
            if newest and (found := await self._standing(platform, wanted, newest)):
                return found
            intent = self._intent(wanted, newest)
            if await self._writes.on_record(intent):
                return await self._submit(platform, wanted, intent, _opening(intent))
        raise RecordsUnavailable("others ask for the same at the same time: ask again in a second")

    async def _under_key(
        self, platform: AssistedPlatform, wanted: Wanted
    ) -> RequestView | StepRejected | None:
        key = wanted.opening.client_key
        kept = key and await self._intents.under_key(wanted.requester.unit, key)
        if not kept:
            return None
        if kept.opening.matter != wanted.opening.matter:
            raise WrongAsk(
                "This key was used for another request.",
                "Give a new key for each request, the same only to repeat one.",
            )
        return await self._standing(platform, wanted, kept, also_ended=True)

    async def _standing(
        self,
        platform: AssistedPlatform,
        wanted: Wanted,
        kept: Kept,
        *,
        also_ended: bool = False,
    ) -> RequestView | StepRejected | None:
        """What became of an opening; nothing where it came to its end, or was rejected."""
        if kept.rejected:
            return None
        if kept.request is None:  # its answer was never seen: the same write again is harmless
            return await self._submit(platform, wanted, kept.intent, kept.opening)
        view = await platform.calls.request(kept.request, wanted.requester.unit)
        return view if view and (also_ended or view.state not in ENDS) else None

    def _intent(self, wanted: Wanted, newest: Kept | None) -> Intent:
        turn = newest.opening.turn + 1 if newest else 1
        opening, key = replace(wanted.opening, turn=turn), secrets.token_hex(16)
        who, person = wanted.requester, wanted.person
        return self._writes.intent(who, person, SUBMIT, key, opening=opening)

    async def _submit(
        self, platform: AssistedPlatform, wanted: Wanted, intent: Intent, opening: Opening
    ) -> RequestView | StepRejected:
        """Ask under the intent's own key, with what it says: so it is opened once, however often."""
        submission = _submission(wanted, intent, opening)
        return await self._writes.made(intent, platform.calls.submit(submission, intent.key))


def _opening(intent: Intent) -> Opening:
    assert intent.opening is not None, "made with one"
    return intent.opening


def _submission(wanted: Wanted, intent: Intent, opening: Opening) -> Submission:
    subject = wanted.subject
    return Submission(
        by=Officer(intent.unit, intent.person),
        certificate=opening.certificate,
        fields=opening.fields,
        subject_kind=SubjectKind(subject.kind.value),
        subject_id=subject.identifier,
        subject_name=subject.name,
        item=opening.item,
        case=opening.case,
        immediate=opening.immediate,
        promised=opening.promised,
        issuer=opening.issuer,
    )
