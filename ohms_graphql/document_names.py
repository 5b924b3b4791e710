"""Operations that a request names by the hash of their document instead of sending it.

Two ways to say it: ``extensions.persistedQuery`` (Apollo's convention: ``version`` 1 and ``sha256Hash``) and ``documentId`` (the
appendix "Persisted Documents" of GraphQL over HTTP: ``sha256:`` and the hash).
"""

import hashlib
from collections.abc import Mapping
from typing import Protocol

from ohms_graphql.graphql_request import GraphQLRequest, UnreadableRequest
from schema.known_documents import DocumentCache

NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Documents(Protocol):
    """Where the document of a request comes from."""

    def text(self, asked: GraphQLRequest) -> str:
        """Raises UnreadableRequest."""
        ...

    def ran(self, asked: GraphQLRequest) -> None:
        """Called when what was asked has been answered or refused."""
        ...


class AutomaticDocuments:
    """Whatever callers send, and what they have sent lately by its hash.

    Only documents that passed the limits and validation are known, as long as the cache keeps them, in this process. Who names
    another is told so and sends it once more with its text.
    """

    def __init__(self, cache: DocumentCache) -> None:
        self._cache = cache

    def text(self, asked: GraphQLRequest) -> str:
        if asked.digest is None:
            return asked.query
        if not asked.query:
            known = self._cache.named(asked.digest)
            if known is None:
                raise UnreadableRequest("PersistedQueryNotFound", code=NOT_FOUND, known_to_clients=True)
            return known
        check_digest(asked)
        return asked.query

    def ran(self, asked: GraphQLRequest) -> None:
        if asked.digest is not None and asked.query:
            self._cache.name(asked.digest, asked.query)


class TrustedDocuments:
    """Those of a list, and nothing else. ``texts`` by their hash."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def text(self, asked: GraphQLRequest) -> str:
        if asked.query and asked.digest is not None:
            check_digest(asked)
        text = self._texts.get(asked.digest or digest_of(asked.query))
        if text is None:
            raise UnreadableRequest("This server runs only the operations of its list: this is none of them.", code=NOT_IN_LIST)
        return text

    def ran(self, asked: GraphQLRequest) -> None:
        """The list does not change."""


def check_digest(asked: GraphQLRequest) -> None:
    if digest_of(asked.query) != asked.digest:
        raise UnreadableRequest("The hash that the request gives is not the SHA-256 of its query.")
