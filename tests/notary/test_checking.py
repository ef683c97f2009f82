"""What a check finds in genuine proofs, and where there is little to check with."""

from dataclasses import replace
from datetime import timedelta

from hub.notary.checking import named
from hub.notary.material import Named, Signing
from hub.notary.registry import Change, SealEvent
from hub.notary.rendering import draw_page
from hub.notary.verdict import Check, Result
from tests.notary.ground import (
    CONTENT,
    EXTRACTION,
    KEEPER,
    NOW,
    NUMBER,
    civil_seal,
    done,
    endorsed,
    forged,
    proof,
    registry,
    sealed,
)
from tests.notary.tamperings import (
    HOUR,
    Received,
    after,
    content_byte,
    foreign_seal,
    other_units_seal,
    sharing,
)

HALF_A_SECOND = timedelta(seconds=0.5)


def test_a_foreign_seal() -> None:
    """A seal of another authority is neither trusted nor the registered one."""
    verdict = foreign_seal().checked()

    assert [(one.name, one.message) for one in verdict.failed] == [
        (
            Check.SEAL_TRUSTED,
            "the seal's certificate is of no trusted root: it is a foreign or forged seal",
        ),
        (
            Check.SEAL_REGISTERED,
            "the certificate is not the one registered for seal 3302010000001: it is a forged seal",
        ),
    ]


def test_a_genuine_proof() -> None:
    """All checks pass, and the sealing time is that of the clock."""
    verdict = Received(proof().pdf, twin=proof().twin).checked()

    assert [one.result for one in verdict.checks] == [Result.PASSED] * len(Check)
    assert [one.name for one in verdict.checks] == list(Check)
    assert verdict.accepted
    assert (verdict.document_number, verdict.sealed_at) == (NUMBER, NOW)


def test_a_genuine_shared_proof() -> None:
    """The one who extracts a shared proof seals it, too."""
    verdict = sharing(replace(EXTRACTION, operator=KEEPER)).checked()

    assert verdict.accepted


def test_what_is_done_to_a_seal_later() -> None:
    """A revocation after the sealing leaves the proof valid."""
    assert after(Change.REVOKED, NOW + timedelta(microseconds=1)).checked().accepted


def test_without_a_clock_the_trail_says_when() -> None:
    """Without a timestamp the trail's time counts; without either the seal is judged as of now."""
    pdf = endorsed(forged(civil_seal(), signing=Signing(civil_seal().key, NOW)))
    event = SealEvent(NOW + HOUR, Change.REVOKED, "police")
    revoked = registry(done(civil_seal().record, event))
    received = Received(pdf, revoked, now=NOW + 2 * HOUR)

    from_trail = replace(received, sealed_at=NOW).checked()
    as_of_now = received.checked()

    assert from_trail.accepted
    assert from_trail.sealed_at == NOW
    assert [one.name for one in as_of_now.failed] == [Check.SEAL_IN_FORCE]
    assert as_of_now.sealed_at is None
    assert as_of_now.not_checked == {Check.SEALING_TIME, Check.TWIN}


def test_without_a_registry() -> None:
    """What only the registry knows is not checked; the unit is read from the certificate."""
    genuine = Received(proof().pdf, registry=None).checked()
    others = replace(other_units_seal(), registry=None).checked()

    assert genuine.accepted
    assert genuine.not_checked == {
        Check.SEAL_REGISTERED,
        Check.SEAL_IN_FORCE,
        Check.SEAL_PERMITTED,
        Check.USE_RECORDED,
        Check.TWIN,
    }
    assert [one.name for one in others.failed] == [Check.SEAL_OF_UNIT]


def test_nothing_is_read_from_a_broken_document() -> None:
    """After the first broken foundation the rest is said to be not checked, and why."""
    verdict = content_byte().checked()

    rest = verdict.checks[2:]
    assert {one.result for one in rest} == {Result.NOT_CHECKED}
    assert {one.message for one in rest} == {"not looked at, as `content_intact` failed"}


def test_a_missing_endorsement_and_the_twin() -> None:
    """A twin of a document without an endorsement is none."""
    verdict = Received(sealed().pdf, twin=proof().twin).checked()

    assert [one.name for one in verdict.failed] == [Check.ENDORSED, Check.TWIN]


def test_another_signature_field() -> None:
    """A signature that proofs do not have makes it none."""
    pdf = proof().pdf.replace(b"(Endorsement)", b"(Endorsemenu)")

    verdict = Received(pdf).checked()

    assert verdict.failed[0].message == (
        "this is no proof: it bears a signature that proofs do not have: Endorsemenu"
    )


def test_what_a_document_says_of_itself() -> None:
    """Its number and its seal are told unchecked; of anything else nothing is."""
    assert named(proof().pdf) == Named(NUMBER, civil_seal().seal.id)
    assert named(draw_page(CONTENT)) is None
    assert named(b"GIF89a") is None


def test_every_check_has_a_chinese_name() -> None:
    """No two checks are called the same."""
    assert len({one.title_zh for one in Check}) == len(Check)


def test_for_whom_it_was_handed_out_is_told_only_where_that_is_sure() -> None:
    """A genuine endorsement is in the verdict; without one, or with a broken seal, there is none."""
    genuine = Received(proof().pdf, twin=proof().twin).checked()

    assert genuine.endorsement is not None
    assert (genuine.endorsement.extracting, genuine.endorsement.item) == (
        EXTRACTION.unit,
        EXTRACTION.item,
    )
    assert Received(sealed().pdf).checked().endorsement is None
    assert content_byte().checked().endorsement is None


def test_a_seal_is_judged_as_of_the_very_moment_it_was_used() -> None:
    """A timestamp tells whole seconds: what was done to the seal within that second counts, too."""
    uses = (replace(civil_seal().record.uses[0], at=NOW + HALF_A_SECOND),)
    record = replace(civil_seal().record, uses=uses)
    events = (
        SealEvent(NOW, Change.SUSPENDED, "police"),
        SealEvent(NOW + HALF_A_SECOND / 2, Change.RESUMED, "police"),
        SealEvent(NOW + HALF_A_SECOND * 1.5, Change.REVOKED, "police"),
    )
    resumed = replace(record, events=(*record.events, *events))
    revoked = replace(
        record,
        events=(*record.events, SealEvent(NOW + HALF_A_SECOND / 2, Change.REVOKED, "police")),
    )

    assert Received(proof().pdf, registry(resumed)).checked().accepted
    failed = Received(proof().pdf, registry(revoked)).checked().failed
    assert [one.name for one in failed] == [Check.SEAL_IN_FORCE]
