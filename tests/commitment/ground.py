"""A catalogue of one row, a requester, a lookup, and commitments over any store."""

from datetime import UTC, datetime

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.rows import Catalogue, CatalogueContent, CatalogueRow, Measure
from hub.commitment.commitments import Commitments
from hub.declarations.words import CertificateType
from hub.evidence import HolderKind, Lookup, Purpose, Requester, Subject
from hub.records import Pseudonyms
from hub.storage.commitment_store import SqlCommitments
from tests.catalogue.sample import HOUSING, RENT, VERSION, a_type

CARD = a_type("card", "居民身份证", {"name": "姓名", "number": "公民身份号码"})
ROW = CatalogueRow(
    7,
    HOUSING.code,
    RENT.code,
    "card",
    "公安机关",
    (Measure.SHARING, Measure.VERIFICATION, Measure.COMMITMENT),
    frozenset({"name"}),
    commitment_allowed=True,
)
APPLICANT = Subject(HolderKind.PERSON, "330203199001011233", "张三")
ANOTHER = Subject(HolderKind.PERSON, "330203199202022344", "李四")
REQUESTER = Requester("k1", HOUSING.code, frozenset({"op-1", "op-2"}))
LOOKUP = Lookup("card", APPLICANT, Purpose(RENT.code, "办-1", "op-1"))
SECRET = b"s" * 32
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def catalogue_of(row: CatalogueRow = ROW) -> Catalogue:
    """An edition of this one row."""
    return Catalogue(VERSION, CatalogueContent((HOUSING,), (RENT,), (row,)))


def for_purpose(**changes: object) -> Lookup:
    """The lookup with another purpose."""
    return structs.replace(LOOKUP, purpose=structs.replace(LOOKUP.purpose, **changes))


def commitments(
    engine: AsyncEngine, row: CatalogueRow = ROW, declared: CertificateType = CARD
) -> Commitments:
    """Commitments over a real database, at one moment."""
    return Commitments(
        {declared.name: declared},
        lambda: catalogue_of(row),
        SqlCommitments(engine),
        Pseudonyms(SECRET),
        lambda: NOW,
    )
