"""Every call the desk takes: the one list that routes and the OpenAPI document are made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from hub.desk.desk import Desk
from hub.desk.face import changes, extracting, proofs, reading, writing
from hub.desk.face.bodies import EXTRACTION, SUBMISSION
from hub.desk.face.calls import Signed
from hub.desk.face.shapes import Shape
from hub.desk.face.steps import DECLINING, SEAL, STEPS

Answering = Callable[[Desk, Signed], Awaitable[web.Response]]
BASE = "/api/v1"
REQUEST = f"{BASE}/requests/{{id}}"
LOOKUP = f"{BASE}/proofs/lookup"
HEALTH = f"{BASE}/health"
OPENAPI = f"{BASE}/openapi.json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One signed call: what it is for, what body it takes, the query it reads, what it answers."""

    method: str
    path: str
    name: str
    about: str
    answers: str  # the schema's name
    answering: Answering
    body: Shape | None = None
    query: tuple[str, ...] = ()
    status: int = 200

    @property
    def writes(self) -> bool:
        """Whether it takes an idempotency key."""
        return self.body is not None


def _get(path: str, about: str, answers: str, by: Answering, *query: str) -> Operation:
    return Operation("GET", path, by.__name__, about, answers, by, query=("unit", *query))


OPERATIONS = (
    Operation(
        "POST",
        LOOKUP,
        "lookUpProofs",
        "Proofs that are in force, many subjects in one call; who receives one is on record.",
        "ProofAnswers",
        proofs.lookup,
    ),
    Operation(
        "POST",
        f"{BASE}/proofs/extract",
        "extractProofs",
        "Sealed proofs with the platform's endorsement (背书): of a request, else in force, else shared.",
        "ExtractedProofs",
        extracting.extraction,
        body=EXTRACTION,
    ),
    Operation(
        "GET",
        f"{BASE}/seals/{{id}}",
        "sealRecord",
        "What was done to a seal (印章登记), with its use on one document; whether that was recalled.",
        "SealRecord",
        extracting.seal_record,
        query=("unit", "document"),
    ),
    Operation(
        "POST",
        f"{BASE}/requests",
        "submit",
        "An operator asks the legal issuer to verify; the clock starts at once (Article 14).",
        "Request",
        writing.submit,
        body=SUBMISSION,
        status=201,
    ),
    _get(
        f"{BASE}/requests/inbox",
        "What lies with a unit to be answered, soonest due first, with the time left.",
        "Page",
        reading.inbox,
        "after",
        "count",
    ),
    _get(
        f"{BASE}/requests/outbox",
        "What a unit asked for, oldest first.",
        "Page",
        reading.outbox,
        "after",
        "count",
    ),
    _get(
        f"{BASE}/reminders",
        "Reminders, escalations and recalls of a unit, oldest first.",
        "Reminders",
        reading.reminders,
        "since",
        "count",
        "kind",
    ),
    Operation(
        "GET",
        f"{BASE}/changes",
        "changes",
        "What changed, in the order it was committed, each once; waits for the next if asked to.",
        "Changes",
        changes.changes,
        query=("feed.after", "feed.wait", "feed.count", "feed.unit"),
    ),
    _get(REQUEST, "One request, as the unit may see it.", "Request", reading.status),
    _get(f"{REQUEST}/history", "Every step of a request.", "History", reading.history),
    _get(
        f"{REQUEST}/deliveries/{{number}}/document",
        "The sealed document of a delivery.",
        "Document",
        reading.document,
    ),
    Operation(
        "POST",
        f"{REQUEST}/seal",
        "seal",
        "A seal keeper, who didn't make the draft, sets the unit's verification seal on it.",
        "Request",
        writing.seal,
        body=SEAL,
    ),
    *(
        Operation(
            "POST",
            f"{REQUEST}/{each.name}",
            each.name,
            each.about,
            "Request",
            partial(writing.step, taken=each),
            body=each.shape,
        )
        for each in STEPS
    ),
    *(
        Operation(
            "POST",
            f"{REQUEST}/{word}",
            f"no_{word}",
            "There is no such step: the attempt is recorded as an incident under Article 16.",
            "Message",
            writing.decline,
            status=405,
        )
        for word in DECLINING
    ),
)
