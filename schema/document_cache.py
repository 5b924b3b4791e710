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

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from graphql import GraphQLError, OperationDefinitionNode, parse, specified_rules
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
from schema.known_documents import DocumentCache, KnownDocument, OperationPlans, Rules
from schema.limits import LARGEST_FIGURE, OperationLimits, limit_exceeded, measure, refusals, text_refusal
from schema.operation_cost_compiler import compile_cost
from schema.operation_document import operation_document
from schema.reading import Readings


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

    def check(self, schema: Schema, text: str) -> list[GraphQLError]:
        """Why no operation of a document may ever run, whoever asks; empty when each of them may. It is known from now on."""
        if self._schema is None:
            self._bind(schema)
        try:
            document = parse(text, **self.parse_options)
            known = KnownDocument(text, document)
            found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
            if not found:
                return [_unresolved("The document has no operation.")]
            for node in found:
                name = node.name.value if node.name else None
                errors = self._learn(schema, known, name, specified_rules)
                if not errors:
                    errors = self._always_too_dear(known.operations[name])
                if errors:
                    return errors
        except RecursionError:
            return [_too_deep()]
        except GraphQLError as error:
            return [text_refusal(error, text, self.limits) or error]
        self.cache.keep(known)
        return []

    def _always_too_dear(self, plans: OperationPlans) -> list[GraphQLError]:
        """Whatever the variables: where they matter, the request is refused or not."""
        cost = plans.cost.operation.known.once
        return [] if plans.cost.operation.terms or cost <= self.limits.max_cost else [self._too_dear(cost)]

    def _too_dear(self, cost: int) -> GraphQLError:
        return limit_exceeded("cost", self.limits.max_cost, cost, "objects in the answer")

    def decide(self, context: ExecutionContext, known: KnownDocument) -> list[GraphQLError]:
        """Why the operation may not run; empty when it may. Writes `context.context.estimated_cost`."""
        try:
            return self._decide(context, known)
        except RecursionError:  # parsed where the stack was lower
            return [_too_deep()]

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
        always_asked = _asked(selection, None) if selection.fixed is not None else None
        known.operations[name] = OperationPlans(
            operation_type,
            compile_cost(core, self.limits, document),
            compile_authorization(core, self._rights, document),
            selection,
            always_asked,
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
            context.asked = plans.asked or _asked(plans.selection, variables)
            context.access.reading = None if plans.reading is None else plans.reading(variables)
        if cost > self.limits.max_cost:
            return [self._too_dear(cost)]
        return plans.authorization.refusals(caller, variables)


def _asked(selection: Selection, variables: dict[str, Any] | None) -> Asked:
    return Asked(selection.action, is_change=selection.is_change, coordinates=partial(selection.coordinates, variables))


def _too_deep() -> GraphQLError:
    return GraphQLError("The operation is nested too deeply.", extensions={"code": "LIMIT_EXCEEDED"})


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
