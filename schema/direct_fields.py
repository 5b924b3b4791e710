"""Resolvers that take no arguments are called at once.

Strawberry wraps each resolver in functions that convert arguments and run the extensions of its field, and graphql-core finds out
for each execution what the field is. Where a field has neither arguments nor extensions, what is left of all that is one call:
``resolver(source, info=info)``. Which fields these are is found out once per document (``schema.selection_plans``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    Executor,
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    get_nullable_type,
)
from strawberry import Info
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import get_strawberry_type_cast
from strawberry.types.field import StrawberryField

from schema.column import is_strange

_WRAPPERS = frozenset({f"GraphQLCoreConverter.from_resolver.<locals>.{name}" for name in ("_resolver", "_async_resolver")})
"""What Strawberry puts around resolvers. Who has put something else there wants it to run."""


@dataclass(frozen=True, slots=True)
class DirectField:
    """``takes_source`` and ``info_name`` are what the resolver takes; ``origin`` is the class of the objects that it gives, where
    graphql-core would have nothing to ask them."""

    return_type: GraphQLOutputType
    name: str
    nodes: list[FieldNode]
    definition: StrawberryField
    resolver: Callable[..., Any]
    takes_source: bool
    info_name: str | None
    nullable: Any
    origin: type | None

    def resolved(self, source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        given = (source,) if self.takes_source else ()
        if self.info_name is None:
            return self.resolver(*given)
        return self.resolver(*given, **{self.info_name: Info(info, self.definition)})


class DirectFields:
    """Of one document. ``details`` are known by their identity, and kept so that it stays theirs."""

    def __init__(self, schema: GraphQLSchema) -> None:
        ours = getattr(schema, "_strawberry_schema", None)
        # Those who handle exceptions or have an info of their own are served by Strawberry.
        self._none = ours is None or bool(ours.exception_handlers) or ours.config.info_class is not Info
        self._known: dict[int, tuple[Any, DirectField | None]] = {}

    def field(self, parent: GraphQLObjectType, details: Any) -> DirectField | None:
        key = id(details)
        try:
            return self._known[key][1]
        except KeyError:
            made = None if self._none else _direct(parent, details)
            self._known[key] = details, made
            return made


def _direct(parent: GraphQLObjectType, details: Any) -> DirectField | None:
    node = details[0].node
    field = parent.fields.get(node.name.value)
    if field is None or field.args or node.arguments or getattr(field.resolve, "__qualname__", None) not in _WRAPPERS:
        return None
    definition = field.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    resolver = definition.base_resolver
    if resolver is None or type(definition).get_result is not StrawberryField.get_result:
        return None
    call = cast("Any", resolver.wrapped_func)
    if not callable(call):
        return None
    itself, info = resolver.self_parameter, resolver.info_parameter
    if len(resolver.signature.parameters) != (itself is not None) + (info is not None):
        return None
    nodes = [each.node for each in details]
    info_name = None if info is None else info.name
    nullable = get_nullable_type(field.type)
    name, takes_source = node.name.value, itself is not None
    return DirectField(field.type, name, nodes, definition, call, takes_source, info_name, nullable, _origin(nullable))


def _origin(type_: Any) -> type | None:
    """The class of an object type, if its values need not be asked whether they are of the type."""
    definition = type_.extensions.get("strawberry-definition") if isinstance(type_, GraphQLObjectType) else None
    if not isinstance(definition, StrawberryObjectDefinition) or is_strange(definition.origin):
        return None
    return None if definition.is_type_of is not None or definition.concrete_of is not None else definition.origin


class DirectExecutor(Executor[Any]):
    """``_direct`` is set by who knows the document; None leaves every field to Strawberry."""

    _direct: DirectFields | None = None

    def __getattr__(self, name: str) -> Any:
        """``async_helpers`` of a copy (``schema.prepared_executors``) are made when first asked for."""
        if name != "async_helpers":
            raise AttributeError(name=name, obj=self)
        made = self.async_helpers = GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)
        return made

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, position_context: Any
    ) -> Any:
        direct = None if self._direct is None else self._direct.field(parent_type, field_details_list)
        if direct is None:
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        type_ = direct.return_type
        info = GraphQLResolveInfo(
            direct.name,
            direct.nodes,
            type_,
            parent_type,
            path,
            self.schema,
            self.fragment_definitions,
            self.root_value,
            self.operation,
            self.variable_values,
            self.context_value,
            self.is_awaitable,
            self.abort_signal,
            self.async_helpers,
        )
        try:
            result = direct.resolved(source, info)
            if type(result) is direct.origin and get_strawberry_type_cast(result) is None:
                completed = self.collect_and_execute_subfields(
                    direct.nullable, field_details_list, path, result, position_context
                )
            elif self.is_awaitable(result):
                return self.complete_awaitable_value(type_, field_details_list, info, path, result, position_context)
            else:
                completed = self.complete_value(type_, field_details_list, info, path, result, position_context)
        except Exception as error:  # noqa: BLE001  # graphql-core's way
            self.handle_field_error(error, type_, field_details_list, path)
            return None
        if self.is_awaitable(completed):
            return self._completed_later(completed, type_, field_details_list, path)
        return completed

    async def _completed_later(self, completed: Any, type_: GraphQLOutputType, field_details_list: Any, path: Any) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001  # as above
            self.handle_field_error(error, type_, field_details_list, path)
            return None
