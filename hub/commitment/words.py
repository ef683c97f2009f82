"""Words of commitment (告知承诺): its text, how it was accepted, and why it may not be offered."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.evidence import DenialRule


class Manner(StrEnum):
    """How an applicant accepted a text."""

    PAPER = "paper"  # signed on paper at the counter
    APP = "app"  # confirmed in the app, with the applicant's own identity


class CommitmentRule(StrEnum):
    """Why no commitment is offered."""

    NOT_ADMITTED = "not_admitted"  # the lookup itself is not admitted: see the denial's rule
    NOT_IN_ROW = "not_in_row"
    EXCLUDED_KIND = "excluded_kind"
    PAPER_BY_LAW = "paper_by_law"
    BY_AGENT = "by_agent"
    ABOUT_ANOTHER = "about_another"


@dataclass(frozen=True, slots=True)
class CommitmentText:
    """What an applicant is told and commits to, in Chinese; no person stands in it.

    Equal rows give equal texts, so `digest` is the version of the text.
    """

    title: str
    about: tuple[tuple[str, str], ...]
    proves: tuple[str, ...]
    duties: tuple[str, ...]
    promises: tuple[str, ...]
    liabilities: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Heading and sentences of every part, in the order of the page."""
        return (
            ("一、证明事项", self.proves),
            ("二、告知内容", self.duties),
            ("三、承诺内容", self.promises),
            ("四、虚假承诺的责任", self.liabilities),
            ("五、核查方式", self.checks),
        )

    @property
    def plain(self) -> str:
        """The whole text, line by line."""
        lines = [self.title, *(f"{name}：{value}" for name, value in self.about)]
        for heading, sentences in self.sections:
            lines += [heading, *sentences]
        return "\n".join(lines)

    @property
    def digest(self) -> str:
        """SHA-256 of the whole text in UTF-8, in hex."""
        return hashlib.sha256(self.plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CommitmentRecord:
    """Who accepted which text for which case, how and when; the applicant is a pseudonym.

    `id` makes writing it again harmless; `catalogue` and `row` say by which row it was offered.
    """

    id: str
    at: datetime
    api_key: str
    unit: str
    operator: str
    item: str
    case: str = field(repr=False)
    applicant: str
    certificate: str
    catalogue: int
    row: int
    digest: str
    manner: Manner

    @property
    def matter(self) -> tuple[str, ...]:
        """What was accepted, whoever of the unit wrote it down."""
        where = (self.unit, self.item, self.case, self.certificate)
        return (*where, self.applicant, self.digest, self.manner)


@dataclass(frozen=True, slots=True)
class Offered:
    """The text in force, by a row of an edition of the catalogue."""

    text: CommitmentText
    catalogue: int
    row: int


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Why there is no commitment here, and what to do; `denial` is the rule of admission."""

    rule: CommitmentRule
    article: str
    remedy: str
    denial: DenialRule | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acceptance on record; `repeated` where it was on record already."""

    record: CommitmentRecord
    repeated: bool


@dataclass(frozen=True, slots=True)
class TextChanged:
    """The digest is not that of the text in force: the applicant read another text."""

    offered: Offered


@dataclass(frozen=True, slots=True)
class KeyTaken:
    """The key has named another acceptance already."""


Offer = Offered | NotOffered
Acceptance = Accepted | TextChanged | KeyTaken | NotOffered
