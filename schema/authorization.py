"""`@auth` and `@public`: who may select a field, declared beside it and printed in the SDL.

The rule: a caller may select a field when they have one of the roles that its parent type asks for, one of those that the
field itself asks for, and one of those that the object or interface it returns asks for; what asks for nothing is free.
So `@auth` on a field narrows what its type says, and value types (names, money, page info) need no directive: they are
reached through guarded fields only. `schema.guarded` refuses to build a schema with a way round this;
`schema.authorization_plan` checks operations against it.
"""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema, get_named_type
from strawberry.schema_directive import Location

from models.role import Role
from schema.role import RoleEnum

Demand = frozenset[Role]
"""One of these roles is asked for."""


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION, Location.INTERFACE],
    name="auth",
    description="Only a caller with one of these roles may select it. On a field it narrows what the type says.",
)
class Auth:
    requires: list[RoleEnum] = strawberry.field(description="One of these roles is enough.")  # type: ignore[valid-type]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="public",
    description="Anyone may select it, signed in or not.",
)
class Public:
    pass


def auth(*roles: Role) -> Auth:
    """`directives=[auth(Role.PATIENT, Role.STAFF)]` on a type or a field."""
    return Auth(requires=list(roles))


def public() -> Public:
    """`directives=[public()]` on a root field."""
    return Public()


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's view of a Strawberry schema: the one that documents are validated and run against."""
    return schema._schema  # noqa: SLF001


def directives_of(element: GraphQLNamedType | GraphQLField) -> Iterable[Any]:
    """The schema directives that stand on a type or a field."""
    definition = element.extensions.get("strawberry-definition")
    return getattr(definition, "directives", None) or ()


def declared(element: GraphQLNamedType | GraphQLField) -> Demand | None:
    """What the `@auth` on this type or field asks for; None where it has none."""
    demands = [frozenset(found.requires) for found in directives_of(element) if isinstance(found, Auth)]
    return frozenset.intersection(*demands) if demands else None


class Rights:
    """What every type and field of one schema asks for, looked up once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._demands: dict[tuple[str, str], tuple[Demand, ...]] = {}

    def of_field(self, parent: GraphQLNamedType, name: str) -> tuple[Demand, ...]:
        """The demands on selecting `name` of `parent`: each must be met by one of the caller's roles.

        `__typename` asks for its type's right; `__schema` and `__type` are free.
        """
        key = (parent.name, name)
        demands = self._demands.get(key)
        if demands is None:
            demands = self._demands[key] = tuple(dict.fromkeys(self._look_up(parent, name)))
        return demands

    def _look_up(self, parent: GraphQLNamedType, name: str) -> Iterable[Demand]:
        if name in ("__schema", "__type"):
            return
        field = getattr(parent, "fields", {}).get(name)
        elements = (parent,) if field is None else (parent, field, get_named_type(field.type))
        for element in elements:
            demand = declared(element)
            if demand is not None:
                yield demand
