"""Is the seal genuine, in date, of the right kind and unit, and was its use permitted?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from asn1crypto import x509

from hub.notary.case import TOLERANCE, Case, failed, judged, passed, unchecked
from hub.notary.registry import SealRecord
from hub.notary.verdict import Check, Checked
from hub.notary.words import SealState

_ONE_SECOND = timedelta(seconds=1)
NO_REGISTRY = "no registry of seals was given to look it up in"


def seal_checks(case: Case) -> Sequence[Checked]:
    """Every check of the seal."""
    return [
        _sealing_time(case),
        _trusted(case),
        _in_date(case),
        _registered(case),
        _kind(case),
        _of_unit(case),
        *_standing(case),
    ]


def _sealing_time(case: Case) -> Checked:
    stated = case.layers.sealed.sealed_at
    if case.seal.clock_broken:
        wrong = "the timestamp is not of a trusted clock: ask the platform for the original"
        return failed(Check.SEALING_TIME, wrong)
    if not case.time_proven:
        return unchecked(Check.SEALING_TIME, "no clock confirms it: the seal is judged as of now")
    wrong = f"the seal says {stated.isoformat()}, but it was made at {case.time.isoformat()}"
    differ = abs(stated - case.time) > TOLERANCE
    return judged(
        Check.SEALING_TIME, f"sealed at {case.time.isoformat()}", wrong if differ else None
    )


def _trusted(case: Case) -> Checked:
    foreign = "the seal's certificate is of no trusted root: it is a foreign or forged seal"
    wrong = None if case.seal.trusted else foreign
    return judged(Check.SEAL_TRUSTED, "its certificate is of a trusted root", wrong)


def _in_date(case: Case) -> Checked:
    begun, ended = case.seal.not_before.date(), case.seal.not_after.date()
    wrong = f"the seal's certificate is valid {begun} to {ended} and was used outside of that"
    fine = case.seal.in_date(case.time)
    return judged(Check.SEAL_IN_DATE, f"valid {begun} to {ended}", None if fine else wrong)


def _registered(case: Case) -> Checked:
    name, seal = Check.SEAL_REGISTERED, case.layers.sealed.seal
    if not case.registry_known:
        return unchecked(name, NO_REGISTRY)
    if case.record is None:
        return failed(name, f"seal {seal} is not in the registry: ask the police bureau")
    other = case.record.seal.certificate != case.seal.certificate
    wrong = f"the certificate is not the one registered for seal {seal}: it is a forged seal"
    return judged(name, f"seal {seal} is in the registry", wrong if other else None)


def _kind(case: Case) -> Checked:
    sealed = case.layers.sealed
    kinds = {sealed.seal_kind} | ({case.record.seal.kind} if case.record else set())
    wanted = sealed.kind.title_zh
    wrong = None if kinds == {sealed.kind} else f"the document needs the {wanted}, not another seal"
    return judged(Check.SEAL_KIND, wanted, wrong)


def _of_unit(case: Case) -> Checked:
    making = case.layers.sealed.unit
    if case.record is not None:
        same = case.record.seal.unit.code == making.code
    else:
        same = _organisation(case.seal.certificate) == making.name_zh
    wrong = f"the seal is not that of the making unit {making.name_zh}: reject the document"
    return judged(Check.SEAL_OF_UNIT, f"of {making.name_zh}", None if same else wrong)


def _standing(case: Case) -> Sequence[Checked]:
    if case.record is None:
        why = "the seal is not in the registry" if case.registry_known else NO_REGISTRY
        names = (Check.SEAL_IN_FORCE, Check.SEAL_PERMITTED, Check.USE_RECORDED)
        return [unchecked(name, why) for name in names]
    return [
        _in_force(case, case.record),
        _permitted(case, case.record),
        _recorded(case, case.record),
    ]


def _in_force(case: Case, record: SealRecord) -> Checked:
    state = record.standing(_used_at(case, record)).state
    wrongs = {
        SealState.SUSPENDED: "the seal was suspended when it was used: ask the unit to seal anew",
        SealState.REVOKED: "the seal was revoked before it was used: ask the unit to seal anew",
    }
    return judged(Check.SEAL_IN_FORCE, "neither suspended nor revoked", wrongs.get(state))


def _permitted(case: Case, record: SealRecord) -> Checked:
    permitted = case.layers.sealed.operator in record.standing(_used_at(case, record)).operators
    wrong = "the operator had no permission for this seal when it was used: reject the document"
    right = "permitted to the operator who used it"
    return judged(Check.SEAL_PERMITTED, right, None if permitted else wrong)


def _used_at(case: Case, record: SealRecord) -> datetime:
    """When the seal was used: as recorded, within the whole second that the proof's clock tells."""
    use = record.used_on(case.layers.sealed.document_number)
    if use is not None and timedelta(0) <= use.at - case.time < _ONE_SECOND:
        return use.at
    return case.time


def _recorded(case: Case, record: SealRecord) -> Checked:
    use = record.used_on(case.layers.sealed.document_number)
    if use is not None and use.operator == case.layers.sealed.operator:
        return passed(Check.USE_RECORDED, f"on record, {use.at.isoformat()}")
    return failed(Check.USE_RECORDED, "this use of the seal is not on record: ask the unit")


def _organisation(certificate: bytes) -> str | None:
    name: str | None = x509.Certificate.load(certificate).subject.native.get("organization_name")
    return name
