"""Documents by their kind and id."""

from collections import defaultdict
from datetime import datetime
from typing import Any, TypeVar

from models.base import StoredDocument

D = TypeVar("D", bound=StoredDocument)


class Documents:
    """``anchor`` is what the demo takes for now. Children of a kind (those of Record) count as the kind."""

    def __init__(self, anchor: datetime, everything: list[StoredDocument]) -> None:
        self.anchor = anchor
        self.everything = everything
        self._by_kind: dict[type[StoredDocument], list[Any]] = defaultdict(list)
        for document in everything:
            for kind in type(document).__mro__:
                self._by_kind[kind].append(document)

    def of(self, kind: type[D]) -> list[D]:
        return self._by_kind[kind]

    def by_id(self, kind: type[D]) -> dict[str, D]:
        return {document.id: document for document in self.of(kind)}
