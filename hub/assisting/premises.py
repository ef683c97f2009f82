"""What assisted verification stands on: words in force, the platform, records, calendar and clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hub.assisting.words import AssistedPlatform, NoVerificationPlatform
from hub.catalogue.rows import Catalogue
from hub.china import date_in_china
from hub.declarations.words import CertificateType
from hub.records import Pseudonyms
from hub.storage.opening_store import SqlIntents
from hub.trail.writer import Trail
from hub.workdays.calendar import WorkingDays


@dataclass(frozen=True, slots=True)
class Premises:
    """What the use cases share; catalogue and platform are those in force when asked for."""

    types: Mapping[str, CertificateType]
    catalogue_in_force: Callable[[], Catalogue]
    declared_platform: Callable[[], AssistedPlatform | None]
    intents: SqlIntents
    trail: Trail
    pseudonyms: Pseudonyms
    calendar: WorkingDays
    clock: Callable[[], datetime]

    @property
    def today(self) -> date:
        """The date in China."""
        return date_in_china(self.clock())

    @property
    def platform(self) -> AssistedPlatform:
        """The verification platform; raises `NoVerificationPlatform` where none is declared."""
        found = self.declared_platform()
        if found is None:
            raise NoVerificationPlatform
        return found
