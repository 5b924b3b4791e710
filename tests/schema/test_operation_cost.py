"""What an operation may cost: objects in the answer, at most."""

import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    parse,
    value_from_ast_untyped,
)
from hypothesis import HealthCheck, given, settings

from models.role import Role
from schema.operation_cost import CostPlan
from schema.operation_cost_compiler import compile_cost
from schema.operation_document import operation_document
from tests.schema.random_operations import CORE, VALUES, operations
from tests.schema.toy_clinic import LIMITS, caller, codes, run


def plan_of(text: str) -> CostPlan:
    document = operation_document(parse(text), None)
    assert document is not None
    return compile_cost(CORE, LIMITS, document)


def cost(text: str, **variables: Any) -> int:
    return plan_of(text).estimate(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ hello __typename }", 0),
        ("{ patient { mrn tags conditions } }", 1),
        ("{ patient { balance { currency } } }", 2),
        ("{ patient { relatives { mrn } } }", 11),
        ("{ patient { relatives { relatives { balance { currency } } } } }", 1 + 10 * (1 + 10 * 2)),
        ("{ patients { totalCount } }", 1),
        ("{ patients { nodes { mrn } } }", 21),
        ("{ patients(first: 3) { nodes { mrn } } }", 4),
        ("{ patients(first: 3) { pageInfo { hasNextPage } nodes { mrn } } }", 5),
        ("{ patients(last: 3) { edges { node { mrn } } } }", 7),
        ("{ patients(first: 3, last: 5) { nodes { mrn } } }", 6),
        ("{ patients(first: null) { nodes { mrn } } }", 21),
        ("{ patients(first: -5) { nodes { mrn } } }", 1),
        ("{ patients(first: 100000) { nodes { mrn } } }", 101),
        ("{ patient { friends { nodes { mrn } } } }", 1 + 1 + 5),
        ("{ patients(first: 2) { nodes { friends(first: 3) { nodes { mrn } } } } }", 1 + 2 * (1 + 1 + 3)),
        (
            "{ patients(first: 2) { ...C } } fragment C on PatientConnection { ... { nodes { mrn } } }",
            3,
        ),
        ("{ records(first: 4) { title } }", 4),
        ("{ records { title } }", 10),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ('{ nodes(ids: "a") { id } }', 1),
        ("{ nodes(ids: []) { id } }", 0),
        ("{ __schema { types { name } } }", 100),
        ("{ statistics { currency } }", 150),
        ("mutation { register { patient { mrn } ok } }", 2),
        ("{ patient { mrn balance @skip(if: true) { currency } } }", 1),
        ("{ patient { mrn ... @include(if: false) { balance { currency } } } }", 1),
        ("{ a: patient { mrn } b: patient { mrn } }", 2),
    ],
)
def test_an_object_costs_one_and_a_list_what_its_items_cost(text: str, expected: int) -> None:
    assert cost(text) == expected


def test_fragments_on_different_types_exclude_each_other() -> None:
    note, lab = "... on Note { title }", "... on Lab { components { currency } }"
    assert cost(f"{{ node(id: 1) {{ ... on Record {{ {note} {lab} }} }} }}") == 1 + 10
    assert cost(f"{{ records {{ {note} {lab} ...L }} }} fragment L on Lab {{ components {{ currency }} }}") == 10 * (1 + 20)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, 6), ({"n": 7}, 8), ({"n": None}, 21), ({"n": 30.0}, 31), ({"n": 999}, 101), ({"n": True}, 21), ({"n": "9"}, 21)],
)
def test_variables_and_their_defaults_decide_the_page_size(variables: dict[str, Any], expected: int) -> None:
    plan = plan_of("query ($n: Int = 5) { patients(first: $n) { nodes { mrn } } }")
    assert plan.estimate(variables) == expected


def test_a_variable_that_is_not_given_leaves_the_arguments_own_default() -> None:
    assert cost("query ($n: Int) { patient { friends(first: $n) { nodes { mrn } } } }") == 1 + 1 + 5
    assert cost("query ($n: Int) { patients(first: $n) { nodes { mrn } } }") == 21


def test_a_list_of_ids_in_a_variable_counts_its_ids() -> None:
    plan = plan_of('query ($ids: [ID!]! = ["a"]) { nodes(ids: $ids) { ... on Patient { balance { currency } } } }')
    assert [plan.estimate(variables) for variables in (None, {"ids": ["a"] * 40}, {"ids": "a"})] == [2, 80, 2]


def test_what_variables_cut_costs_nothing() -> None:
    plan = plan_of(
        "query ($a: Boolean!, $b: Boolean = true) { patient { ...F @include(if: $a) @skip(if: $b) } } "
        "fragment F on Patient { relatives { mrn } }"
    )
    costs = [plan.estimate(v) for v in ({"a": True, "b": False}, {"a": True}, {"a": False, "b": False})]
    assert costs == [11, 1, 1]


