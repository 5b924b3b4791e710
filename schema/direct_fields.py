"""Resolvers are called at once.

Strawberry wraps each resolver in functions that convert arguments and run the extensions of its field, and graphql-core finds out
for each execution what the field is. Where a field has no extensions, what is left of all that is one call:
``resolver(source, info=info, **arguments)``. Which fields these are, and how their arguments are converted
(``schema.argument_conversion``), is found out once per document (``schema.selection_plans``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    Executor,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    get_argument_values,
    get_nullable_type,
)
from strawberry import Info
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import get_strawberry_type_cast
from strawberry.types.field import StrawberryField

from schema.argument_conversion import Arguments, Conversions
from schema.column import is_strange

_WRAPPERS = frozenset({f"GraphQLCoreConverter.from_resolver.<locals>.{name}" for name in ("_resolver", "_async_resolver")})
"""What Strawberry puts around resolvers. Who has put something else there wants it to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectField:
    """``takes_source``, ``info_name`` and ``arguments`` are what the resolver takes (None: no arguments); ``origin`` is the class
    of the objects that it gives, where graphql-core would have nothing to ask them."""

    field: GraphQLField
    return_type: GraphQLOutputType
    name: str
    nodes: list[FieldNode]
    definition: StrawberryField
    resolver: Callable[..., Any]
    takes_source: bool
    info_name: str | None
    arguments: Arguments | None
    nullable: Any
    origin: type | None

    def resolved(self, source: Any, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        given = (source,) if self.takes_source else ()
        if self.info_name is None:
            return self.resolver(*given, **arguments)
        return self.resolver(*given, **{self.info_name: Info(info, self.definition)}, **arguments)


class DirectFields:
    """Of one document. ``details`` are known by their identity, and kept so that it stays theirs."""

    def __init__(self, schema: GraphQLSchema) -> None:
        ours = getattr(schema, "_strawberry_schema", None)
        # Those who handle exceptions or have an info of their own are served by Strawberry.
        if ours is None or ours.exception_handlers or ours.config.info_class is not Info:
            self._conversions = None
        else:
            self._conversions = Conversions(ours.config, ours.schema_converter.scalar_registry)
        self._known: dict[int, tuple[Any, DirectField | None]] = {}

    def field(self, parent: GraphQLObjectType, details: Any) -> DirectField | None:
        key = id(details)
        try:
            return self._known[key][1]
        except KeyError:
            made = None if self._conversions is None else _direct(parent, details, self._conversions)
            self._known[key] = details, made
            return made


def _direct(parent: GraphQLObjectType, details: Any, conversions: Conversions) -> DirectField | None:
    node = details[0].node
    field = parent.fields.get(node.name.value)
    definition = None if field is None else _without_extensions(field)
    # A fragment's own variables: its arguments depend on more than the operation.
    if field is None or definition is None or details[0].fragment_variable_values is not None:
        return None
    resolver = definition.base_resolver
    call = None if resolver is None else cast("Any", resolver.wrapped_func)
    has_arguments = bool(field.args or node.arguments)
    arguments = conversions.of_arguments(definition.arguments) if has_arguments else None
    if resolver is None or not callable(call) or (arguments is None and has_arguments):
        return None
    itself, info = resolver.self_parameter, resolver.info_parameter
    if len(resolver.signature.parameters) != (itself is not None) + (info is not None) + len(definition.arguments):
        return None
    nullable = get_nullable_type(field.type)
    return DirectField(
        field=field,
        return_type=field.type,
        name=node.name.value,
        nodes=[each.node for each in details],
        definition=definition,
        resolver=call,
        takes_source=itself is not None,
        info_name=None if info is None else info.name,
        arguments=arguments,
        nullable=nullable,
        origin=_origin(nullable),
    )


def _without_extensions(field: GraphQLField) -> StrawberryField | None:
    """Strawberry's own of a field, if nothing but its resolver stands between it and its value."""
    definition = field.extensions.get("strawberry-definition")
    if getattr(field.resolve, "__qualname__", None) not in _WRAPPERS or not isinstance(definition, StrawberryField):
        return None
    is_plain = not definition.extensions and type(definition).get_result is StrawberryField.get_result
    return definition if is_plain else None


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
        try:
            given = {} if direct.arguments is None else self._arguments(direct, direct.arguments)
        except Exception:  # noqa: BLE001  # whatever it was, graphql-core meets it again
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
            result = direct.resolved(source, info, given)
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

    def _arguments(self, direct: DirectField, convert: Arguments) -> dict[str, Any]:
        return convert(get_argument_values(direct.field, direct.nodes[0], self.variable_values, None, self.hide_suggestions))

    async def _completed_later(self, completed: Any, type_: GraphQLOutputType, field_details_list: Any, path: Any) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001  # as above
            self.handle_field_error(error, type_, field_details_list, path)
            return None
