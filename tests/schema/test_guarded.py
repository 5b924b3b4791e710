"""`@auth` in the SDL, and the schemas that are not built because something in them is not guarded."""

from typing import Any

import pytest
import strawberry
from graphql import (
    build_schema,
)

from models.role import Role
from schema.authorization import auth, core_schema, declared, public
from schema.guarded import PUBLIC, UnguardedSchemaError, inherit_auth, requirements, verify_guarded
from tests.schema.toy_clinic import SCHEMA, toy_schema

# ---- the SDL


def test_auth_and_public_stand_in_the_sdl_on_types_interfaces_and_fields() -> None:
    sdl = str(SCHEMA)
    assert "directive @auth(requires: [Role!]!) on OBJECT | FIELD_DEFINITION | INTERFACE" in sdl
    assert "directive @public on FIELD_DEFINITION" in sdl
    assert "type Note implements Record & Node @auth(requires: [PATIENT, PROVIDER]) {" in sdl
    assert "interface Record implements Node @auth(requires: [PATIENT, PROVIDER]) {" in sdl
    assert "secret: String! @auth(requires: [PROVIDER])" in sdl
    assert "hello: String! @public" in sdl
    assert "type PatientConnection @auth(requires: [PATIENT, PROVIDER, STAFF]) {" in sdl
    build_schema(sdl)


def test_every_role_has_a_description() -> None:
    roles = build_schema(str(SCHEMA)).type_map["Role"].values  # type: ignore[attr-defined]
    assert set(roles) == {role.value for role in Role}
    assert all(value.description for value in roles.values())


# ---- schemas that are not built


@strawberry.interface
class Node:
    id: strawberry.ID


def faults(query: type, **more: Any) -> str:
    with pytest.raises(UnguardedSchemaError) as refused:
        verify_guarded(strawberry.Schema(query, **more))
    return str(refused.value)


def test_a_root_field_without_a_directive_fails_the_build() -> None:
    @strawberry.type
    class Query:
        hello: str = "hello"

    @strawberry.type
    class Mutation:
        bye: str = "bye"

    found = faults(Query, mutation=Mutation)
    assert "Query.hello carries neither" in found
    assert "Mutation.bye carries neither" in found


def test_a_check_that_finds_no_root_fields_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = toy_schema()
    for root in ("query_type", "mutation_type", "subscription_type"):
        monkeypatch.setattr(core_schema(schema), root, None)
    with pytest.raises(UnguardedSchemaError, match="no root fields to check"):
        verify_guarded(schema)


def test_a_node_without_auth_fails_the_build() -> None:
    @strawberry.type
    class Thing(Node):
        pass

    @strawberry.type
    class Query:
        thing: Thing | None = strawberry.field(default=None, directives=[public()])

    assert "Thing implements Node and carries no @auth" in faults(Query)


def test_auth_with_public_and_auth_without_roles_fail_the_build() -> None:
    @strawberry.type(directives=[auth()])
    class Nobody:
        name: str = strawberry.field(default="", directives=[auth()])

    @strawberry.type
    class Query:
        both: str = strawberry.field(default="", directives=[public(), auth(Role.ADMIN)])
        nobody: Nobody | None = strawberry.field(default=None, directives=[public()])

    found = faults(Query)
    assert "Query.both carries both" in found
    assert "- Nobody carries an @auth without roles" in found
    assert "Nobody.name carries an @auth without roles" in found


def test_a_field_for_roles_that_its_type_excludes_fails_the_build() -> None:
    @strawberry.type(directives=[auth(Role.PATIENT)])
    class Chart:
        name: str = strawberry.field(default="", directives=[auth(Role.ADMIN)])

    @strawberry.type
    class Query:
        chart: Chart | None = strawberry.field(default=None, directives=[public()])

    assert "Chart.name is for roles that Chart excludes" in faults(Query)


def test_an_interface_that_is_a_way_round_a_types_auth_fails_the_build() -> None:
    @strawberry.interface
    class Charted:
        conditions: str

    @strawberry.type
    class Chart(Charted):
        conditions: str = strawberry.field(default="", directives=[auth(Role.PROVIDER)])

    @strawberry.type
    class Query:
        chart: Chart | None = strawberry.field(default=None, directives=[public()])

    assert "Charted.conditions asks for less than Chart.conditions" in faults(Query)


def test_a_connection_that_asks_for_less_than_its_node_fails_the_build_and_inherits_when_told() -> None:
    @strawberry.type(directives=[auth(Role.PROVIDER)])
    class Chart(Node):
        pass

    @strawberry.type
    class ChartEdge:
        node: Chart

    @strawberry.type
    class ChartConnection:
        edges: list[ChartEdge]

    @strawberry.type
    class Query:
        charts: ChartConnection | None = strawberry.field(default=None, directives=[public()])

    schema = strawberry.Schema(Query)
    with pytest.raises(UnguardedSchemaError, match="ChartConnection asks for less than Chart"):
        verify_guarded(schema)
    inherit_auth(schema)
    verify_guarded(schema)
    assert declared(core_schema(schema).type_map["ChartConnection"]) == frozenset({Role.PROVIDER})
    assert "type ChartEdge @auth(requires: [PROVIDER])" in str(schema)


def test_requirements_say_with_which_role_a_field_is_selected() -> None:
    found = requirements(SCHEMA)
    assert found["Query.hello"] is PUBLIC
    assert found["Query.patient"] == frozenset({Role.PATIENT, Role.PROVIDER, Role.STAFF})  # Patient excludes the analyst
    assert found["Patient.conditions"] == frozenset({Role.PATIENT, Role.PROVIDER})
    assert found["PatientConnection.totalCount"] == frozenset({Role.PATIENT, Role.PROVIDER, Role.STAFF})
    assert "Money.currency" not in found