async def test_the_estimate_is_left_on_the_context_and_dear_operations_are_refused() -> None:
    result, context = await run("{ patients(first: 7) { nodes { mrn } } }", caller(Role.STAFF))
    assert (codes(result), context.estimated_cost) == ([], 8)
    text = "query ($n: Int) { patients(first: $n) { nodes { friends(first: $n) { nodes { mrn } } } } }"
    result, context = await run(text, caller(Role.STAFF), {"n": 100})
    assert (codes(result), context.estimated_cost) == (["LIMIT_EXCEEDED"], 1 + 100 * (2 + 100))
    result, context = await run(text, caller(Role.STAFF), {"n": 10})
    assert (codes(result), context.estimated_cost) == ([], 1 + 10 * (2 + 10))


def test_two_to_the_thirty_paths_are_estimated_in_milliseconds_with_variables() -> None:
    names = [f"F{i}" for i in range(31)]
    steps = (
        f"fragment {a} on Patient {{ balance {{ currency }} friends(first: $n) {{ nodes {{ ...{b} ...{b} @skip(if: $s) }} }} }}"
        for a, b in pairwise(names)
    )
    text = f"query ($n: Int, $s: Boolean!) {{ patient {{ ...F0 }} }} {' '.join(steps)} fragment F30 on Patient {{ mrn }}"
    document = operation_document(parse(text), None)
    assert document is not None
    start = time.process_time()
    plan = compile_cost(CORE, LIMITS, document)
    estimate = plan.estimate({"n": 1, "s": False})
    assert time.process_time() - start < 0.05
    assert estimate == 1 + 3 * (2**30 - 1)  # a balance, a connection and a row for each of them


def test_an_operation_without_variables_is_estimated_at_once() -> None:
    plan = plan_of("{ ...F patients(first: 3) { nodes { mrn } } } fragment F on Query { patient { relatives { mrn } } }")
    assert plan.operation.terms == ()


# ---- against writing the operation out


class Counted:
    """The rules of `schema.operation_cost`, field by field, with the page size handed down."""

    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        document = parse(text)
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        (self.operation,) = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        defaults = {
            d.variable.name.value: value_from_ast_untyped(d.default_value)
            for d in self.operation.variable_definitions or ()
            if d.default_value is not None
        }
        self.values = {**defaults, **values}

    def total(self) -> int:
        root = CORE.get_root_type(self.operation.operation)
        assert root is not None
        return self.cost(self.operation.selection_set, root, 0)

    def cut(self, node: SelectionNode) -> bool:
        return any(
            value_from_ast_untyped(argument.value, self.values) is (directive.name.value == "skip")
            for directive in node.directives or ()
            for argument in directive.arguments or ()
        )

    def cost(self, selections: SelectionSetNode, parent: GraphQLNamedType, page: int) -> int:
        total = 0
        only_on: dict[str, int] = {}
        for node in selections.selections:
            if self.cut(node):
                continue
            if isinstance(node, FieldNode):
                total += self.field(node, parent, page)
                continue
            fragment: Any = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            on = CORE.type_map[fragment.type_condition.name.value] if fragment.type_condition else parent
            below = self.cost(fragment.selection_set, on, page)
            if is_object_type(on) and not is_object_type(parent):
                only_on[on.name] = only_on.get(on.name, 0) + below
            else:
                total += below
        return total + max(only_on.values(), default=0)

    def field(self, node: FieldNode, parent: GraphQLNamedType, page: int) -> int:
        if node.name.value == "__typename":
            return 0
        field: Any = getattr(parent, "fields", {})[node.name.value]
        returned = get_named_type(field.type)
        if is_leaf_type(returned):
            return 0
        given = {argument.name.value: value_from_ast_untyped(argument.value, self.values) for argument in node.arguments or ()}
        # the toy schema has one default, of `friends`
        first = given.get("first", 5 if node.name.value == "friends" else None)
        pages = [int(size) for size in (first, given.get("last")) if size is not None]
        size = max(0, min(100, max(pages))) if pages else None
        assert node.selection_set is not None
        each = 50 if node.name.value == "statistics" else 1
        if not is_list_type(get_nullable_type(field.type)):
            return each + self.cost(node.selection_set, returned, 20 if size is None else size)
        below = each + self.cost(node.selection_set, returned, 0)
        if parent.name.endswith("Connection"):
            return page * below
        if node.name.value == "nodes":
            return below * (len(given["ids"]) if isinstance(given["ids"], list) else 1)
        return below * (3 if node.name.value == "statistics" else 10 if size is None else size)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operations(), VALUES)
def test_the_estimate_agrees_with_writing_the_operation_out(text: str, values: dict[str, Any]) -> None:
    assert plan_of(text).estimate(values) == Counted(text, values).total()
