"""May a commitment stand in for this certificate here, and by which text? (Article 10)"""

from hub.catalogue.admission import Refusal, admit
from hub.catalogue.rows import Catalogue, CatalogueRow, Measure
from hub.commitment.wording import commitment_text
from hub.commitment.words import CommitmentRule, NotOffered, Offer, Offered
from hub.declarations.words import CertificateType
from hub.evidence import DenialRule, Lookup, Requester


def offer(
    catalogue: Catalogue, requester: Requester, lookup: Lookup, declared: CertificateType
) -> Offer:
    """The text that the catalogue's row gives, or the first rule against it."""
    verdict = admit(catalogue, requester, lookup, declared.holders)
    # Commitment is no lookup: a row that offers nothing else is as good, and this rule is the last.
    if isinstance(verdict, Refusal) and verdict.rule is not DenialRule.NOT_BY_LOOKUP:
        return _not_admitted(verdict)
    row = catalogue.row(requester.unit, lookup.purpose.item, lookup.type)
    assert row is not None, "admission found it"
    against = barred(row, lookup, declared)
    if against is not None:
        return against
    item = catalogue.items[row.unit, row.item]
    text = commitment_text(row, item, catalogue.units[row.unit], declared)
    return Offered(text, catalogue.version.id, row.number)


def barred(row: CatalogueRow, lookup: Lookup, declared: CertificateType) -> NotOffered | None:
    """The first rule against a commitment by this row, or none."""
    if Measure.COMMITMENT not in row.measures or not row.commitment_allowed:
        return _not_in_row(row)
    if declared.commitment_excluded is not None:
        return _excluded(row, declared.commitment_excluded)
    if row.legal_force_exception is not None:
        return _paper(row, row.legal_force_exception)
    if lookup.purpose.acting_for is not None:
        return _BY_AGENT
    applicant = lookup.purpose.applicant
    if applicant is not None and applicant.identifier != lookup.subject.identifier:
        return _ABOUT_ANOTHER
    return None


def _not_admitted(refusal: Refusal) -> NotOffered:
    rule = CommitmentRule.NOT_ADMITTED
    return NotOffered(rule, refusal.article, refusal.remedy, refusal.rule)


def _not_in_row(row: CatalogueRow) -> NotOffered:
    return NotOffered(
        CommitmentRule.NOT_IN_ROW,
        "Articles 9(5) and 10",
        f"The catalogue does not allow a commitment (告知承诺) for certificate {row.certificate} "
        f"of item {row.item}: use another measure (办事措施) of its row, or have the commitment "
        "added to the catalogue first.",
    )


def _excluded(row: CatalogueRow, reason: str) -> NotOffered:
    return NotOffered(
        CommitmentRule.EXCLUDED_KIND,
        "Article 10",
        f"For certificate {row.certificate} no commitment is taken (不适用告知承诺: {reason}), as "
        "the risk can't be kept under control: look it up, ask its issuer to verify (协助核实), or "
        "take it from the applicant.",
    )


def _paper(row: CatalogueRow, reason: str) -> NotOffered:
    return NotOffered(
        CommitmentRule.PAPER_BY_LAW,
        "Article 13(3)",
        f"For item {row.item} a law wants the certificate {row.certificate} itself ({reason}), and "
        "a commitment can't stand in for it: take it from the applicant.",
    )


_BY_AGENT = NotOffered(
    CommitmentRule.BY_AGENT,
    "Articles 10 and 12",
    "An agent (代理人) can't commit for the applicant (申请人), who bears the liability: have the "
    "applicant accept the text in the app or at the counter and leave `actingFor` out, or ask the "
    "issuer to verify (协助核实).",
)
_ABOUT_ANOTHER = NotOffered(
    CommitmentRule.ABOUT_ANOTHER,
    "Article 10",
    "An applicant (申请人) commits to facts of their own, and the certificate is about somebody "
    "else: ask the issuer to verify (协助核实), or have its holder (持有人) bring it. For an "
    "organisation (法人) leave `applicant` out: it commits by its own seal.",
)
