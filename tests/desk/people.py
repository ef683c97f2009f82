"""The people, units and requests that the tests of the desk share; all of it invented."""

from datetime import date, datetime, timedelta
from functools import reduce

from hub.china import CHINA
from hub.desk.events import (
    Answer,
    Ask,
    Begin,
    Cancel,
    Claim,
    ConfirmReceipt,
    Event,
    Forward,
    Make,
    Seal,
    Send,
)
from hub.desk.findings import Findings, Verified
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.request import VerificationRequest
from hub.desk.words import PLATFORM, Actor, QuestionKind, Rejected, Role, Wanted
from hub.evidence import HolderKind, Purpose, Subject
from hub.workdays.calendar import WorkingDays

HOUSING, CIVIL, ARCHIVES, POLICE = "housing", "civil-affairs", "archives", "police"
ISSUERS = frozenset({CIVIL, ARCHIVES, POLICE})
VERIFIERS = frozenset({"vera", "viktor", "both"})
CALENDAR = WorkingDays()
TEN = datetime(2025, 3, 12, 10, tzinfo=CHINA)  # a Wednesday
MINUTE = timedelta(minutes=1)


def person(unit: str, name: str, *roles: Role) -> Actor:
    """Somebody with roles in a unit."""
    return Actor(unit, name, frozenset(roles))


CLERK = person(HOUSING, "clerk", Role.OPERATOR)
VERA = person(CIVIL, "vera", Role.VERIFIER)
VIKTOR = person(CIVIL, "viktor", Role.VERIFIER)
BOTH = person(CIVIL, "both", Role.VERIFIER, Role.SEAL_KEEPER)
KEEPER = person(CIVIL, "keeper", Role.SEAL_KEEPER)
CHIEF = person(CIVIL, "chief", Role.COORDINATOR)
SUPERVISOR = person("reform-office", "watcher", Role.SUPERVISOR)
ARCHIVIST = person(ARCHIVES, "vera", Role.VERIFIER)  # names differ inside a unit only
ARCHIVE_KEEPER = person(ARCHIVES, "keeper", Role.SEAL_KEEPER)
CAST = (CLERK, VERA, VIKTOR, BOTH, KEEPER, CHIEF, SUPERVISOR, ARCHIVIST, ARCHIVE_KEEPER, PLATFORM)

ANSWERS = Verified({"spouse": "无", "since": date(2020, 5, 20)})


def wanted(immediate: bool = False, promised: date | None = None) -> Wanted:
    """Two fields of somebody's record."""
    subject = Subject(HolderKind.PERSON, "330203199001016712", "测试")
    purpose = Purpose("许可-00757-001", "case-1", "clerk")
    fields = frozenset({"spouse", "since"})
    return Wanted("no_marriage_record", subject, purpose, fields, immediate, promised)


def accepted(outcome: VerificationRequest | Rejected) -> VerificationRequest:
    """The request, which must not have been rejected."""
    assert isinstance(outcome, VerificationRequest), outcome
    return outcome


def rejected(outcome: VerificationRequest | Rejected) -> str:
    """The reason of a rejection, which must say how to go on."""
    assert isinstance(outcome, Rejected), outcome
    assert outcome.remedy.endswith("."), outcome
    return outcome.reason.value


def issued(immediate: bool = False, promised: date | None = None) -> VerificationRequest:
    """A request that was just issued."""
    return accepted(issue("r1", wanted(immediate, promised), CIVIL, CLERK, TEN))


def delivered(immediate: bool = False, promised: date | None = None) -> VerificationRequest:
    """A request that just entered the issuer's system, at ten."""
    request = issued(immediate, promised)
    return accepted(apply(request, arrival(request, CALENDAR, TEN), PLATFORM, TEN))


def after(
    request: VerificationRequest, *steps: tuple[Event, Actor], now: datetime = TEN
) -> VerificationRequest:
    """The request after steps that all are accepted, all at one moment."""

    def step(so_far: VerificationRequest, each: tuple[Event, Actor]) -> VerificationRequest:
        return accepted(apply(so_far, *each, now))

    return reduce(step, steps, request)


CLAIM = (Claim(VERIFIERS), VERA)
BEGIN = (Begin(), VERA)
SEAL = (Seal("seal-1", "sha256:00"), KEEPER)
SEND = (Send(), PLATFORM)
CONFIRM = (ConfirmReceipt(), CLERK)
WHICH = (Ask(QuestionKind.AMBIGUOUS_SUBJECT, "which of the two?"), VERA)
DETAIL = (Ask(QuestionKind.DETAIL, "which year?"), VERA)
REPLY = (Answer("the one born in 1990"), CLERK)
CANCEL = (Cancel("withdrawn"), CLERK)
TO_ARCHIVES = Forward(ARCHIVES, "kept in the archives since 2010", ISSUERS)
LATE = TEN + timedelta(hours=24, milliseconds=1)


def answering(findings: Findings = ANSWERS) -> tuple[tuple[Event, Actor], ...]:
    """The steps from a delivered request to a sent one."""
    return (CLAIM, BEGIN, (Make(findings), VERA), SEAL, SEND)
