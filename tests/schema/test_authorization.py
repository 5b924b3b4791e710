"""Who may select what: the SDL, the schemas that are refused, and the operations that are."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    parse,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.role import Role
from resolvers.principal import ANONYMOUS
from schema.authorization import Rights, auth, core_schema, declared, public
from schema.authorization_compiler import compile_authorization
from schema.authorization_plan import AuthorizationPlan
from schema.guarded import PUBLIC, UnguardedSchemaError, inherit_auth, requirements, verify_guarded
from schema.operation_document import operation_document
from tests.schema.operation_generator import detours, operation_for_field, root_fields
from tests.schema.random_operations import CORE, VALUES, operations
from tests.schema.toy_clinic import SCHEMA, Context, caller, codes, run, toy_schema

RIGHTS = Rights(CORE)
PATIENT, PROVIDER, STAFF = caller(Role.PATIENT), caller(Role.PROVIDER), caller(Role.STAFF)


def plan_of(text: str) -> AuthorizationPlan:
    document = operation_document(parse(text), None)
    assert document is not None
    return compile_authorization(CORE, RIGHTS, document)


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


# ---- operations


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_root_field_is_for_its_roles_only_on_every_detour(role: Role | None) -> None:
    principal = ANONYMOUS if role is None else caller(role)
    required = requirements(SCHEMA)
    checked = 0
    for root, name in root_fields(CORE):
        if root.name == "Subscription":
            continue
        allowed = required[f"{root.name}.{name}"] is PUBLIC or role in required[f"{root.name}.{name}"]  # type: ignore[operator]
        for which, text in detours(CORE, root, name):
            result, context = await run(text, principal)
            expected = [] if allowed else ["UNAUTHENTICATED" if role is None else "FORBIDDEN"]
            assert codes(result) == expected, (name, which)
            assert allowed or not context.ran, (name, which)
            checked += 1
    assert checked > 50


@pytest.mark.parametrize("role", Role)
async def test_every_field_that_can_be_reached_is_for_its_roles_only(role: Role) -> None:
    """The way there asks for roles, too, so only refusals of fields that were reached are compared."""
    for coordinate, required in requirements(SCHEMA).items():
        type_name, name = coordinate.split(".")
        text = operation_for_field(CORE, type_name, name)
        if type_name == "Subscription":
            continue
        assert text is not None, coordinate
        result, _ = await run(text, caller(role))
        if required is not PUBLIC and role not in required:
            assert codes(result) == ["FORBIDDEN"], coordinate


async def test_a_refusal_names_field_path_and_roles_and_nothing_runs() -> None:
    result, context = await run("{ hello me: patient { name: mrn all: conditions } }", STAFF)
    assert result.data is None
    assert context.ran == []
    (error,) = result.errors or []
    assert error.message == '"Patient.conditions" may be selected by PATIENT, PROVIDER only.'
    assert error.path == ["me", "all"]
    assert error.extensions == {"code": "FORBIDDEN", "coordinate": "Patient.conditions", "roles": ["PATIENT", "PROVIDER"]}


async def test_a_caller_who_is_not_signed_in_is_asked_to() -> None:
    result, _ = await run("{ patient { mrn } }")
    assert codes(result) == ["UNAUTHENTICATED"]
    assert "Sign in first" in (result.errors or [])[0].message


async def test_a_refused_mutation_has_no_effect() -> None:
    text = 'mutation { register { ok } book(input: {patient: "x", minutes: 5}) { ok } }'
    refused, context = await run(text, PATIENT)
    assert (codes(refused), context.ran) == (["FORBIDDEN"], [])
    done, context = await run(text, STAFF)
    assert (codes(done), context.ran) == ([], ["register", "book"])


async def test_a_refused_subscription_is_not_started() -> None:
    context = Context(PATIENT)
    first = [result async for result in await SCHEMA.subscribe("subscription { released { author } }", context_value=context)]
    assert [codes(result) for result in first] == [["FORBIDDEN"]]
    assert context.ran == []
    context = Context(PROVIDER)
    told = [result async for result in await SCHEMA.subscribe("subscription { released { author } }", context_value=context)]
    assert [result.data for result in told] == [{"released": {"author": "someone"}}]


async def test_all_refusals_are_told_ten_at_most() -> None:
    two, _ = await run("{ a: patient { conditions } records { title } b: patient { b: conditions mrn } }", STAFF)
    assert [error.path for error in two.errors or ()] == [["a", "conditions"], ["records"], ["b", "b"]]
    many, _ = await run("{ patient { " + " ".join(f"c{i}: conditions" for i in range(25)) + " } }", STAFF)
    assert len(many.errors or ()) == 10


async def test_what_lies_below_a_refused_field_goes_without_saying() -> None:
    result, _ = await run("{ records { title ... on Note { secret } } }", STAFF)
    assert [error.path for error in result.errors or ()] == [["records"]]


@pytest.mark.parametrize(
    ("text", "coordinate"),
    [
        ("{ node(id: 1) { ... on Note { author } } }", "Note.author"),
        ("{ node(id: 1) { ... on Note { __typename } } }", "Note.__typename"),
        ("{ node(id: 1) { ... on Record { id } } }", "Record.id"),
        ("{ node(id: 1) { ...F } } fragment F on Note { ... { n: title } }", "Note.title"),
        ("{ node(id: 1) { ... on Note { ... on Node { id } } } }", "Note"),
        ("{ node(id: 1) { ...F } } fragment F on Note { ...G } fragment G on Node { id }", "Note"),
        ("{ records { __typename } }", "Query.records"),
        ("{ patient { records { totalCount } } }", "Patient.records"),
        ("{ search { ... on Patient { conditions } } }", "Patient.conditions"),
    ],
)
async def test_interfaces_unions_and_fragments_ask_for_the_type_that_is_named(text: str, coordinate: str) -> None:
    result, _ = await run(text, STAFF)
    assert coordinate in [(error.extensions or {}).get("coordinate") for error in result.errors or ()]
    allowed, _ = await run(text, PATIENT)
    assert codes(allowed) == []


@pytest.mark.parametrize(
    "text",
    ["{ node(id: 1) { id __typename } }", "{ search { __typename } }", "{ __typename __schema { queryType { name } } }"],
)
async def test_what_asks_for_nothing_is_free(text: str) -> None:
    result, _ = await run(text)
    assert codes(result) == []


async def test_a_field_that_is_cut_is_not_selected() -> None:
    for cut in ("@skip(if: true)", "@include(if: false)", "@skip(if: $yes)", "@include(if: $no)", "@skip(if: $d)"):
        text = f"query ($yes: Boolean = true, $no: Boolean = false, $d: Boolean = true) {{ patient {{ mrn conditions {cut} }} }}"
        text = text if "$" in cut else f"{{ patient {{ mrn conditions {cut} }} }}"
        unused = {
            "$yes: Boolean = true, ": "$yes" in cut,
            "$no: Boolean = false, ": "$no" in cut,
            "$d: Boolean = true": "$d" in cut,
        }
        for definition, used in unused.items():
            text = text if used else text.replace(definition, "")
        result, _ = await run(text, STAFF)
        assert codes(result) == [], text


async def test_a_variable_decides_for_each_request_with_the_same_document() -> None:
    text = "query ($all: Boolean!) { patient { mrn ...C @include(if: $all) } } fragment C on Patient { conditions }"
    for wanted, expected in ((False, []), (True, ["FORBIDDEN"]), (False, [])):
        result, _ = await run(text, STAFF, {"all": wanted})
        assert codes(result) == expected


async def test_only_the_operation_that_is_run_counts() -> None:
    text = "query A { hello } query B { patient { conditions } }"
    assert codes((await run(text, STAFF, name="A"))[0]) == []
    assert codes((await run(text, STAFF, name="B"))[0]) == ["FORBIDDEN"]
    assert codes((await run(text, STAFF, name="A"))[0]) == []


async def test_a_variable_that_is_no_boolean_opens_nothing() -> None:
    text = "query ($all: Boolean = false) { patient { mrn conditions @include(if: $all) } }"
    for value in (None, "false", 0):
        result, context = await run(text, STAFF, {"all": value})
        assert codes(result) == ["FORBIDDEN"]
        assert context.ran == []


def test_a_document_of_2_to_the_30_paths_is_checked_at_once() -> None:
    names = [f"F{i}" for i in range(31)]
    fragments = " ".join(
        f"fragment {a} on Patient {{ x: relatives {{ ...{b} @skip(if: $s) }} y: relatives {{ ...{b} }} }}"
        for a, b in itertools.pairwise(names)
    )
    text = f"query ($s: Boolean!) {{ patient {{ ...F0 }} }} {fragments} fragment F30 on Patient {{ conditions }}"
    parsed = operation_document(parse(text), None)
    assert parsed is not None
    start = time.process_time()
    plan = compile_authorization(CORE, RIGHTS, parsed)
    assert plan.refusals(PATIENT, {"s": False}) == []
    assert len(plan.refusals(STAFF, {"s": False})) == 1
    assert time.process_time() - start < 0.1


def test_a_known_operation_of_110_fields_is_checked_in_microseconds() -> None:
    fields = " ".join(f"p{i}: patient {{ id mrn name: mrn balance {{ currency }} conditions }}" for i in range(16))
    plan = plan_of(f"{{ {fields} patients {{ nodes {{ records {{ nodes {{ title }} }} }} totalCount }} }}")
    assert plan.refusals(PATIENT, None) == []
    timings = []
    for _ in range(20):
        start = time.perf_counter()
        for _ in range(100):
            plan.refusals(PATIENT, None)
        timings.append((time.perf_counter() - start) / 100)
    assert min(timings) < 20e-6


# ---- against a naive walk

Refused = tuple[tuple[str, ...], str]


class Walk:
    """Writes the operation out, field by field, as the rule is told in `schema.authorization`."""

    def __init__(self, text: str, roles: frozenset[Role], values: Mapping[str, Any]) -> None:
        document = parse(text)
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        (self.operation,) = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        self.roles = roles
        defaults = {
            d.variable.name.value: d.default_value.value
            for d in self.operation.variable_definitions or ()
            if d.default_value is not None and hasattr(d.default_value, "value")
        }
        self.values = {**defaults, **values}

    def refused(self) -> set[Refused]:
        root = CORE.get_root_type(self.operation.operation)
        assert root is not None
        return set(self.walk(self.operation.selection_set, root, ()))

    def cut(self, node: Any) -> bool:
        for directive in node.directives or ():
            (argument,) = directive.arguments
            variable = getattr(argument.value, "name", None)
            value = argument.value.value if variable is None else self.values.get(variable.value)
            if value is (directive.name.value == "skip"):
                return True
        return False

    def lacks(self, element: Any) -> bool:
        demand = declared(element)
        return demand is not None and not demand & self.roles

    def walk(self, selections: SelectionSetNode, parent: GraphQLNamedType, path: tuple[str, ...]) -> Iterator[Refused]:
        for node in selections.selections:
            if self.cut(node):
                continue
            if isinstance(node, FieldNode):
                yield from self.field(node, parent, path)
                continue
            fragment: Any = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(fragment, FragmentDefinitionNode | InlineFragmentNode)
            condition = fragment.type_condition
            on = parent if condition is None else CORE.type_map[condition.name.value]
            if condition is not None and self.lacks(on) and not self.names_fields(fragment.selection_set):
                yield path, on.name
            yield from self.walk(fragment.selection_set, on, path)

    def names_fields(self, selections: SelectionSetNode) -> bool:
        return any(
            isinstance(node, FieldNode)
            or (isinstance(node, InlineFragmentNode) and not node.type_condition and self.names_fields(node.selection_set))
            for node in selections.selections
        )

    def field(self, node: FieldNode, parent: GraphQLNamedType, path: tuple[str, ...]) -> Iterator[Refused]:
        name = node.name.value
        here = (*path, node.alias.value if node.alias else name)
        field: Any = getattr(parent, "fields", {}).get(name)
        asked = [parent] if field is None else [parent, field, get_named_type(field.type)]
        if any(self.lacks(element) for element in asked):
            yield here, f"{parent.name}.{name}"
        if node.selection_set:
            yield from self.walk(node.selection_set, get_named_type(field.type), here)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operations(), st.frozensets(st.sampled_from(Role)), VALUES)
def test_the_plan_agrees_with_writing_the_operation_out(text: str, roles: frozenset[Role], values: dict[str, Any]) -> None:
    expected = Walk(text, roles, values).refused()
    found = plan_of(text).refusals(caller(*roles), values)
    assert bool(found) == bool(expected)
    for error in found:
        assert (tuple(str(step) for step in error.path or ()), (error.extensions or {})["coordinate"]) in expected
    shallowest = min((len(path) for path, _ in expected), default=0)
    assert min((len(error.path or ()) for error in found), default=0) >= shallowest
