"""The sharing gateway's outer code, which comes with HTTP 200 even for errors."""

from connectors.contract import Garbled, QuotaSpent, Refused
from connectors.decoding import Json
from connectors.envelopes import Gap, at, code_text, shown
from connectors.http import Reply

OK = "00"
QUOTA = "18"
STALE = frozenset({"11", "14"})  # the request secret has ended, or another client renewed it
SIGN_REFUSED = STALE | {"03"}


def coded(reply: Reply) -> tuple[str, Json]:
    """The outer code and the whole document; `Refused` where the status already is an error."""
    if reply.status != 200:
        raise Refused(f"HTTP status {reply.status}; check `endpoint` and `path`")
    document = reply.document()
    found = at(document, "code")
    if isinstance(found, Gap):
        raise Garbled("the gateway's code is missing; check that `endpoint` is a sharing gateway")
    return code_text(found), document


def require_ok(code: str) -> None:
    """Pass for 00; any other code is a failure of the source, never an absence."""
    if code == QUOTA:
        raise QuotaSpent("code 18: the quota is used up; ask the platform to raise it")
    if code != OK:
        raise Refused(f"code {shown(code)}; look it up in the gateway's code table")
