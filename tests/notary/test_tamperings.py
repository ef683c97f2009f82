"""Every way of tampering with a proof is refused, each with its own message."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from msgspec import structs

from hub.notary.registry import Change
from hub.notary.rendering import draw_page
from hub.notary.verdict import Check
from tests.notary.ground import (
    CIVIL,
    CONTENT,
    ENDORSEMENT,
    EXTRACTION,
    HOLDER,
    KEEPER,
    LAND,
    LATER,
    NOW,
    UNTIL,
    authority,
    endorsed_with,
    proof,
    sealed,
    timed,
)
from tests.notary.tamperings import (
    HOUR,
    Received,
    added_before_endorsing,
    added_content,
    after,
    backdated,
    changed_twin,
    content_byte,
    endorsement_byte,
    expired_seal,
    hidden_bytes,
    late_endorsement,
    other_units_seal,
    sharing,
    stated_byte,
    strange_clock,
    strange_endorsing_clock,
    strangers_endorsement,
    units_endorsement,
    unrecorded_use,
    unregistered_seal,
    use_by_another,
    wrong_kind,
)


def differing(what: str, **told: object) -> tuple[Callable[[], Received], Check, str]:
    """An endorsement, signed by the platform, that differs from the content."""
    message = f"endorsement and content differ in {what}: reject the document"
    return lambda: Received(endorsed_with(stated=told)), Check.ENDORSEMENT_AGREES, message


TAMPERINGS: dict[str, tuple[Callable[[], Received], Check, str]] = {
    "one byte of the page": (
        content_byte,
        Check.CONTENT_INTACT,
        "the content was changed after it was sealed: reject it",
    ),
    "one letter of the content": (
        stated_byte,
        Check.CONTENT_INTACT,
        "the content was changed after it was sealed: reject it",
    ),
    "content added": (
        added_content,
        Check.NOTHING_ADDED,
        "something was added after sealing that is not the platform's endorsement: reject it",
    ),
    "content added before endorsing": (
        added_before_endorsing,
        Check.NOTHING_ADDED,
        "something was added after sealing that is not the platform's endorsement: reject it",
    ),
    "bytes after the end": (
        lambda: Received(proof().pdf + b"\n% more"),
        Check.NOTHING_ADDED,
        "something was added after sealing that is not the platform's endorsement: reject it",
    ),
    "bytes beside the signature": (
        hidden_bytes,
        Check.NOTHING_ADDED,
        "something was added after sealing that is not the platform's endorsement: reject it",
    ),
    "backdated": (
        backdated,
        Check.SEALING_TIME,
        "the seal says 2026-03-05T01:30:00+00:00, but it was made at 2026-03-05T02:30:00+00:00",
    ),
    "a strange clock": (
        strange_clock,
        Check.SEALING_TIME,
        "the timestamp is not of a trusted clock: ask the platform for the original",
    ),
    "expired seal": (
        expired_seal,
        Check.SEAL_IN_DATE,
        "the seal's certificate is valid 2026-02-13 to 2026-03-04 and was used outside of that",
    ),
    "seal not in the registry": (
        unregistered_seal,
        Check.SEAL_REGISTERED,
        "seal S-9 is not in the registry: ask the police bureau",
    ),
    "wrong kind of seal": (
        wrong_kind,
        Check.SEAL_KIND,
        "the document needs the 电子证明核实信息专用章, not another seal",
    ),
    "seal of another unit": (
        other_units_seal,
        Check.SEAL_OF_UNIT,
        "the seal is not that of the making unit 某市民政局: reject the document",
    ),
    "suspended": (
        partial(after, Change.SUSPENDED, NOW),
        Check.SEAL_IN_FORCE,
        "the seal was suspended when it was used: ask the unit to seal anew",
    ),
    "revoked": (
        partial(after, Change.REVOKED, NOW),
        Check.SEAL_IN_FORCE,
        "the seal was revoked before it was used: ask the unit to seal anew",
    ),
    "permission withdrawn": (
        partial(after, Change.WITHDRAWN, NOW, KEEPER),
        Check.SEAL_PERMITTED,
        "the operator had no permission for this seal when it was used: reject the document",
    ),
    "use not recorded": (
        unrecorded_use,
        Check.USE_RECORDED,
        "this use of the seal is not on record: ask the unit",
    ),
    "use recorded of another": (
        use_by_another,
        Check.USE_RECORDED,
        "this use of the seal is not on record: ask the unit",
    ),
    "endorsement missing": (
        lambda: Received(sealed().pdf),
        Check.ENDORSED,
        "the platform has not endorsed it: extract it through the platform",
    ),
    "endorsement changed": (
        endorsement_byte,
        Check.ENDORSEMENT_INTACT,
        "the endorsement was changed after the platform wrote it: reject the document",
    ),
    "endorsed by a stranger": (
        strangers_endorsement,
        Check.ENDORSEMENT_TRUSTED,
        "the endorsement is not signed by the platform: reject the document",
    ),
    "endorsed by the unit": (
        units_endorsement,
        Check.ENDORSEMENT_TRUSTED,
        "the endorsement is not signed by the platform: reject the document",
    ),
    "endorsed by a strange clock": (
        strange_endorsing_clock,
        Check.ENDORSEMENT_TRUSTED,
        "the endorsement's timestamp is not of a trusted clock: extract the document anew",
    ),
    "endorsed with an old certificate": (
        late_endorsement,
        Check.ENDORSEMENT_TRUSTED,
        "the platform's certificate was out of date: extract the document anew",
    ),
    "endorsement of another document": differing("document number", documentNumber="HZ-1"),
    "endorsement of another unit": differing(
        "making unit", makingUnit={"code": LAND.code, "name": LAND.name_zh}
    ),
    "endorsement at another time": differing("time", extractedAt=(LATER + HOUR).isoformat()),
    "endorsement before the seal": (
        lambda: Received(
            endorsed_with(
                replace(ENDORSEMENT, extracted_at=NOW - HOUR),
                timed(authority().endorser, NOW - HOUR),
            )
        ),
        Check.ENDORSEMENT_AGREES,
        "endorsement and content differ in time: reject the document",
    ),
    "shared proof extracted by another unit": (
        partial(sharing, replace(EXTRACTION, unit=CIVIL, operator=KEEPER)),
        Check.ENDORSEMENT_AGREES,
        "endorsement and content differ in operator: reject the document",
    ),
    "shared proof extracted by another operator": (
        partial(sharing, EXTRACTION),
        Check.ENDORSEMENT_AGREES,
        "endorsement and content differ in operator: reject the document",
    ),
    "proof past its day": (
        lambda: Received(proof().pdf, now=UNTIL + timedelta(microseconds=1)),
        Check.NOT_EXPIRED,
        "the proof was valid until 2026-04-04T02:30:00+00:00: extract a new one",
    ),
    "another subject": (
        lambda: Received(
            proof().pdf, subject=structs.replace(HOLDER, identifier="33029919900101999X")
        ),
        Check.SUBJECT,
        "the proof is about somebody else than the one asked about: do not deliver it",
    ),
    "twin changed": (
        changed_twin,
        Check.TWIN,
        "the machine-readable twin does not say what the document says: reject the twin",
    ),
    "twin that is no JSON": (
        lambda: Received(proof().pdf, twin=b"{"),
        Check.TWIN,
        "the machine-readable twin does not say what the document says: reject the twin",
    ),
    "no PDF": (
        lambda: Received(b"GIF89a"),
        Check.READABLE,
        "this is no PDF, or a broken one: ask its sender for it again",
    ),
    "an empty file": (
        lambda: Received(b""),
        Check.READABLE,
        "this is no PDF, or a broken one: ask its sender for it again",
    ),
    "a page without a seal": (
        lambda: Received(draw_page(CONTENT)),
        Check.READABLE,
        "this is no proof: it bears no seal",
    ),
    "a layer without a statement": (
        lambda: Received(sealed().pdf.replace(b"/XXcerthub", b"/XXcerthuc")),
        Check.READABLE,
        "this is no proof: what a layer states can't be read: there is none",
    ),
    "a statement of something else": (
        lambda: Received(endorsed_with(stated={"format": "invoice/1"})),
        Check.READABLE,
        "this is no proof: what a layer states can't be read: its `format` is not certhub-proof/1",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_tampered_proof_is_refused(tampering: str) -> None:
    """Exactly one check fails, and its message is its own."""
    received, failing, message = TAMPERINGS[tampering]

    verdict = received().checked()

    assert [(one.name, one.message) for one in verdict.failed] == [(failing, message)]
    assert not verdict.accepted


def test_messages_tell_tamperings_apart() -> None:
    """No two checks have a message in common."""
    told = {message: failing for _, failing, message in TAMPERINGS.values()}

    assert {failing for _, failing, _ in TAMPERINGS.values()} == set(Check) - {Check.SEAL_TRUSTED}
    assert all(told[message] is failing for _, failing, message in TAMPERINGS.values())
