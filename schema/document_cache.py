"""Everything that is decided about an operation before it runs, remembered per document.

In this order, the cheap and linear before the dear: characters and tokens, the parser, depth, aliases and root fields,
validation, cost, authorization. A document that is known costs a look-up, the arithmetic of its variables and a few set
operations.

    pipeline = Pipeline(OperationLimits(...))                                  # once per schema: cache and limits
    strawberry.Schema(..., extensions=[lambda: DocumentPipeline(pipeline)])    # one extension per operation

The extension works for `Schema.execute`, `execute_sync`, `subscribe` and `stream` (websockets, too): its hooks run in all of
them before anything is resolved. What it refuses takes Strawberry's own way for errors before execution
(`PreExecutionError`). Hooks never raise: `stream` would pass that on to the transport instead of the caller.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from graphql import ASTValidationRule, DocumentNode, GraphQLError, OperationDefinitionNode, specified_rules
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import Schema, validate_document
from strawberry.types.execution import ExecutionContext, ParseOptions
from strawberry.types.graphql import OperationType

from resolvers.audit.asked import Asked
from resolvers.context import RequestContext
from resolvers.principal import ANONYMOUS
from schema.audit.selection import Selection
from schema.authorization import Rights, core_schema
from schema.authorization_compiler import compile_authorization
from schema.authorization_plan import AuthorizationPlan
from schema.limits import LARGEST_FIGURE, OperationLimits, limit_exceeded, measure, refusals, text_refusal
from schema.operation_cost import CostPlan
from schema.operation_cost_compiler import compile_cost
from schema.operation_document import operation_document
from schema.reading import ReadingOf, Readings

Rules = tuple[type[ASTValidationRule], ...]


@dataclass(frozen=True, slots=True)
class OperationPlans:
    type: OperationType
    cost: CostPlan
    authorization: AuthorizationPlan
    selection: Selection
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
            oldest, _ = self._documents.popitem(last=False)
            self.characters -= len(oldest)


class Pipeline:
    """Shared by all operations of one schema, which is bound at the first of them. Holds nothing of any request."""

    def __init__(self, limits: OperationLimits, cache: DocumentCache | None = None) -> None:
        self.limits = limits
        self.cache = DocumentCache() if cache is None else cache
        self.parse_options: dict[str, Any] = {
            "max_tokens": limits.max_tokens,
            "max_source_length": limits.max_characters,
        }
        self._schema: Schema | None = None
        self._rights: Rights
        self._readings: Readings

    def _bind(self, schema: Schema) -> None:
        if self._schema is not None:
            raise RuntimeError("A Pipeline belongs to one schema: make one for each")
        self._schema = schema
        self._rights = Rights(core_schema(schema))
        self._readings = Readings(core_schema(schema))

    def decide(self, context: ExecutionContext, known: KnownDocument) -> list[GraphQLError]:
        """Why the operation may not run; empty when it may. Writes `context.context.estimated_cost`."""
        try:
            return self._decide(context, known)
        except RecursionError:  # parsed where the stack was lower
            return [GraphQLError("The operation is nested too deeply.", extensions={"code": "LIMIT_EXCEEDED"})]

    def _decide(self, context: ExecutionContext, known: KnownDocument) -> list[GraphQLError]:
        if context.schema is not self._schema:
            self._bind(context.schema)
        if known.ambiguous and context._provided_operation_name is None:  # noqa: SLF001  # Strawberry would run the first
            return [_unresolved("The document has several operations: say in operationName which one to run.")]
        name = context.operation_name
        plans = known.operations.get(name)
        rules = context.validation_rules or specified_rules
        if plans is None or known.passed != rules:
            errors = self._learn(context.schema, known, name, rules)
            if errors:
                return errors
            plans = known.operations[name]
            self.cache.keep(known)
        return self.admit(context.context, context.variables, plans)

    def _learn(self, schema: Schema, known: KnownDocument, name: str | None, rules: Rules) -> list[GraphQLError]:
        """What holds for every request with this document."""
        document = operation_document(known.document, name)
        if document is None:
            return [_unresolved("There is no such operation in the document.")]
        errors = refusals(measure(document), self.limits)
        core = core_schema(schema)
        if not errors and known.passed != rules:
            errors = validate_document(core, known.document, rules)
        if errors:
            return errors
        known.passed = rules
        operation_type = OperationType(document.operation.operation.value)
        selection = Selection(core, document)
        known.operations[name] = OperationPlans(
            operation_type,
            compile_cost(core, self.limits, document),
            compile_authorization(core, self._rights, document),
            selection,
            self._readings.of_selection(selection) if operation_type is OperationType.QUERY else None,
        )
        return []

    def admit(
        self, context: RequestContext | None, variables: dict[str, Any] | None, plans: OperationPlans
    ) -> list[GraphQLError]:
        """What depends on the caller and on the variables: empty when the operation may run. Writes what it is to `context`."""
        cost = plans.cost.estimate(variables)
        caller = ANONYMOUS
        if context is not None:
            context.estimated_cost = min(cost, LARGEST_FIGURE)
            context.recheck = partial(plans.authorization.refusals, variables=variables)
            caller = context.principal
            selection = plans.selection
            coordinates = partial(selection.coordinates, variables)
            context.asked = Asked(selection.action, is_change=selection.is_change, coordinates=coordinates)
            context.access.reading = None if plans.reading is None else plans.reading(variables)
        if cost > self.limits.max_cost:
            return [limit_exceeded("cost", self.limits.max_cost, cost, "objects in the answer")]
        return plans.authorization.refusals(caller, variables)


def _unresolved(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILED"})


class DocumentPipeline(SchemaExtension):
    """Made for each operation; hands it through the shared `Pipeline`."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._known: KnownDocument | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        text = context.query or ""
        self._known = None if context.graphql_document is not None else self._pipeline.cache.get(text)
        if self._known is not None:
            context.graphql_document = self._known.document
        unparsed = context.graphql_document is None
        context.parse_options = cast("ParseOptions", self._pipeline.parse_options)
        yield
        if unparsed and context.graphql_document is not None:
            self._known = KnownDocument(text, context.graphql_document)
        for error in context.pre_execution_errors or ():
            self._name_limit(error)

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        known = self._known
        if known is None and context.graphql_document is not None:
            known = KnownDocument(None, context.graphql_document)
        if known is not None:
            # a list, also an empty one, keeps Strawberry from validating again
            context.pre_execution_errors = self._pipeline.decide(context, known)
        yield

    def _name_limit(self, error: GraphQLError) -> None:
        """Strawberry already answers with this very error of the parser: only its words and code can still change."""
        refusal = text_refusal(error, self.execution_context.query or "", self._pipeline.limits)
        if refusal is not None:
            error.message = refusal.message
            error.extensions = refusal.extensions
