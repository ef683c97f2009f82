"""What is still possible where no source holds a certificate (Articles 10, 12 and 14)."""

from hub.catalogue.rows import CatalogueRow, Measure
from hub.evidence import Purpose, Step


def steps_after(row: CatalogueRow, purpose: Purpose) -> tuple[Step, ...]:
    """The steps a row leaves open, best first; an agent (Article 12) can't present in person for another."""
    steps = []
    in_person = {Measure.FACE, Measure.APP_LICENCE} & set(row.measures)
    if in_person and purpose.acting_for is None:
        steps.append(Step.PRESENT_IN_PERSON)
    if Measure.VERIFICATION in row.measures:
        steps.append(Step.VERIFICATION)
    if Measure.COMMITMENT in row.measures and row.commitment_allowed:
        steps.append(Step.COMMITMENT)
    return tuple(steps or [Step.BRING])
