"""Writes operations for a schema: the smallest valid one for a field, and the detours on which the same field is reached.

For matrices over role x field. Required arguments get a literal of their type that parses; it need not exist.
"""

from collections import deque
from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

LITERALS = {
    "ID": '"x"',
    "String": '"x"',
    "Int": "1",
    "Float": "1.0",
    "Boolean": "true",
    "DateTime": '"2026-01-02T09:00:00Z"',
    "Date": '"2026-01-02"',
    "LocalTime": '"09:00"',
    "TimeZone": '"UTC"',
    "Decimal": '"1.00"',
    "JSON": "{}",
    "Upload": "$file",  # which no literal can be
}


def root_fields(schema: GraphQLSchema) -> Iterator[tuple[GraphQLObjectType, str]]:
    """(Query, "patient"), ... of all three root types."""
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        if root is not None:
            yield from ((root, name) for name in root.fields)


def operation_for(schema: GraphQLSchema, root: GraphQLObjectType, name: str) -> str:
    """The smallest valid operation that selects a root field: only `__typename` below it."""
    return _declared(f"{_keyword(schema, root)} {{ {selection(name, root.fields[name])} }}")


def detours(schema: GraphQLSchema, root: GraphQLObjectType, name: str) -> Iterator[tuple[str, str]]:
    """(which, operation): the same root field by alias, fragments, conditions and beside another operation."""
    yield from ((which, _declared(operation)) for which, operation in _detours(schema, root, name))


def _declared(operation: str) -> str:
    """With its variable, where the operation takes a file."""
    if "$file" not in operation:
        return operation
    keyword, _, rest = operation.partition(" ")
    return f"{keyword} ($file: Upload!, {rest[1:]}" if rest.startswith("(") else f"{keyword} ($file: Upload!) {rest}"


def _detours(schema: GraphQLSchema, root: GraphQLObjectType, name: str) -> Iterator[tuple[str, str]]:
    keyword, picked = _keyword(schema, root), selection(name, root.fields[name])
    yield "plain", f"{keyword} {{ {picked} }}"
    yield "alias", f"{keyword} {{ other: {picked} }}"
    yield "inline fragment", f"{keyword} {{ ... {{ ... on {root.name} {{ {picked} }} }} }}"
    nested = f"fragment A on {root.name} {{ ...B }} fragment B on {root.name} {{ {picked} }}"
    yield "nested fragments", f"{keyword} {{ ...A }} {nested}"
    if keyword != "subscription":  # which may not skip or include its one root field
        yield "included", f"{keyword} ($yes: Boolean! = true) {{ ... @include(if: $yes) {{ {picked} }} }}"
        yield "not skipped", f"{keyword} ($no: Boolean = false) {{ ...A @skip(if: $no) }} {nested}"


def operation_for_field(schema: GraphQLSchema, type_name: str, name: str) -> str | None:
    """The shortest valid query (or mutation) that selects a field of any type; None when nothing leads there."""
    for root in (schema.query_type, schema.mutation_type):
        if root is None:
            continue
        steps = _way(schema, root, type_name)
        if steps is None:
            continue
        target = schema.type_map[type_name]
        text = selection(name, _fields(target)[name])
        for step in reversed(steps):
            text = f"{step} {{ {text} }}"
        return _declared(f"{_keyword(schema, root)} {{ {text} }}")
    return None


def selection(name: str, field: GraphQLField) -> str:
    """`name(required: arguments) { __typename }`."""
    return f"{head(name, field)}{'' if is_leaf_type(get_named_type(field.type)) else ' { __typename }'}"


def head(name: str, field: GraphQLField) -> str:
    """`name(required: arguments)`."""
    given = [f"{key}: {literal(of.type)}" for key, of in field.args.items() if is_required_argument(of)]
    return f"{name}({', '.join(given)})" if given else name


def literal(type_: GraphQLInputType, literals: Mapping[str, str] = LITERALS) -> str:
    """A literal of an input type. Raises KeyError for a scalar that nobody wrote a literal for."""
    if isinstance(type_, GraphQLNonNull):
        return literal(type_.of_type, literals)
    if isinstance(type_, GraphQLList):
        return f"[{literal(type_.of_type, literals)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        fields = {key: of for key, of in type_.fields.items() if is_required_input_field(of)}
        if getattr(type_.extensions.get("strawberry-definition"), "is_one_of", False):
            fields = dict([next(iter(type_.fields.items()))])
        return "{" + ", ".join(f"{key}: {literal(of.type, literals)}" for key, of in fields.items()) + "}"
    return literals[get_named_type(type_).name]


def _keyword(schema: GraphQLSchema, root: GraphQLNamedType) -> str:
    if root is schema.query_type:
        return "query"
    return "mutation" if root is schema.mutation_type else "subscription"


def _fields(type_: GraphQLNamedType) -> Mapping[str, GraphQLField]:
    return getattr(type_, "fields", {})


def _way(schema: GraphQLSchema, root: GraphQLObjectType, goal: str) -> list[str] | None:
    """Breadth first: the heads of the fields and fragments that lead from a root type to a type."""
    queue: deque[tuple[GraphQLNamedType, list[str]]] = deque([(root, [])])
    seen = {root.name}
    while queue:
        type_, steps = queue.popleft()
        if type_.name == goal:
            return steps
        following = [(get_named_type(field.type), head(name, field)) for name, field in _fields(type_).items()]
        if is_abstract_type(type_):
            following += [(member, f"... on {member.name}") for member in schema.get_possible_types(type_)]
        for next_type, step in following:
            if next_type.name not in seen and not is_leaf_type(next_type):
                seen.add(next_type.name)
                queue.append((next_type, [*steps, step]))
    return None
