"""The compiled plan: how long it takes, and that it says what a naive walk over the operation says."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.role import Role
from schema.authorization import Rights, declared
from schema.authorization_compiler import compile_authorization
from schema.authorization_plan import AuthorizationPlan
from schema.operation_document import operation_document
from tests.schema.random_operations import CORE, VALUES, operations
from tests.schema.toy_clinic import caller

RIGHTS = Rights(CORE)
PATIENT, STAFF = caller(Role.PATIENT), caller(Role.STAFF)


def plan_of(text: str) -> AuthorizationPlan:
    document = operation_document(parse(text), None)
    assert document is not None
    return compile_authorization(CORE, RIGHTS, document)


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
