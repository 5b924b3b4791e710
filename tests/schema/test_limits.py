"""How large an operation may be: what is refused, in which words, and that measuring is linear."""

import inspect
import sys
import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)
from graphql.language import Lexer, Source, TokenKind
from hypothesis import HealthCheck, given, settings

from models.role import Role
from schema.limits import _TOKEN, Figures, measure
from schema.operation_document import operation_document
from tests.schema.random_operations import operations
from tests.schema.toy_clinic import LIMITS, Context, caller, codes, run, toy_schema

PATIENT = caller(Role.PATIENT)


def figures_of(text: str, name: str | None = None) -> Figures:
    document = operation_document(parse(text), name)
    assert document is not None
    return measure(document)


async def refusal(text: str, **limits: int) -> dict[str, Any]:
    result, context = await run(text, PATIENT, schema=toy_schema(replace(LIMITS, **limits)))
    assert context.ran == []
    assert result.data is None
    (error,) = result.errors or []
    assert str((error.extensions or {})["actual"]) in error.message
    assert str((error.extensions or {})["maximum"]) in error.message
    return error.extensions or {}


@pytest.mark.parametrize(
    ("text", "limit", "setting", "maximum", "actual"),
    [
        ("{ patient { relatives { balance { currency } } } }", "depth", "max_depth", 3, 4),
        ("{ a: hello b: hello ... { c: hello } }", "aliases", "max_aliases", 2, 3),
        ("{ a: hello b: hello ...F } fragment F on Query { hello }", "rootFields", "max_root_fields", 2, 3),
        ("{ patients(first: 50) { nodes { id } } }", "cost", "max_cost", 50, 51),
        ("{ hello hello hello } # five and a comment", "tokens", "max_tokens", 4, 6),
        ("{ hello               }", "characters", "max_characters", 20, 23),
        ("{ __schema { types { name } } }", "introspectionDepth", "max_introspection_depth", 2, 3),
        ("{ __schema { types { fields { args { name } } } } }", "introspectionLists", "max_introspection_lists", 2, 3),
    ],
)
async def test_a_refusal_says_which_limit_its_value_and_the_operations_own_figure(
    text: str, limit: str, setting: str, maximum: int, actual: int
) -> None:
    expected = {"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum, "actual": actual}
    assert await refusal(text, **{setting: maximum}) == expected
    result, _ = await run(text, PATIENT, schema=toy_schema(replace(LIMITS, **{setting: actual})))
    assert codes(result) == []


async def test_every_limit_that_is_exceeded_is_told() -> None:
    limits = replace(LIMITS, max_depth=1, max_aliases=1)
    result, _ = await run("{ a: patient { b: mrn } }", PATIENT, schema=toy_schema(limits))
    assert [(error.extensions or {})["limit"] for error in result.errors or ()] == ["depth", "aliases"]


async def test_an_ordinary_syntax_error_stays_one() -> None:
    result, _ = await run("{ hello ", schema=toy_schema(replace(LIMITS, max_tokens=3)))
    assert (result.errors or [])[0].message.startswith("Syntax Error")


async def test_graphiqls_full_introspection_passes() -> None:
    full = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    result, _ = await run(full)
    assert codes(result) == []
    figures = figures_of(full)
    assert (figures.depth, figures.introspection_depth, figures.introspection_lists) == (1, 15, 3)


def test_introspection_that_goes_round_in_types_is_measured_through_fragments() -> None:
    text = "{ ...Q } fragment Q on Query { __schema { types { ...T } } } fragment T on __Type { fields { type { ...U } } }"
    figures = figures_of(text + " fragment U on __Type { fields { args { type { name } } } }")
    assert (figures.introspection_depth, figures.introspection_lists) == (8, 4)


def test_introspection_below_a_payloads_query_is_measured_too() -> None:
    figures = figures_of("{ register { query { __schema { types { fields { name } } } } } }")
    assert (figures.depth, figures.introspection_depth, figures.introspection_lists) == (3, 4, 2)


def test_fields_that_are_only_called_like_introspection_are_no_introspection() -> None:
    figures = figures_of("{ types { fields { args { fields { args } } } } }")
    assert (figures.depth, figures.introspection_depth, figures.introspection_lists) == (5, 0, 0)


def test_only_the_operation_that_is_run_is_measured() -> None:
    text = "query A { hello } query B { a: patient { relatives { mrn } } }"
    assert figures_of(text, "A") == Figures(depth=1, root_fields=1)
    assert figures_of(text, "B").depth == 3


@pytest.mark.parametrize(
    "text",
    [
        "{ ...Unknown }",
        "{ ...A } fragment A on Patient { ...A }",
        "{ ...A } fragment A on Query { patient { ...B } } fragment B on Patient { relatives { ...A ...B } }",
        "{ unknown { fields } hello { below } }",
        "{ patient { ... on Nothing { id } } }",
        "query ($a: Nothing) { hello @skip(if: $b) @skip }",
        "fragment A on Query { hello } type Query { hello: Int } query { hello }",
    ],
)
async def test_invalid_documents_are_measured_and_left_to_validation(text: str) -> None:
    result, context = await run(text, PATIENT)
    assert codes(result)
    assert "LIMIT_EXCEEDED" not in codes(result)
    assert context.ran == []


async def test_two_to_the_thirty_paths_are_refused_in_milliseconds() -> None:
    names = [f"F{i}" for i in range(31)]
    steps = (f"fragment {a} on Patient {{ x: relatives {{ ...{b} }} y: relatives {{ ...{b} }} }}" for a, b in pairwise(names))
    text = f"{{ patient {{ ...F0 }} }} {' '.join(steps)} fragment F30 on Patient {{ mrn }}"
    document = operation_document(parse(text), None)
    assert document is not None
    start = time.process_time()
    figures = measure(document)
    assert time.process_time() - start < 0.05
    assert (figures.aliases, figures.depth) == (2**31 - 2, 32)
    result, _ = await run(text, PATIENT)
    assert codes(result) == ["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]


async def test_figures_beyond_what_json_can_carry_are_shown_as_the_largest() -> None:
    names = [f"F{i}" for i in range(71)]
    steps = (f"fragment {a} on Query {{ ...{b} ...{b} }}" for a, b in pairwise(names))
    text = f"{{ ...F0 }} {' '.join(steps)} fragment F70 on Query {{ hello }}"
    assert (await refusal(text))["actual"] == 2**53 - 1


async def test_a_chain_of_fragments_longer_than_pythons_stack_is_refused_and_does_no_harm() -> None:
    links = " ".join(f"fragment F{i} on Patient {{ relatives {{ ...F{i + 1} }} }}" for i in range(3000))
    schema = toy_schema(replace(LIMITS, max_tokens=100_000, max_characters=1_000_000))
    result, _ = await run(f"{{ patient {{ ...F0 }} }} {links} fragment F3000 on Patient {{ mrn }}", PATIENT, schema=schema)
    assert codes(result) == ["LIMIT_EXCEEDED"]


def test_the_deepest_nesting_does_no_harm_however_little_stack_is_left() -> None:
    schema = toy_schema(replace(LIMITS, max_tokens=10_000))

    def outcome(text: str, frames: int) -> str:
        if frames > 0:
            return outcome(text, frames - 1)
        result = schema.execute_sync(text, {"a": True}, context_value=Context())
        return " ".join(error.message for error in result.errors or ())

    seen: set[str] = set()
    already = len(inspect.stack(0))
    for frames in (0, *(sys.getrecursionlimit() - left - already for left in (550, 250, 100))):
        for levels in range(10, 200, 12):
            nested = f"{'... @include(if: $a) { ' * levels} price {{ currency }} {'}' * levels}"
            for mark in ("", f" # {frames} {levels}"):  # once known from a shallower stack, once not
                seen.add(outcome(f"query ($a: Boolean = true) {{ {nested} }}{mark}", frames))
    assert "" in seen
    assert all("nested too deeply" in message for message in seen - {"", "Validation aborted."}), seen
    assert any(message.startswith("The operation is nested too deeply") for message in seen)


@pytest.mark.parametrize(
    "text",
    [
        get_introspection_query(),
        'query($a:Int=-1.5e3 @x){a(x:"b\\"c", y:"""d "e" \\""" f""")\n ...F,,,g:h[1 2]!}&| ""',
    ],
)
def test_tokens_are_counted_as_the_parser_counts_them(text: str) -> None:
    lexer, count = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    assert len(_TOKEN.findall(text)) == count


@pytest.mark.parametrize("text", ['"""' + '\\"""' * 20_000, '""""\\' * 16_000, '"' * 100_000, '"\\' * 50_000, "a " * 50_000])
def test_counting_tokens_is_linear_whatever_the_text(text: str) -> None:
    start = time.process_time()
    _TOKEN.findall(text)
    assert time.process_time() - start < 0.2


# ---- against writing the operation out


class Written:
    """An operation with every fragment in its place, and its figures counted one by one."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        (self.operation,) = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]

    def fields(self, selections: SelectionSetNode) -> list[FieldNode]:
        found: list[FieldNode] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.append(node)
            elif isinstance(node, FragmentSpreadNode):
                found += self.fields(self.fragments[node.name.value].selection_set)
            else:
                found += self.fields(node.selection_set)  # type: ignore[attr-defined]
        return found

    def below(self, node: FieldNode) -> list[FieldNode]:
        return self.fields(node.selection_set) if node.selection_set else []

    def depth(self, fields: list[FieldNode]) -> int:
        return max((1 + self.depth(self.below(node)) for node in fields), default=0)

    def aliases(self, fields: list[FieldNode]) -> int:
        return sum((node.alias is not None) + self.aliases(self.below(node)) for node in fields)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operations())
def test_the_figures_agree_with_writing_the_operation_out(text: str) -> None:
    written = Written(parse(text))
    fields = written.fields(written.operation.selection_set)
    expected = (written.depth(fields), written.aliases(fields), len(fields))
    figures = figures_of(text)
    assert (figures.depth, figures.aliases, figures.root_fields) == expected
