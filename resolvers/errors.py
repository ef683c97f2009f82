"""Errors as callers see them: what was wrong and how to mend it, never a person, never our insides."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog
from graphql import GraphQLError

from connectors.contract import ConnectorError
from hub.assisting.feed import ChangesMissed, FeedSilent
from hub.assisting.words import NoRoots, NoVerificationPlatform, WrongAsk
from hub.trail.records import RecordsUnavailable, UnrecordableText

ASK_AGAIN = "Ask again in a few seconds; if it goes on, the operator runs `certhub doctor`."

log = structlog.get_logger("certhub.face")


class Code(StrEnum):
    """Machine-readable kinds of error, in `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_INVALID = "GRAPHQL_INVALID"
    BAD_INPUT = "BAD_INPUT"
    TOO_LARGE = "TOO_LARGE"
    RECORDS_UNAVAILABLE = "RECORDS_UNAVAILABLE"
    KEYS_UNAVAILABLE = "KEYS_UNAVAILABLE"
    PLATFORM_UNAVAILABLE = "PLATFORM_UNAVAILABLE"
    CHANGES_MISSED = "CHANGES_MISSED"
    OVERLOADED = "OVERLOADED"
    RATE_LIMITED = "RATE_LIMITED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    DOCUMENT_NOT_REGISTERED = "DOCUMENT_NOT_REGISTERED"
    INTERNAL = "INTERNAL"


class CallerError(Exception):
    """The caller can mend this: `hint` says how."""

    def __init__(self, code: Code, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Presented:
    """One error of a GraphQL answer."""

    message: str
    code: Code
    hint: str | None = None
    retryable: bool = False
    incident: str | None = None


QUOTED = (
    (re.compile(r"\b([Ff]ound): .*", re.DOTALL), r"\1: (withheld)."),
    (re.compile(r"(cannot represent [\w -]*): .*", re.DOTALL), r"\1: (withheld)."),
    (re.compile(r"Value '.*' does not exist in", re.DOTALL), "This value does not exist in"),
    (re.compile(r"unknown field '(?![A-Za-z_]\w{0,40}')[^\n]*?'", re.ASCII), "an unknown field"),
    (re.compile(r"((?:Block)?String) ['\"].*", re.DOTALL), r"\1 (withheld)"),
    (re.compile(r"\d{6,}[0-9*]*[0-9Xx*]|[0-9A-HJ-NP-RTUW-Y]{18}"), "(withheld)"),
)
"""Where graphql-core quotes what it was given, and identifiers wherever they stand."""


def without_values(message: str) -> str:
    """The message without what the caller gave: it may hold a person's identifier or name."""
    for quoted, replacement in QUOTED:
        message = quoted.sub(replacement, message)
    return message


def presented(error: GraphQLError) -> Presented:
    """What the caller is told of an error; a bug is logged and gets an incident number."""
    match error.original_error:
        case CallerError() as caller:
            later = caller.code is Code.RATE_LIMITED
            return Presented(str(caller), caller.code, caller.hint, retryable=later)
        case RecordsUnavailable():
            return Presented(
                "The records can't be written at the moment, so nothing was handed over.",
                Code.RECORDS_UNAVAILABLE,
                ASK_AGAIN,
                retryable=True,
            )
        case UnrecordableText() | WrongAsk() as wrong:
            return _wrong(wrong)
        case (
            ConnectorError() | FeedSilent() | ChangesMissed() | NoVerificationPlatform() as trouble
        ):
            return _of_the_platform(trouble)
        case None | GraphQLError():
            return Presented(without_values(error.message), Code.GRAPHQL_INVALID)
        case bug:
            return _incident(bug)


def _wrong(trouble: UnrecordableText | WrongAsk) -> Presented:
    hint = trouble.hint if isinstance(trouble, WrongAsk) else "Send plain text in this argument."
    return Presented(str(trouble), Code.BAD_INPUT, hint)


def _of_the_platform(
    trouble: ConnectorError | FeedSilent | ChangesMissed | NoVerificationPlatform | NoRoots,
) -> Presented:
    if isinstance(trouble, NoRoots):
        return Presented(
            "Proofs can't be checked here: the hub has no root certificates (根证书).",
            Code.PLATFORM_UNAVAILABLE,
            "The operator of the hub puts them into <data>/notary/roots or sets "
            "CERTHUB_NOTARY_ROOTS.",
        )
    if isinstance(trouble, NoVerificationPlatform):
        return Presented(
            "No verification platform (电子证明共享核查平台) is declared here.",
            Code.PLATFORM_UNAVAILABLE,
            "The operator of the hub declares one in the dialect `verification`.",
        )
    if isinstance(trouble, ChangesMissed):
        return Presented(
            f"No more changes can be told: {trouble}.",
            Code.CHANGES_MISSED,
            "Subscribe again; the first event tells how things stand.",
            retryable=True,
        )
    return Presented(
        "The verification platform (电子证明共享核查平台) does not answer now.",
        Code.PLATFORM_UNAVAILABLE,
        "Ask again in a few seconds; repeat a mutation under the same `key`, so that it is done "
        "once. If it goes on, the operator runs `certhub doctor`.",
        retryable=True,
    )


def _incident(bug: BaseException) -> Presented:
    incident = secrets.token_hex(6)
    log.error("incident", incident=incident, kind=type(bug).__name__, where=_where(bug))
    return Presented(
        f"Something went wrong here; the incident number is {incident}.",
        Code.INTERNAL,
        "Give the incident number to the operator of the hub, who finds it in the log.",
        incident=incident,
    )


def _where(bug: BaseException) -> list[str]:
    """File, line and function of every frame, and of nested errors: no value of any variable."""
    frames, trace = [], bug.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    if isinstance(bug, BaseExceptionGroup):
        for inner in bug.exceptions:
            frames += [f"{type(inner).__name__}:", *_where(inner)]
    return frames


def formatted(error: GraphQLError) -> dict[str, object]:
    """The error as GraphQL prints it, with code, hint, incident and retryable in `extensions`."""
    shown = presented(error)
    extensions: dict[str, object] = {"code": shown.code.value, "retryable": shown.retryable}
    if shown.hint:
        extensions["hint"] = shown.hint
    if shown.incident:
        extensions["incident"] = shown.incident
    answer: dict[str, object] = {"message": shown.message, "extensions": extensions}
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path:
        answer["path"] = error.path
    return answer


def plain(code: Code, message: str, hint: str, retryable: bool = False) -> Mapping[str, object]:
    """A GraphQL answer that is nothing but one error."""
    extensions = {"code": code.value, "retryable": retryable, "hint": hint}
    return {"errors": [{"message": message, "extensions": extensions}]}
