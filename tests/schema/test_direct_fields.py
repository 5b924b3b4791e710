"""Fields that are called at once answer, fail and wait as they do by Strawberry's way; others are left to it."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, Executor, parse
from strawberry.extensions import FieldExtension

from schema.direct_fields import DirectFields
from schema.inline_execution import InlineExecutor, PlanCache


class Louder(FieldExtension):
    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **given: Any) -> Any:
        return str(next_(source, info, **given)).upper()


@strawberry.enum
class Kind(Enum):
    SMALL = "small"


@strawberry.input
class Which:
    kind: Kind
    inner: "Which | None" = None
    wanted: bool = True

    def __post_init__(self) -> None:
        if not self.wanted:
            raise ValueError("not wanted")


@strawberry.type
class Person:
    name: str

    @strawberry.field
    def path(self, info: strawberry.Info) -> str:
        return f"{self.name} {info.path.as_list()} {info.field_name} {info.python_name} {info.context} {info.return_type}"

    @strawberry.field
    async def later(self, about: strawberry.Info) -> "Person | None":
        return Person(name=f"{self.name}, {len(about.selected_fields[0].selections)}")

    @strawberry.field
    def failing(self, info: strawberry.Info) -> str | None:
        raise ValueError(f"no {info.field_name}")

    @strawberry.field
    async def failing_later(self, info: strawberry.Info) -> str:
        raise ValueError(f"no {info.field_name}")

    @strawberry.field
    def nothing(self, info: strawberry.Info) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field(extensions=[Louder()])
    def loud(self, info: strawberry.Info) -> str:
        return f"{info.context}"


@strawberry.type
class Query:
    @strawberry.field
    def person(self, info: strawberry.Info) -> Person | None:
        return Person(name="Ada")

    @strawberry.field
    def nobody(self, info: strawberry.Info) -> Person | None:
        return None

    @strawberry.field
    def wrong(self, info: strawberry.Info) -> Person | None:
        return "Ada"  # type: ignore[return-value]

    @strawberry.field
    def without_anything() -> int:
        return 7

    @strawberry.field
    def of_parent(parent: strawberry.Parent[Any], info: strawberry.Info) -> str:  # noqa: N805
        return f"{parent}"

    @strawberry.field
    def counted(self, info: strawberry.Info, number: int = 3) -> int:
        return number

    @strawberry.field
    async def asked(self, which: Which, times: list[int | None] | None = None, more: str = "m") -> str:
        return f"{which} {times} {more}"

    @strawberry.field
    def maybe(self, number: strawberry.Maybe[int | None]) -> str:
        return f"{number}"


CORE: Any = strawberry.Schema(Query)._schema
DIRECT = {"person", "nobody", "wrong", "withoutAnything", "counted", "asked"}
OPERATIONS = [
    "{ person { name path other: path nothing } nobody { name } }",
    "{ person { later { name later { path name } } loud } }",
    "{ person { failing failingLater } withoutAnything }",
    "{ person { failing } wrong { name } counted ofParent }",
    "{ wrong { path } other: person { __typename } __typename }",
    "{ counted(number: 4) other: counted asked(which: {kind: SMALL, inner: {kind: SMALL, inner: null}}, times: [1, null]) }",
    "query ($none: Int = 5, $which: Which = {kind: SMALL}) { counted(number: $none) asked(which: $which) maybe(number: null) }",
    "query ($number: Int!) { counted(number: $number) maybe }",
    "{ person { name } asked(which: {kind: SMALL, wanted: false}) }",
    "query ($which: Which! = {kind: SMALL}) { person { name } asked(which: $which, more: null) }",
    "query ($more: String) { person { name } asked(which: {kind: SMALL}, more: $more) }",
]
VARIABLES: dict[str, Any] = {"number": 8, "more": None}


async def executed(text: str, executor: Any) -> Any:
    given = {"context_value": "context", "root_value": "root", "raw_variable_values": VARIABLES}
    built: Any = executor.build(CORE, parse(text), **given)
    result = built.execute_known() if isinstance(built, InlineExecutor) else built.execute_operation()
    answer: ExecutionResult = result if isinstance(result, ExecutionResult) else await result
    return answer.data, [(error.formatted, type(error.original_error)) for error in answer.errors or ()]


@pytest.mark.parametrize("text", OPERATIONS)
async def test_answers_are_those_of_strawberrys_way(text: str) -> None:
    inline = type("Inline", (InlineExecutor,), {"plan_cache": PlanCache()})
    expected = await executed(text, Executor)
    for _ in range(2):
        assert await executed(text, inline) == expected


def _details(node: Any) -> Any:
    return type("Details", (), {"node": node, "fragment_variable_values": None})()


def test_only_fields_without_extensions_whose_arguments_go_by_type_are_called_at_once() -> None:
    executor: Any = InlineExecutor.build(
        CORE, parse(f"{{ {' '.join(CORE.query_type.fields)} }}".replace("person", "person { name }"))
    )
    fields = DirectFields(CORE)
    for name in CORE.query_type.fields:
        (node,) = [each for each in executor.operation.selection_set.selections if each.name.value == name]
        details = [_details(node)]
        assert (fields.field(CORE.query_type, details) is not None) == (name in DIRECT), name


async def test_a_schema_that_handles_exceptions_is_left_to_strawberry() -> None:
    schema: Any = strawberry.Schema(Query)
    schema.exception_handlers = (object(),)
    executor: Any = InlineExecutor.build(schema._schema, parse("{ withoutAnything }"))
    details = [_details(executor.operation.selection_set.selections[0])]
    assert DirectFields(schema._schema).field(schema._schema.query_type, details) is None
