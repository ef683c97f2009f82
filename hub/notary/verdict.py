"""What was found when a proof was checked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.notary.words import Endorsement


class Check(StrEnum):
    """Everything that is looked at, in this order."""

    READABLE = "readable"
    CONTENT_INTACT = "content_intact"
    NOTHING_ADDED = "nothing_added"
    SEALING_TIME = "sealing_time"
    SEAL_TRUSTED = "seal_trusted"
    SEAL_IN_DATE = "seal_in_date"
    SEAL_REGISTERED = "seal_registered"
    SEAL_KIND = "seal_kind"
    SEAL_OF_UNIT = "seal_of_unit"
    SEAL_IN_FORCE = "seal_in_force"
    SEAL_PERMITTED = "seal_permitted"
    USE_RECORDED = "use_recorded"
    ENDORSED = "endorsed"
    ENDORSEMENT_INTACT = "endorsement_intact"
    ENDORSEMENT_TRUSTED = "endorsement_trusted"
    ENDORSEMENT_AGREES = "endorsement_agrees"
    NOT_EXPIRED = "not_expired"
    SUBJECT = "subject"
    TWIN = "twin"

    @property
    def title_zh(self) -> str:
        """The check as a clerk calls it."""
        return _TITLES_ZH[self]


_TITLES_ZH = {
    Check.READABLE: "文件可读",
    Check.CONTENT_INTACT: "内容未被篡改",
    Check.NOTHING_ADDED: "无附加修改",
    Check.SEALING_TIME: "用章时间",
    Check.SEAL_TRUSTED: "印章证书可信",
    Check.SEAL_IN_DATE: "印章证书在有效期",
    Check.SEAL_REGISTERED: "印章已备案",
    Check.SEAL_KIND: "印章种类",
    Check.SEAL_OF_UNIT: "印章属制作单位",
    Check.SEAL_IN_FORCE: "印章可用",
    Check.SEAL_PERMITTED: "用章权限",
    Check.USE_RECORDED: "用章记录",
    Check.ENDORSED: "平台背书",
    Check.ENDORSEMENT_INTACT: "背书未被篡改",
    Check.ENDORSEMENT_TRUSTED: "背书证书可信",
    Check.ENDORSEMENT_AGREES: "背书与内容一致",
    Check.NOT_EXPIRED: "证明在有效期",
    Check.SUBJECT: "持有人相符",
    Check.TWIN: "机读副本一致",
}


class Result(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"  # nothing to check it with, or the document is broken before it


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what came of it, in a sentence that says what to do where it failed."""

    name: Check
    result: Result
    message: str

    @property
    def passed(self) -> bool:
        """Whether it was checked and found right."""
        return self.result is Result.PASSED


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of one proof; a proof with a failed one is never delivered.

    `endorsement` is there where it was found to be the platform's own, and to fit the content.
    """

    document_number: str | None
    sealed_at: datetime | None
    checks: tuple[Checked, ...]
    endorsement: Endorsement | None = None

    @property
    def accepted(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.failed

    @property
    def failed(self) -> tuple[Checked, ...]:
        """What was found wrong, the most basic first."""
        return tuple(one for one in self.checks if one.result is Result.FAILED)

    @property
    def not_checked(self) -> frozenset[Check]:
        """What could not be looked at: to deliver, a hub wants this to be what it expects."""
        return frozenset(one.name for one in self.checks if one.result is Result.NOT_CHECKED)
