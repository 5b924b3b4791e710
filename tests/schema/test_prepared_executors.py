"""A copied executor is as graphql-core would make it, and shares nothing with another request's."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, parse

from schema.inline_execution import InlineExecutor, PlanCache
from schema.prepared_executors import OF_A_REQUEST, PreparedExecutor


@strawberry.type
class Query:
    @strawberry.field
    def twice(self, number: int = 3) -> int:
        return 2 * number


CORE: Any = strawberry.Schema(Query)._schema
EXECUTOR: Any = type("Executor", (InlineExecutor,), {"plan_cache": PlanCache()})


def build(text: str, variables: dict[str, Any] | None = None, context: Any = None) -> Any:
    return EXECUTOR.build(CORE, parse(text), context_value=context, raw_variable_values=variables)


def test_a_copy_has_all_that_an_executor_has() -> None:
    context = object()
    built = build("{ twice }", context=context)
    copied: Any = PreparedExecutor(build("{ twice }", context="another")).executor(context, None)
    assert type(copied) is type(built)
    assert vars(copied).keys() == vars(built).keys() - {"async_helpers"}
    assert copied.context_value is context
    assert copied.async_helpers.gather == copied.gather_async_work
    assert copied.execute_known().data == built.execute_known().data == {"twice": 6}


def test_two_copies_share_nothing_that_changes() -> None:
    """An attribute that a later graphql-core adds must be looked at: is it of a request?"""
    prepared: Any = PreparedExecutor(build("{ twice }"))
    one, other = prepared.executor("one", None), prepared.executor("other", None)
    shared = {name for name, value in vars(one).items() if vars(other).get(name) is value}
    assert not shared & OF_A_REQUEST - {"variable_values"}
    assert {name for name in shared if isinstance(vars(one)[name], dict | set | list)} == {"fragments", "fragment_definitions"}


def test_variables_are_read_for_each_request() -> None:
    prepared: Any = PreparedExecutor(build("query ($n: Int = 5) { twice(number: $n) }", {"n": 1}))
    for given, twice in (({"n": 2}, 4), ({}, 10), (None, 10), ({"n": 4}, 8)):
        assert prepared.executor(None, given).execute_known().data == {"twice": twice}


@pytest.mark.parametrize("given", [{"n": "two"}, {}, {"n": None}])
def test_wrong_variables_are_graphql_cores_errors(given: dict[str, Any]) -> None:
    text = "query ($n: Int!) { twice(number: $n) }"
    errors: Any = PreparedExecutor(build(text, {"n": 1})).executor(None, given)
    expected = build(text, given)
    assert all(isinstance(error, GraphQLError) for error in errors)
    assert [error.formatted for error in errors] == [error.formatted for error in expected]
