"""What an issuer does next with a request, seen as its unit sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.assisted_parts import Officer, QuestionKind, RequestState
from connectors.assisted_words import RequestView
from hub.sandbox.draw import pick
from hub.sandbox.issuer_dials import IssuerDials
from hub.sandbox.issuer_findings import Registers
from hub.sandbox.issuing_units import IssuingUnit

QUESTION = "请补充申请人的曾用名或办理年份，以便核对。"
REASON = "核查人员正在调阅纸质档案"
LATER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step, its parts, and who may take it: the first who is let."""

    name: str
    by: Sequence[Officer]
    parts: Mapping[str, object] = field(default_factory=dict, repr=False)


def next_step(
    request: RequestView, unit: IssuingUnit, registers: Registers, dials: IssuerDials
) -> NextStep | None:
    """The step that the unit takes now, or nothing where it is not its turn."""
    if request.issuer != unit.code:
        return None
    if request.overdue is not None and request.overdue.explanation_asked:
        return _explain(request, unit)
    return _by_state(request, unit, registers, dials)


def _by_state(
    request: RequestView, unit: IssuingUnit, registers: Registers, dials: IssuerDials
) -> NextStep | None:
    keeper = [unit.officer(unit.keeper)]
    match request.state:
        case RequestState.DELIVERED:
            return NextStep("claim", _verifiers(request, unit, registers))
        case RequestState.CLAIMED:
            return NextStep("begin", _claimed(request, unit))
        case RequestState.IN_VERIFICATION:
            return _verify(request, unit, registers, dials)
        case RequestState.MADE:
            return NextStep("seal", keeper)
        case RequestState.SEALED:
            return NextStep("send", keeper)
        case _:
            return None


def _verify(
    request: RequestView, unit: IssuingUnit, registers: Registers, dials: IssuerDials
) -> NextStep | None:
    asked = request.clarifications
    if asked and asked[-1].ended_at is None:
        return None
    by = _claimed(request, unit)
    if not asked and registers.draw("asks", request) < dials.question_rate:
        return NextStep("ask", by, {"kind": QuestionKind.DETAIL, "question": QUESTION})
    return NextStep("make", by, {"findings": registers.findings(request, dials)})


def _explain(request: RequestView, unit: IssuingUnit) -> NextStep:
    by = [unit.officer(unit.coordinator)]
    if request.due is None or request.time_left is None:
        return NextStep("explain", by, {"reason": REASON})
    now = request.due.at - timedelta(seconds=request.time_left)
    return NextStep("explain", by, {"reason": REASON, "estimate": (now + LATER).isoformat()})


def _verifiers(request: RequestView, unit: IssuingUnit, registers: Registers) -> Sequence[Officer]:
    """Both, the one drawn first: where that one may not review its own answer, the other does."""
    seed = str(registers.archive.population.seed)
    first = pick(unit.verifiers, seed, "verifier", request.certificate_type, request.subject.id)
    others = (name for name in unit.verifiers if name != first)
    return [unit.officer(name) for name in (first, *others)]


def _claimed(request: RequestView, unit: IssuingUnit) -> Sequence[Officer]:
    return [unit.officer(request.verifier or unit.verifiers[0])]
