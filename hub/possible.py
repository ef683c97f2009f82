"""What is still possible where no source holds a certificate (Articles 10, 12 and 14)."""

from hub.catalogue.rows import CatalogueRow, Measure
from hub.commitment.offering import barred
from hub.declarations.words import CertificateType
from hub.evidence import Lookup, Step


def steps_after(row: CatalogueRow, lookup: Lookup, declared: CertificateType) -> tuple[Step, ...]:
    """The steps a row leaves open, best first.

    An agent (Article 12) can't present in person for another, nor commit for another.
    """
    steps = []
    in_person = {Measure.FACE, Measure.APP_LICENCE} & set(row.measures)
    if in_person and lookup.purpose.acting_for is None:
        steps.append(Step.PRESENT_IN_PERSON)
    if Measure.VERIFICATION in row.measures:
        steps.append(Step.VERIFICATION)
    if barred(row, lookup, declared) is None:
        steps.append(Step.COMMITMENT)
    return tuple(steps or [Step.BRING])
