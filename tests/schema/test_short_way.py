"""A known document is answered as an unknown one is: the same data, errors, cost and entries in the audit trail."""

import asyncio
import gc
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from models.audit_event import AuditEvent
from resolvers.audit.log import AuditUnavailable
from resolvers.context import RequestContext
from schema import build_schema, short_way
from schema.cost_extension import CostExtension
from schema.short_way import ShortWay
from tests.graph import Graph, gid

OPERATIONS: list[tuple[str, str | None, dict[str, Any]]] = [
    ("{ viewer { roles } }", "house", {}),
    ("{ viewer { roles } }", None, {}),
    ("query Named { viewer { roles } }", "alice", {}),
    ("query ($first: Int!) { patients(first: $first) { totalCount nodes { mrn name { text } } } }", "house", {"first": 2}),
    ("query ($first: Int!) { patients(first: $first) { nodes { mrn } } }", "house", {"first": "two"}),
    ("query ($first: Int!) { patients(first: $first) { nodes { mrn } } }", "house", {}),
    ("{ patients { nodes { mrn } } }", "alice", {}),
    ("{ patients { nodes { mrn } } }", None, {}),
    ("query ($id: ID!) { patient(id: $id) { mrn } }", "house", {"id": "nonsense"}),
    ("query ($id: ID!) { patient(id: $id) { name { text } allergies { id } } }", "house", {"id": "alice"}),
    ("{ nothing }", "house", {}),
    ("{ unclosed", "house", {}),
    ('mutation { signIn(input: {email: "nobody@clinic.example", password: "x"}) { errors { code } } }', None, {}),
    (
        "{ appointments(first: 200) { nodes { history { kind } patient { appointments(first: 200) { nodes { id } } } } } }",
        "house",
        {},
    ),
]


@pytest.fixture(scope="module")
def telling_schema() -> strawberry.Schema:
    return build_schema(extensions=[CostExtension])


async def _told(graph: Graph, schema: strawberry.Schema, operation: str, caller: str | None, variables: Any) -> Any:
    context = graph.context(caller)
    result = await schema.execute(operation, variable_values=variables, context_value=context)
    entries = [
        (row["action"], row["outcome"], sorted(row.get("fields") or []))
        for row in await AuditEvent.get_pymongo_collection().find().sort("_id").to_list()
    ]
    await AuditEvent.get_pymongo_collection().delete_many({})
    return (
        result.data,
        [error.formatted for error in result.errors or ()],
        result.extensions,
        entries,
        type(result),
        context.asked.action,
    )


@pytest.mark.parametrize(("operation", "caller", "variables"), OPERATIONS)
async def test_both_ways_tell_the_same(
    graph: Graph, telling_schema: strawberry.Schema, operation: str, caller: str | None, variables: Any
) -> None:
    if variables.get("id") == "alice":
        variables = {"id": gid(graph.clinic.alice)}
    fresh = build_schema(extensions=[CostExtension])
    long = await _told(graph, fresh, operation, caller, variables)
    short = await _told(graph, fresh, operation, caller, variables)
    assert short == long


async def test_a_known_document_takes_the_short_way(
    graph: Graph, telling_schema: strawberry.Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bool] = []
    execute = ShortWay.execute

    async def noting(self: ShortWay, *given: Any) -> Any:
        answer = await execute(self, *given)
        taken.append(answer is not None)
        return answer

    monkeypatch.setattr(ShortWay, "execute", noting)
    for caller in ("house", "house", "alice", None):
        await telling_schema.execute("{ patients { totalCount } }", context_value=graph.context(caller))
    assert taken == [False, True, True, False]  # a refusal goes the long way


async def test_what_cannot_be_written_down_is_not_answered(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unavailable(_context: RequestContext, _errors: list[GraphQLError] | None) -> None:
        raise AuditUnavailable

    operation = "{ patients { totalCount } }"
    context = graph.context("house")
    assert (await graph.schema.execute(operation, context_value=context)).errors is None
    monkeypatch.setattr(short_way, "settle_operation", unavailable)
    result = await graph.schema.execute(operation, context_value=context)
    assert result.data is None
    assert [error.message for error in result.errors or ()] == [AuditUnavailable().message]


async def test_an_operation_leaves_nothing_for_the_garbage_collector(graph: Graph) -> None:
    operation = "{ patients { nodes { mrn name { text } } } viewer { roles } }"
    for _ in range(2):
        await graph.schema.execute(operation, context_value=graph.context("house"))
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        await asyncio.create_task(graph.schema.execute(operation, context_value=graph.context("house")))
        gc.collect()
        left = {type(each).__name__ for each in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not left & {"RequestContext", "Patient", "SharingExecutor", "Loaders"}
