"""Documents that were worked out before, with what holds for every request that sends them."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import ASTValidationRule, DocumentNode, OperationDefinitionNode
from strawberry.types.graphql import OperationType

from resolvers.audit.asked import Asked
from schema.audit.selection import Selection
from schema.authorization_plan import AuthorizationPlan
from schema.operation_cost import CostPlan
from schema.prepared_executors import PreparedExecutor
from schema.reading import ReadingOf

Rules = tuple[type[ASTValidationRule], ...]


@dataclass(frozen=True, slots=True)
class OperationPlans:
    type: OperationType
    cost: CostPlan
    authorization: AuthorizationPlan
    selection: Selection
    asked: Asked | None
    """For the audit trail, where it is the same with all variables."""
    reading: ReadingOf | None
    """None for what may change something: it reads whole documents."""


@dataclass(slots=True)
class KnownDocument:
    """A parsed document, with what was worked out about its operations.

    `text` is None for a document that did not come out of it (another extension's), which is not kept. `passed` are the
    validation rules that found no fault.
    """

    text: str | None
    document: DocumentNode
    passed: Rules | None = None
    operations: dict[str | None, OperationPlans] = field(default_factory=dict)
    prepared: dict[str | None, PreparedExecutor[Any]] = field(default_factory=dict)
    digest: str | None = None
    ambiguous: bool = field(init=False)
    only_name: str | None = field(init=False)
    """That of the operation, where there is one and it has a name."""

    def __post_init__(self) -> None:
        found = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        self.ambiguous = len(found) > 1
        self.only_name = found[0].name.value if len(found) == 1 and found[0].name else None


class DocumentCache:
    """Valid documents by their text; the one used longest ago goes first.

    Bounded by number and by characters in all: a parsed document takes 50 to 170 bytes a character. Long documents are
    not kept, so that none pushes out many.
    """

    def __init__(self, max_documents: int = 1000, max_characters: int = 400_000, max_document_characters: int = 20_000) -> None:
        self._max_documents = max_documents
        self._max_characters = max_characters
        self._max_document_characters = max_document_characters
        self._documents: OrderedDict[str, KnownDocument] = OrderedDict()
        self._named: dict[str, str] = {}
        self.characters = 0

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, text: str) -> KnownDocument | None:
        known = self._documents.get(text)
        if known is not None:
            self._documents.move_to_end(text)
        return known

    def keep(self, known: KnownDocument) -> None:
        text = known.text
        if text is None or len(text) > self._max_document_characters or text in self._documents:
            return
        self._documents[text] = known
        self.characters += len(text)
        while len(self._documents) > self._max_documents or self.characters > self._max_characters:
            oldest, forgotten = self._documents.popitem(last=False)
            self.characters -= len(oldest)
            if forgotten.digest is not None:
                del self._named[forgotten.digest]

    def name(self, digest: str, text: str) -> None:
        """From now on a document that is kept can be asked for by ``digest``, the SHA-256 of its text, as long as it is."""
        known = self._documents.get(text)
        if known is not None:
            known.digest = digest
            self._named[digest] = text

    def named(self, digest: str) -> str | None:
        return self._named.get(digest)
