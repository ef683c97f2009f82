"""Documents that callers name by their SHA-256: registered ones, and those that a caller sent before."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from graphql import GraphQLError

from resolvers.documents.documents import Documents
from resolvers.documents.memory import Memory
from resolvers.errors import CallerError, Code

NOTHING: Mapping[str, str] = MappingProxyType({})
TO_BE_SENT = (Code.PERSISTED_QUERY_NOT_FOUND, Code.PERSISTED_QUERY_NOT_SUPPORTED)
log = structlog.get_logger("certhub.documents")


@dataclass(frozen=True, slots=True)
class Named:
    """The extension `persistedQuery` of a request, as the clients of Apollo send it."""

    version: object
    hash: str


def none_registered() -> Mapping[str, str]:
    """No document is."""
    return NOTHING


class Trusted:
    """Finds the text that a request names; where only registered ones may run, refuses all others.

    `registered` are the texts by their hash, asked each time, so that later ones are taken in.
    """

    def __init__(
        self,
        documents: Documents,
        registered: Callable[[], Mapping[str, str]] = none_registered,
        strict: bool = False,
    ) -> None:
        self.strict = strict
        self._documents = documents
        self._registered = registered
        self._taken_in: Mapping[str, str] = NOTHING
        self._texts: frozenset[str] = frozenset()
        self._sent: Memory[str] = Memory()
        self._take_in_later_ones()

    def text(self, query: str | None, named: Named | None) -> str | GraphQLError:
        """The text of a document that was sent, named, or both; or why it may not run."""
        self._take_in_later_ones()
        if named is not None and named.version != 1:
            return _error(
                Code.PERSISTED_QUERY_NOT_SUPPORTED,
                "PersistedQueryNotSupported",
                "Only version 1 of `persistedQuery` is known here; send the whole `query`.",
            )
        if query is not None and named is not None and _hash(query) != named.hash.lower():
            return _error(
                Code.BAD_REQUEST,
                "`sha256Hash` is not the SHA-256 of `query`.",
                "Send the SHA-256 of the query's UTF-8 text, in hex.",
            )
        if self.strict:
            return self._registered_text(query, named)
        return self._any_text(query, named)

    def _any_text(self, query: str | None, named: Named | None) -> str | GraphQLError:
        if named is None:
            return query or ""
        name = named.hash.lower()
        if query is not None:
            # What may hold an identifier runs as ever, and is not known the next time.
            if self._documents.may_keep(query):
                self._sent.put(name, len(query), query)
            return query
        return (
            self._taken_in.get(name)
            or self._sent.get(name)
            or _error(
                Code.PERSISTED_QUERY_NOT_FOUND,
                "PersistedQueryNotFound",
                "Send the whole `query` once more, with its hash. One with values written into it is "
                "not kept: pass them as variables.",
            )
        )

    def _registered_text(self, query: str | None, named: Named | None) -> str | GraphQLError:
        if query is None:
            text = None if named is None else self._taken_in.get(named.hash.lower())
        else:
            text = next((one for one in (query, query.strip()) if one in self._texts), None)
        return text or _error(
            Code.DOCUMENT_NOT_REGISTERED,
            "Only registered documents run here, and this is none of them.",
            "The operator of the hub registers it: certhub documents add FILE, then certhub reload.",
        )

    def _take_in_later_ones(self) -> None:
        registered = self._registered()
        if registered is self._taken_in:
            return
        self._taken_in, self._texts = registered, frozenset(registered.values())
        wrong = self._documents.register(registered.values())
        if registered:
            log.info("registered documents", number=len(registered), wrong=wrong)


def status_of(refusal: GraphQLError) -> int:
    """The status of a refusal: clients that are to send the whole text look only into a 200."""
    trouble = refusal.original_error
    return 200 if isinstance(trouble, CallerError) and trouble.code in TO_BE_SENT else 400


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _error(code: Code, message: str, hint: str) -> GraphQLError:
    return GraphQLError(message, original_error=CallerError(code, message, hint))
