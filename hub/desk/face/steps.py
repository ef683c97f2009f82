"""The steps that can be taken with a request, each one call; declining isn't among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.desk.desk import fresh_id
from hub.desk.events import (
    Answer,
    Ask,
    Begin,
    Cancel,
    Claim,
    Close,
    ConfirmReceipt,
    Event,
    Explain,
    Forward,
    Make,
    Object,
    Reassign,
    Return,
    Send,
    Urge,
)
from hub.desk.face.bodies import (
    FINDINGS,
    OFFICER,
    Given,
    date_if_any,
    findings,
    moment_if_any,
    number,
    text,
)
from hub.desk.face.shapes import DATE, MOMENT, NUMBER, TEXT, Part, Shape, one_of
from hub.desk.registry import Registry
from hub.desk.request import VerificationRequest
from hub.desk.words import QuestionKind

Build = Callable[[Given, VerificationRequest, Registry], Event]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the last part of its path, who takes it and what for, its body, its event."""

    name: str
    about: str
    parts: Mapping[str, Part]
    event: Build
    check: Callable[[Given], object] = lambda _: None
    """What is checked beyond the body's shape; raises `BadBody`."""

    @property
    def shape(self) -> Shape:
        """The whole body: who acts, and the step's own parts."""
        return Shape({"by": Part(OFFICER, "the person who acts"), **self.parts})


def _claim(_: Given, request: VerificationRequest, registry: Registry) -> Event:
    return Claim(registry.verifiers(request.holder))


def _reassign(given: Given, request: VerificationRequest, registry: Registry) -> Event:
    return Reassign(text(given, "to"), text(given, "reason"), registry.verifiers(request.holder))


def _forward(given: Given, request: VerificationRequest, registry: Registry) -> Event:
    issuers = registry.issuers(request.wanted.certificate)
    return Forward(text(given, "to"), text(given, "reason"), issuers)


def _ask(given: Given, *_: object) -> Event:
    return Ask(QuestionKind(text(given, "kind")), text(given, "question"))


def _object(given: Given, *_: object) -> Event:
    promised = date_if_any(given, "promised")
    return Object(number(given, "delivery"), text(given, "grounds"), fresh_id(), promised)


_REASON = Part(TEXT, "why, in words")

STEPS = (
    Step("claim", "A verifier (核查人员) of the issuer takes the request.", {}, _claim),
    Step("begin", "The claimed verifier starts to verify.", {}, lambda *_: Begin()),
    Step(
        "ask",
        "The claimed verifier asks the requester; the clock keeps running.",
        {
            "kind": Part(one_of(*QuestionKind), "a detail, or which of several subjects is meant"),
            "question": Part(TEXT, "the question"),
        },
        _ask,
    ),
    Step(
        "clarify",
        "The requester's operator answers the open question.",
        {"answer": Part(TEXT, "the answer")},
        lambda given, *_: Answer(text(given, "answer")),
    ),
    Step(
        "forward",
        "Another unit keeps this record: it gets the request, with the original receipt time.",
        {"to": Part(TEXT, "the unit that keeps it"), "reason": _REASON},
        _forward,
    ),
    Step(
        "reassign",
        "Another verifier of the unit gets the request.",
        {"to": Part(TEXT, "the verifier's name"), "reason": _REASON},
        _reassign,
    ),
    Step(
        "make",
        "The claimed verifier says what was found, on some of the fields or on all.",
        {"findings": Part(FINDINGS, "one of the three kinds of answer")},
        lambda given, *_: Make(findings(given)),
        check=findings,
    ),
    Step(
        "return",
        "A draft goes back for correction.",
        {"reason": _REASON},
        lambda given, *_: Return(text(given, "reason")),
    ),
    Step("send", "The sealed answer goes to the requester.", {}, lambda *_: Send()),
    Step(
        "receipt",
        "The requester's operator confirms that all sent so far arrived.",
        {},
        lambda *_: ConfirmReceipt(),
    ),
    Step("close", "The requester's operator closes it.", {}, lambda *_: Close()),
    Step(
        "cancel",
        "The case was withdrawn; only the requester can say so.",
        {"reason": _REASON},
        lambda given, *_: Cancel(text(given, "reason")),
    ),
    Step(
        "explain",
        "The issuer gives the reason of a delay, and a new estimate, which moves no deadline.",
        {
            "reason": _REASON,
            "estimate": Part(MOMENT, "by when the answer will come", required=False),
        },
        lambda given, *_: Explain(text(given, "reason"), moment_if_any(given, "estimate")),
    ),
    Step(
        "urge",
        "Supervision urges the issuer (督办).",
        {"words": Part(TEXT, "what is urged")},
        lambda given, *_: Urge(text(given, "words")),
    ),
    Step(
        "objection",
        "The applicant doubts a delivery (Article 13): it is verified afresh in a new request.",
        {
            "delivery": Part(NUMBER, "the delivery's number"),
            "grounds": Part(TEXT, "what is doubted"),
            "promised": Part(DATE, "the day the item is now promised for", required=False),
        },
        _object,
    ),
)

SEAL = Shape(
    {
        "by": Part(OFFICER, "the seal keeper (印章管理人员), not the draft's maker"),
        "seal": Part(TEXT, "the seal's number; the keeper's only one if left out", required=False),
    }
)

DECLINING = ("decline", "refuse", "reject")
"""Words that name no step: who uses one is told of Article 16, and it is recorded."""

_SIGNS = ("declin", "refus", "reject", "拒")


def declines(word: str) -> bool:
    """Whether the name of a field or kind tries to decline."""
    return any(sign in word.lower() for sign in _SIGNS)
