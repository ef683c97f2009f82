"""The words of the hub: subjects, purposes, lookups, attempts and outcomes.

None of them is ever part of a circle, so that garbage collection need not look at them.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import fields

from connectors.contract import ProofKind, Value


def _shown(word: Struct, hidden: str) -> str:
    """A word as its repr shows it, without the field that would tell of a person."""
    names = [each.name for each in fields(word) if each.name != hidden]
    given = ", ".join(f"{name}={getattr(word, name)!r}" for name in names)
    return f"{type(word).__name__}({given})"


class HolderKind(StrEnum):
    """Whom a certificate is about."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Tier(StrEnum):
    """Priority of a source, best first (Article 13)."""

    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    SUPPLEMENTARY = "supplementary"


def masked(identifier: str) -> str:
    """The identifier with all but its ends left out: `3302…6712`."""
    return f"{identifier[:4]}…{identifier[-4:]}"


class Subject(Struct, frozen=True, gc=False):
    """A person (GB 11643 resident id) or an organisation (GB 32100 credit code)."""

    kind: HolderKind
    identifier: str
    name: str | None = None

    def __repr__(self) -> str:
        return f"Subject({masked(self.identifier)})"


class Role(StrEnum):
    """What a person of a unit may do in assisted verification (Article 17)."""

    OPERATOR = "operator"  # 操作人员: looks up, asks, answers questions, confirms, objects
    VERIFIER = "verifier"  # 核查人员: verifies and makes the answer
    SEAL_KEEPER = "seal_keeper"  # 印章管理人员: checks it, seals it, sends it
    COORDINATOR = "coordinator"  # 管理责任人员: reassigns, forwards, explains
    SUPERVISOR = "supervisor"  # 监督检查人员: urges


class Requester(Struct, frozen=True):
    """Who asks: the unit whose key it is, the operators (操作人员) it may name, and all its people."""

    key: str
    unit: str
    operators: frozenset[str]
    people: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return _shown(self, "people")

    def may(self, person: str, *roles: Role) -> bool:
        """Whether the person is one of the key's own and has one of the roles."""
        return not self.people.get(person, frozenset()).isdisjoint(roles)


class Purpose(Struct, frozen=True, gc=False):
    """What the certificate is for: item (事项), case (办件), operator; other use is misuse (Article 17)."""

    item: str
    case: str
    operator: str = ""
    applicant: Subject | None = None
    acting_for: Subject | None = None

    def __repr__(self) -> str:
        return _shown(self, "case")


class Terms(Struct, frozen=True, gc=False):
    """What a caller asks of the answer: seconds it may take, and how old it may be.

    `within`: `None` for what is usual; `max_age`: 0 for none that is used again, `None` for what the
    certificate type allows.
    """

    within: float | None = None
    max_age: float | None = None


class Lookup(Struct, frozen=True, gc=False):
    """One certificate of one subject for one purpose, and the fields its caller selected.

    `selected` is `None` where every granted field is wanted.
    """

    type: str
    subject: Subject
    purpose: Purpose
    selected: frozenset[str] | None = None
    terms: Terms = Terms()


class Said(StrEnum):
    """What one source said, or why it said nothing."""

    HELD = "held"
    NOT_HELD = "not_held"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    QUOTA_SPENT = "quota_spent"
    GARBLED = "garbled"
    INCOMPLETE = "incomplete"
    RESTING = "resting"


ANSWERED = frozenset({Said.HELD, Said.NOT_HELD})
"""The two ways of answering; all others are silence, and silence is not absence."""


class Attempt(Struct, frozen=True, gc=False):
    """One source tried: what it said, why, and how long it took in milliseconds.

    `again_in`: seconds after which asking it again makes sense; none where it makes none.
    """

    source: str
    tier: Tier
    said: Said
    took_ms: float
    reason: str | None = None
    reused: bool = False  # an equal lookup had already asked, in this request or before
    coalesced: bool = False  # an equal question of another caller was already on its way
    again_in: float | None = None


class Holding(Struct, frozen=True, gc=False):
    """A certificate as one source holds it, before the catalogue decides who sees which field."""

    source: str
    tier: Tier
    values: Mapping[str, Value | None]
    proof: ProofKind | None = None  # the source can extract a sealed proof of it
    as_of: datetime | None = None  # when the source said so

    def __repr__(self) -> str:
        return _shown(self, "values")


class Step(StrEnum):
    """What can be done where no source holds the certificate."""

    VERIFICATION = "verification"  # ask the issuer to verify by hand (Article 14)
    COMMITMENT = "commitment"  # the applicant commits in writing (Article 10)
    PRESENT_IN_PERSON = "present_in_person"  # face or app e-licence at the counter (Article 12)
    BRING = "bring"  # nothing else is left: the applicant brings it


class DenialRule(StrEnum):
    """Why a lookup may not be answered."""

    UNKNOWN_OPERATOR = "unknown_operator"
    ITEM_NOT_IN_CATALOGUE = "item_not_in_catalogue"
    ITEM_OF_ANOTHER_UNIT = "item_of_another_unit"
    CERTIFICATE_NOT_IN_CATALOGUE = "certificate_not_in_catalogue"
    OUT_OF_SCOPE = "out_of_scope"
    WRONG_HOLDER_KIND = "wrong_holder_kind"
    NOT_BY_LOOKUP = "not_by_lookup"


class Found(Struct, frozen=True, gc=False):
    """A source holds it; `values` are only what the row grants and the caller selected."""

    type: str
    holding: Holding
    disclosed: Mapping[str, Value | None]
    withheld: frozenset[str]
    trail: tuple[Attempt, ...]
    as_of: datetime
    issuer: str
    legal_force_exception: str | None
    record: str

    def __repr__(self) -> str:
        return _shown(self, "disclosed")


class NotHeld(Struct, frozen=True, gc=False):
    """Every source on the route answered, and none holds it."""

    type: str
    trail: tuple[Attempt, ...]
    next: tuple[Step, ...]
    record: str


class Unavailable(Struct, frozen=True, gc=False):
    """None found it and at least one source was silent: it may exist."""

    type: str
    trail: tuple[Attempt, ...]
    silent: tuple[str, ...]
    next: tuple[Step, ...]
    record: str
    retry_after: float | None = None


class Denied(Struct, frozen=True, gc=False):
    """The lookup may not be answered: which rule, which article, and what to do about it."""

    type: str
    rule: DenialRule
    article: str
    remedy: str
    record: str


Outcome = Found | NotHeld | Unavailable | Denied
