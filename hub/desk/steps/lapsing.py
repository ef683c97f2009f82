"""What no longer matters: a question nobody has to answer any more."""

from dataclasses import replace
from datetime import datetime

from hub.desk.request import VerificationRequest


def lapsed(request: VerificationRequest, at: datetime) -> VerificationRequest:
    """The request without an open question; the requester's time ends with it."""
    if request.question is None:
        return request
    ended = replace(request.question, ended_at=at)
    return replace(request, clarifications=(*request.clarifications[:-1], ended))
