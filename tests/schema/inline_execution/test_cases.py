"""Cases that the executor has answered otherwise than graphql-core, or could."""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import pytest
import strawberry
from graphql import ExecutionResult, Executor, GraphQLSchema, execute, get_introspection_query, parse
from strawberry.execution import optimized_is_awaitable

from schema.relation import Relation, related
from tests.schema.inline_execution.executions import Plain, inline_executor, shown
from tests.schema.inline_execution.things import Context, Fresh, Raised, Table, Thing, filled, given


@strawberry.type
class Leaf(Thing):
    name: str | None

    @strawberry.field
    def made(self) -> str | None:
        return cast("str | None", given(self.__dict__["stored"]))


@strawberry.interface
class Named(Thing):
    name: str


def _relation(table: int, key: str) -> Any:
    return related(
        Leaf | None,
        Relation(lambda context: context.tables[table], lambda row: getattr(row, key), lambda found: found),  # type: ignore[attr-defined]
        description="Another.",
    )


@strawberry.type
class Part(Named):
    leaf = _relation(0, "leaf_key")


@strawberry.type
class Other(Named):
    leaf = _relation(0, "leaf_key")


@strawberry.type
class Row(Thing):
    name: str | None
    strict: str
    leaves: list[Leaf]
    part: Part | None
    other: Other | None
    either: list[Named]
    leaf = _relation(0, "leaf_key")
    broken = _relation(1, "leaf_key")


@strawberry.type
class Query(Thing):
    rows: list[Row | None] | None
    again: list[Row | None] | None
    leaf: Leaf | None


SCHEMA: GraphQLSchema = strawberry.Schema(query=Query)._schema


def leaf(name: Any, stored: Any = "made") -> Any:
    return filled(Leaf, {"name": name, "stored": stored})


def part(class_: type, key: Any) -> Any:
    return filled(class_, {"name": "part", "leaf_key": key})


def row(**values: Any) -> Any:
    parts = {"part": part(Part, 1), "other": part(Other, 2), "either": [part(Part, 1), part(Other, 2)]}
    return filled(Row, {"name": "row", "strict": "s", "leaves": [], "leaf_key": 0, **parts, **values})


BROKEN = ValueError("Error of the table.")
STOP = StopIteration("Error.")


def context() -> Context:
    rows: dict[Any, Any] = {"stop": STOP, **{key: leaf(f"leaf {key}") for key in range(5)}}
    return Context([Table(rows, 1, None), Table(rows, 1, BROKEN)])


async def answer(executor: type[Executor[Any]], text: str, root: Any, **variables: Any) -> tuple[Any, Context]:
    own = context()
    made = execute(
        SCHEMA,
        parse(text),
        root_value=root,
        context_value=own,
        variable_values=variables,
        is_awaitable=cast("Any", optimized_is_awaitable),
        executor_class=executor,
    )
    result = cast("ExecutionResult", await cast("Awaitable[Any]", made) if optimized_is_awaitable(made) else made)
    await asyncio.sleep(0)
    return (repr(result.data), [shown(error) for error in result.errors or []]), own


async def both(text: str, root: Any, **variables: Any) -> tuple[Any, Context, Context]:
    expected, plain = await answer(Plain, text, root, **variables)
    got, inline = await answer(inline_executor(), text, root, **variables)
    assert got == expected
    return got, plain, inline


async def test_objects_of_which_everything_is_skipped() -> None:
    text = "query ($no: Boolean!) { rows { leaves { name @include(if: $no) } } leaf { name @include(if: $no) } }"
    got, _, _ = await both(text, filled(Query, {"rows": [row(leaves=[leaf("a"), leaf("b")])], "leaf": leaf("c")}), no=False)
    assert got[0] == "{'rows': [{'leaves': [{}, {}]}], 'leaf': {}}"


async def test_condition_that_is_null() -> None:
    """Found out below the field whose selection it stands in."""
    text = "query ($yes: Boolean = true) { leaf { name @include(if: $yes) } rows { leaves { made @skip(if: $yes) } } }"
    got, _, _ = await both(text, filled(Query, {"rows": [row(leaves=[leaf("a")])], "leaf": leaf("c")}), yes=None)
    assert got[1]


async def test_introspection() -> None:
    await both(get_introspection_query(), filled(Query, {}))


async def test_error_beside_a_relation_keeps_its_place() -> None:
    """It is found before anything is waited for, as is the one after it."""
    text = "{ rows { name either { name ... on Part { leaf { name } } } leaf { name } } leaf { name } }"
    for wrong in (row(name=ValueError("Error one.")), row(either=[part(Part, 1), None])):
        got, _, _ = await both(text, filled(Query, {"rows": [wrong], "leaf": leaf(ValueError("Error two."))}))
        assert [error[0].count(b"Error two.") for error in got[1]] == [0, 1]


@pytest.mark.parametrize(
    "selection",
    [
        "leaf { name } part { leaf { name } } other { leaf { name } }",
        "either { name ... on Part { leaf { name } } ... on Other { leaf { name } } }",
        "part { name leaf { name } } other { name leaf { made } }",
    ],
)
async def test_what_is_loaded_for_one_row_is_one_batch(selection: str) -> None:
    root = filled(Query, {"rows": [row(), row(leaf_key=3, part=part(Part, 4))]})
    _, plain, inline = await both(f"{{ rows {{ {selection} }} }}", root)
    assert len(inline.tables[0].batches) == len(plain.tables[0].batches) == 1


async def test_batch_that_fails_is_not_asked_for_again() -> None:
    got, plain, inline = await both("{ rows { broken { name } } }", filled(Query, {"rows": [row(), row(leaf_key=1)]}))
    assert len(got[1]) == 2
    assert inline.tables[1].batches == plain.tables[1].batches


async def test_iterator_is_read_once() -> None:
    rows = [row()]
    await both("{ rows { name } again { name } }", filled(Query, {"rows": Fresh(lambda: iter(rows)), "again": tuple(rows)}))


@pytest.mark.parametrize(
    "text", ["{ rows { name } }", "{ rows { leaves { made } leaf { name } } }", "{ rows { leaves { name made } } }"]
)
async def test_method_that_raises_stop_iteration(text: str) -> None:
    """As ``next`` does. It must not look like the end of the values."""
    error = StopIteration("Error.")
    leaves = [leaf("a"), leaf("b", Raised(error)), leaf(Raised(error))]
    await both(text, filled(Query, {"rows": [row(leaves=leaves), row(name=Raised(error)), row()]}))


@pytest.mark.parametrize("keys", [[1, "stop", 2], ["stop", 1, 2], [1, 2, "stop"], ["stop", "stop"]])
async def test_loader_that_gives_stop_iteration(keys: list[Any]) -> None:
    """No future takes it. It is the error of its own key, wherever that stands in the batch, and no key is loaded twice."""
    text, root = "{ rows { name leaf { name } } }", filled(Query, {"rows": [row(leaf_key=key) for key in keys]})
    got, plain, inline = await both(text, root)
    assert len(got[1]) == keys.count("stop")
    assert inline.tables[0].batches == plain.tables[0].batches == [list(dict.fromkeys(keys))]
