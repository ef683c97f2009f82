"""Is the endorsement the platform's own, does it fit the content, and whom is the proof about?"""

import json
from collections.abc import Sequence

from hub.evidence import Subject
from hub.notary.case import TOLERANCE, Case, failed, judged, passed, unchecked
from hub.notary.layers import EndorsedLayer
from hub.notary.signatures import Examined
from hub.notary.statements import twin_of
from hub.notary.verdict import Check, Checked
from hub.notary.words import SealKind

_OF_ENDORSEMENT = (
    Check.ENDORSEMENT_INTACT,
    Check.ENDORSEMENT_TRUSTED,
    Check.ENDORSEMENT_AGREES,
    Check.NOT_EXPIRED,
)


def endorsement_checks(
    case: Case, subject: Subject | None, twin: bytes | None
) -> Sequence[Checked]:
    """Every check of the endorsement, and those of the whole."""
    return [*_endorsement(case), _subject(case, subject), _twin(case, twin)]


def _endorsement(case: Case) -> Sequence[Checked]:
    layer, examined = case.layers.endorsed, case.endorsed
    if layer is None or examined is None:
        missing = "the platform has not endorsed it: extract it through the platform"
        why = "there is no endorsement"
        return [
            failed(Check.ENDORSED, missing),
            *(unchecked(name, why) for name in _OF_ENDORSEMENT),
        ]
    endorsed = passed(Check.ENDORSED, f"extracted by {layer.endorsement.extracting.name_zh}")
    if not examined.intact:
        changed = "the endorsement was changed after the platform wrote it: reject the document"
        why = "the endorsement was changed"
        rest = (unchecked(name, why) for name in _OF_ENDORSEMENT[1:])
        return [endorsed, failed(Check.ENDORSEMENT_INTACT, changed), *rest]
    return [
        endorsed,
        passed(Check.ENDORSEMENT_INTACT, "it is as the platform wrote it"),
        _trusted(layer, examined),
        _agrees(case, layer, examined),
        _not_expired(case, layer),
    ]


def _trusted(layer: EndorsedLayer, examined: Examined) -> Checked:
    wrong = None
    if not examined.trusted:
        wrong = "the endorsement is not signed by the platform: reject the document"
    elif examined.clock_broken:
        wrong = "the endorsement's timestamp is not of a trusted clock: extract the document anew"
    elif not examined.in_date(examined.time or layer.endorsement.extracted_at):
        wrong = "the platform's certificate was out of date: extract the document anew"
    return judged(Check.ENDORSEMENT_TRUSTED, "it is signed by the platform", wrong)


def _agrees(case: Case, layer: EndorsedLayer, examined: Examined) -> Checked:
    told, sealed = layer.endorsement, case.layers.sealed
    stamped = examined.time or told.extracted_at
    by_itself = told.extracting.code, told.operator
    differing = {
        "document number": told.document_number != sealed.document_number,
        "making unit": told.making != sealed.unit,
        "time": abs(stamped - told.extracted_at) > TOLERANCE
        or told.extracted_at < sealed.sealed_at - TOLERANCE,
        "operator": sealed.kind is SealKind.SHARING
        and by_itself != (sealed.unit.code, sealed.operator),
    }
    named = ", ".join(name for name, differs in differing.items() if differs)
    wrong = f"endorsement and content differ in {named}: reject the document" if named else None
    return judged(Check.ENDORSEMENT_AGREES, "it fits the sealed content", wrong)


def _not_expired(case: Case, layer: EndorsedLayer) -> Checked:
    until = layer.endorsement.valid_until
    wrong = f"the proof was valid until {until.isoformat()}: extract a new one"
    return judged(
        Check.NOT_EXPIRED,
        f"valid until {until.isoformat()}",
        wrong if case.now > until else None,
    )


def _subject(case: Case, subject: Subject | None) -> Checked:
    if subject is None:
        return unchecked(Check.SUBJECT, "nobody was named whom it should be about")
    other = subject.identifier.upper() != case.layers.sealed.holder.upper()
    wrong = "the proof is about somebody else than the one asked about: do not deliver it"
    return judged(Check.SUBJECT, "it is about the one asked about", wrong if other else None)


def _twin(case: Case, twin: bytes | None) -> Checked:
    if twin is None:
        return unchecked(Check.TWIN, "no machine-readable twin was given")
    wrong = "the machine-readable twin does not say what the document says: reject the twin"
    same = "it says what the document says"
    return judged(Check.TWIN, same, None if _is_twin(case, twin) else wrong)


def _is_twin(case: Case, twin: bytes) -> bool:
    layer = case.layers.endorsed
    if layer is None:
        return False
    expected = twin_of(case.layers.statement, layer.statement, case.layers.content_sha256)
    try:
        told: object = json.loads(twin)
    except ValueError:
        return False
    return bool(told == json.loads(expected))
