"""Deny by default: a schema with a way round `@auth` is not built; and who may select what, as a table."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, Literal

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from models.role import Role
from schema.authorization import Demand, Public, auth, core_schema, declared, directives_of


class Access(Enum):
    PUBLIC = "PUBLIC"


PUBLIC: Final = Access.PUBLIC
"""Stands for `@public` in `requirements`."""


class UnguardedSchemaError(Exception):
    """The schema has fields or types that `@auth` does not decide about; the message names them all."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The schema is not guarded:\n" + "\n".join(f"- {fault}" for fault in self.faults))


def verify_guarded(schema: strawberry.Schema) -> None:
    """Raises UnguardedSchemaError unless every road into the graph says who may take it.

    - Every field of Query, Mutation and Subscription carries `@auth` or `@public`, not both, and there are some.
    - Every type that implements `Node` carries its own `@auth`.
    - A connection or edge asks for no less than the node in it (call `inherit_auth` before).
    - A field of an interface asks for no less than the same field of each type behind it (`Node.id` may).
    - No `@auth` is empty, and none on a field names only roles that its type excludes.
    """
    core = core_schema(schema)
    faults = [
        *_roots(core),
        *(fault for type_ in _composites(core) for fault in _directives(type_)),
        *(fault for type_ in _objects(core) for fault in _node(type_)),
        *(fault for type_ in _objects(core) for fault in _connection(type_)),
        *(fault for type_ in _interfaces(core) for fault in _interface(core, type_)),
    ]
    if faults:
        raise UnguardedSchemaError(faults)


def inherit_auth(schema: strawberry.Schema) -> None:
    """Gives each connection and edge without an `@auth` of its own that of its node, in the SDL too.

    Connections are generic, so a directive cannot stand on their class; and they tell how many there are.
    """
    for type_ in _objects(core_schema(schema)):
        asked = [demand for inner in _told_of(type_) for demand in _optional(declared(inner))]
        if asked and declared(type_) is None:
            roles = frozenset.intersection(*asked)
            definition = type_.extensions["strawberry-definition"]
            definition.directives = [*(definition.directives or ()), auth(*(role for role in Role if role in roles))]


def requirements(schema: strawberry.Schema) -> dict[str, frozenset[Role] | Literal[Access.PUBLIC]]:
    """`{"Patient.conditions": {PATIENT, PROVIDER}, "Query.provider": PUBLIC, ...}`: with which one role a field is selected.

    Takes in what the field's own type, the field, and the type it returns ask for. Fields of value types, which ask for
    nothing and are reached through guarded fields only, are left out.
    """
    found: dict[str, frozenset[Role] | Literal[Access.PUBLIC]] = {}
    for type_ in _composites(core_schema(schema)):
        for name, field in type_.fields.items():
            demands = [*_demands(type_, field), *_optional(declared(get_named_type(field.type)))]
            if demands:
                found[f"{type_.name}.{name}"] = frozenset.intersection(*demands)
            elif _is_public(field):
                found[f"{type_.name}.{name}"] = PUBLIC
    return found


def _composites(schema: GraphQLSchema) -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for name, type_ in sorted(schema.type_map.items()):
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            yield type_


def _objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    return (type_ for type_ in _composites(schema) if isinstance(type_, GraphQLObjectType))


def _interfaces(schema: GraphQLSchema) -> Iterator[GraphQLInterfaceType]:
    return (type_ for type_ in _composites(schema) if isinstance(type_, GraphQLInterfaceType))


def _is_public(field: GraphQLField) -> bool:
    return any(isinstance(found, Public) for found in directives_of(field))


def _optional(demand: Demand | None) -> list[Demand]:
    return [] if demand is None else [demand]


def _demands(type_: GraphQLNamedType, field: GraphQLField) -> list[Demand]:
    """Without that of the type it returns."""
    return [*_optional(declared(type_)), *_optional(declared(field))]


def _roots(schema: GraphQLSchema) -> Iterator[str]:
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root is not None]
    if not any(root.fields for root in roots):
        yield "there are no root fields to check"
    for root in roots:
        for name, field in root.fields.items():
            if declared(field) is None and not _is_public(field):
                yield f"{root.name}.{name} carries neither @auth nor @public"


def _directives(type_: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
    on_type = declared(type_)
    if on_type is not None and not on_type:
        yield f"{type_.name} carries an @auth without roles"
    for name, field in type_.fields.items():
        on_field = declared(field)
        if on_field is None:
            continue
        if _is_public(field):
            yield f"{type_.name}.{name} carries both @auth and @public"
        if not on_field:
            yield f"{type_.name}.{name} carries an @auth without roles"
        elif on_type and on_type.isdisjoint(on_field):
            yield f"{type_.name}.{name} is for roles that {type_.name} excludes: nobody may select it"


def _node(type_: GraphQLObjectType) -> Iterator[str]:
    if declared(type_) is None and any(interface.name == "Node" for interface in type_.interfaces):
        yield f"{type_.name} implements Node and carries no @auth"


def _told_of(type_: GraphQLObjectType) -> Iterator[GraphQLNamedType]:
    """What an `XConnection` has in its `nodes` and in its edges' `node`, an `XEdge` in its `node`."""
    if type_.name.endswith("Connection") and "edges" in type_.fields:
        edge = get_named_type(type_.fields["edges"].type)
        if isinstance(edge, GraphQLObjectType):
            yield from _told_of(edge)
    if type_.name.endswith(("Connection", "Edge")):
        for field in (type_.fields.get("nodes"), type_.fields.get("node")):
            if field is not None:
                yield get_named_type(field.type)


def _connection(type_: GraphQLObjectType) -> Iterator[str]:
    offered = declared(type_)
    for inner in dict.fromkeys(_told_of(type_)):
        asked = declared(inner)
        if asked is not None and (offered is None or not offered <= asked):
            yield f"{type_.name} asks for less than {inner.name}, which it tells of"


def _interface(schema: GraphQLSchema, interface: GraphQLInterfaceType) -> Iterator[str]:
    """Whoever may select a field through an interface may select it on every type behind it."""
    for name, field in interface.fields.items():
        if (interface.name, name) == ("Node", "id"):
            continue
        through = _demands(interface, field)
        for type_ in schema.get_implementations(interface).objects:
            for demand in _demands(type_, type_.fields[name]):
                if not any(passed <= demand for passed in through):
                    yield f"{interface.name}.{name} asks for less than {type_.name}.{name} behind it"
                    break
