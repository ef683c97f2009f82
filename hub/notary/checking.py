"""Checks a proof before it is delivered, and for anybody who received one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.evidence import Subject
from hub.notary.case import Case, case_of, failed, judged, passed, unchecked
from hub.notary.endorsement_checks import endorsement_checks
from hub.notary.layers import NotAProof, open_layers
from hub.notary.material import Named, Trust
from hub.notary.registry import RegistryView
from hub.notary.seal_checks import seal_checks
from hub.notary.signatures import BROKEN
from hub.notary.sm2 import ExtraMissing
from hub.notary.verdict import Check, Checked, Verdict
from hub.notary.words import Endorsement

_OF_THE_ENDORSEMENT = (
    Check.ENDORSED,
    Check.ENDORSEMENT_INTACT,
    Check.ENDORSEMENT_TRUSTED,
    Check.ENDORSEMENT_AGREES,
)


def check(
    pdf: bytes,
    trust: Trust,
    registry: RegistryView | None,
    *,
    subject: Subject | None = None,
    twin: bytes | None = None,
    sealed_at: datetime | None = None,
    now: datetime,
) -> Verdict:
    """Check a proof in full; what there is nothing to check with is said to be not checked.

    The seal is judged as of its signed timestamp, else as of `sealed_at` (the trail's time), else
    as of `now`. CPU work of some 30 ms, not to be run on the loop: `pool.py` runs it.
    """
    try:
        case = case_of(open_layers(pdf), trust, registry, sealed_at, now)
    except NotAProof as trouble:
        return _verdict(None, [failed(Check.READABLE, f"this is no proof: {trouble}")])
    except ExtraMissing as trouble:
        return _verdict(None, [failed(Check.READABLE, f"it can't be checked here: {trouble}")])
    except BROKEN:
        broken = "this is no PDF, or a broken one: ask its sender for it again"
        return _verdict(None, [failed(Check.READABLE, broken)])
    checks = [passed(Check.READABLE, "it is a sealed document"), *_wholeness(case)]
    if all(one.passed for one in checks):
        checks += [*seal_checks(case), *endorsement_checks(case, subject, twin)]
    return _verdict(case, checks)


def named(pdf: bytes) -> Named | None:
    """The document number and the seal a document names; none where it is no proof."""
    try:
        sealed = open_layers(pdf).sealed
    except (NotAProof, *BROKEN):
        return None
    return Named(sealed.document_number, sealed.seal)


def _wholeness(case: Case) -> Sequence[Checked]:
    intact = judged(
        Check.CONTENT_INTACT,
        "the content is as the unit sealed it",
        None if case.seal.intact else "the content was changed after it was sealed: reject it",
    )
    if not intact.passed:
        return [intact]
    added = "something was added after sealing that is not the platform's endorsement: reject it"
    wrong = None if _nothing_added(case) else added
    return [intact, judged(Check.NOTHING_ADDED, "there are no layers but these two", wrong)]


def _nothing_added(case: Case) -> bool:
    last = case.seal if case.endorsed is None else case.endorsed
    revisions = 2 if case.endorsed is None else 3  # page, seal, endorsement
    covered = case.seal.covers_its_layer and last.covers_the_file
    allowed = case.seal.only_allowed_changes and case.layers.tidy
    return covered and allowed and case.layers.revisions == revisions


def _verdict(case: Case | None, checks: Sequence[Checked]) -> Verdict:
    done = {one.name: one for one in checks}
    first = next((one.name for one in checks if not one.passed), None)
    why = f"not looked at, as `{first}` failed"
    return Verdict(
        document_number=None if case is None else case.layers.sealed.document_number,
        sealed_at=case.time if case is not None and case.time_proven else None,
        checks=tuple(done.get(name) or unchecked(name, why) for name in Check),
        endorsement=_endorsement(case, done),
    )


def _endorsement(case: Case | None, done: Mapping[Check, Checked]) -> Endorsement | None:
    """The endorsement, where all about it was checked and found right."""
    if case is None or case.layers.endorsed is None:
        return None
    right = all(name in done and done[name].passed for name in _OF_THE_ENDORSEMENT)
    return case.layers.endorsed.endorsement if right else None
