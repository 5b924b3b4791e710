"""What is remembered about a document, in which order an operation is looked at, and that every way in is guarded."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import strawberry
from graphql import GraphQLError, ValidationRule, parse
from strawberry.asgi import GraphQL
from strawberry.extensions import AddValidationRules, SchemaExtension
from strawberry.types.execution import ExecutionResult, PreExecutionError

from models.role import Role
from resolvers.principal import ANONYMOUS
from schema import document_cache
from schema.document_cache import DocumentPipeline, Pipeline
from schema.known_documents import DocumentCache, KnownDocument
from tests.schema.toy_clinic import LIMITS, Context, Query, caller, codes, run, toy_schema

STAFF = caller(Role.STAFF)


class Steps:
    """Which steps of the pipeline ran, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        for name in ("measure", "validate_document", "compile_cost", "compile_authorization"):
            monkeypatch.setattr(document_cache, name, self._noting(name, getattr(document_cache, name)))

    def _noting(self, name: str, step: Any) -> Any:
        def noting(*arguments: Any) -> Any:
            self.taken.append(name)
            return step(*arguments)

        return noting


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


async def test_a_document_is_worked_out_once_and_decided_about_every_time(steps: Steps) -> None:
    schema = toy_schema()
    text = "query ($n: Int) { patients(first: $n) { nodes { mrn } } }"
    for number in (3, 4, 5):
        result, context = await run(text, STAFF, {"n": number}, schema=schema)
        assert (codes(result), context.estimated_cost) == ([], number + 1)
    assert steps.taken == ["measure", "validate_document", "compile_cost", "compile_authorization"]
    refused, _ = await run(text, caller(Role.ANALYST), {"n": 3}, schema=schema)
    assert codes(refused) == ["FORBIDDEN"]
    assert len(steps.taken) == 4


async def test_strawberry_does_not_validate_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: Any) -> None:
        raise AssertionError("validated twice")

    monkeypatch.setattr("strawberry.schema.schema.validate_document", again)
    result, _ = await run("{ hello }", schema=toy_schema())
    assert result.data == {"hello": "hello"}


async def test_each_operation_of_a_document_has_its_own_plans_and_one_validation(steps: Steps) -> None:
    schema = toy_schema()
    text = "query A { hello } query B { patient { conditions } }"
    for name, expected in (("A", []), ("B", ["FORBIDDEN"]), ("A", []), ("B", ["FORBIDDEN"])):
        assert codes((await run(text, STAFF, name=name, schema=schema))[0]) == expected
    assert steps.taken.count("validate_document") == 1
    assert steps.taken.count("compile_authorization") == 2


async def test_linear_limits_come_before_validation(steps: Steps) -> None:
    result, _ = await run("{ unknown " * 20 + "}" * 20, schema=toy_schema())
    assert codes(result) == ["LIMIT_EXCEEDED"]
    assert steps.taken == ["measure"]


async def test_cost_comes_before_authorization_and_nothing_is_told_of_invalid_documents() -> None:
    dear = "{ patients(first: 100) { nodes { friends(first: 100) { nodes { mrn } } } } }"
    assert codes((await run(dear, ANONYMOUS))[0]) == ["LIMIT_EXCEEDED"]
    invalid, _ = await run("{ patient { conditions nothing } }", ANONYMOUS)
    assert [error.message for error in invalid.errors or ()] == ["Cannot query field 'nothing' on type 'Patient'."]


async def test_invalid_documents_are_not_kept() -> None:
    cache = DocumentCache()
    schema = toy_schema(cache=cache)
    for text in ("{ nothing }", "{ hello", "{ a: hello " + "b: hello " * 40 + "}", "{ ...F }"):
        assert codes((await run(text, schema=schema))[0])
    assert (len(cache), cache.characters) == (0, 0)
    await run("{ hello }", schema=schema)
    assert (len(cache), cache.characters) == (1, len("{ hello }"))


async def test_the_cache_is_bounded_by_number_by_characters_and_by_the_length_of_each() -> None:
    cache = DocumentCache(max_documents=3, max_characters=100, max_document_characters=60)
    schema = toy_schema(cache=cache)
    for index in range(5):
        await run(f"{{ a{index}: hello }}", schema=schema)
    assert len(cache) == 3
    assert cache.get("{ a1: hello }") is None
    assert cache.get("{ a2: hello }") is not None
    await run("{ hello }" + " " * 50, schema=schema)
    assert len(cache) == 3
    await run("{ hello }" + " " * 49, schema=schema)
    await run("{ hello }" + " " * 48, schema=schema)
    assert cache.characters <= 100
    assert len(cache) == 1
    result, _ = await run("{ hello }" + " " * 500, schema=schema)
    assert result.data == {"hello": "hello"}
    assert cache.characters <= 100


async def test_the_document_used_longest_ago_goes_first() -> None:
    cache = DocumentCache(max_documents=2)
    schema = toy_schema(cache=cache)
    for text in ("{ a: hello }", "{ b: hello }", "{ a: hello }", "{ c: hello }"):
        await run(text, schema=schema)
    assert cache.get("{ a: hello }") is not None
    assert cache.get("{ b: hello }") is None


def test_a_document_that_came_from_elsewhere_is_not_kept_under_the_text() -> None:
    cache = DocumentCache()
    cache.keep(KnownDocument(None, parse("{ a }")))
    assert len(cache) == 0


async def test_a_document_set_by_another_extension_is_decided_about_and_not_kept() -> None:
    class Persisted(SchemaExtension):
        def on_operation(self) -> Any:
            self.execution_context.graphql_document = parse("{ patient { mrn } }")
            yield

    cache = DocumentCache()
    pipeline = Pipeline(LIMITS, cache)
    schema = strawberry.Schema(Query, extensions=[Persisted, lambda: DocumentPipeline(pipeline)])
    result, context = await run("{ hello }", schema=schema)
    assert codes(result) == ["UNAUTHENTICATED"]
    assert context.ran == []
    assert len(cache) == 0


async def test_rules_of_other_extensions_hold_for_known_documents_too() -> None:
    class NoHello(ValidationRule):
        def enter_field(self, node: Any, *_: Any) -> None:
            if node.name.value == "hello":
                self.report_error(GraphQLError("Not today."))

    rules: list[Any] = []
    pipeline = Pipeline(LIMITS)
    extensions = [lambda: AddValidationRules(rules), lambda: DocumentPipeline(pipeline)]
    schema = strawberry.Schema(Query, extensions=extensions)
    assert codes((await run("{ hello }", schema=schema))[0]) == []
    rules.append(NoHello)
    assert codes((await run("{ hello }", schema=schema))[0]) == ["Not today."]


async def test_a_pipeline_belongs_to_one_schema() -> None:
    pipeline = Pipeline(LIMITS)
    one, other = (strawberry.Schema(Query, extensions=[lambda: DocumentPipeline(pipeline)]) for _ in range(2))
    assert codes((await run("{ hello }", schema=one))[0]) == []
    result, context = await run("{ hello }", schema=other)
    assert "one schema" in codes(result)[0]
    assert context.ran == []


# ---- every way in

REFUSED = [
    ("{ patient { conditions } }", "FORBIDDEN"),
    ("mutation { book(input: {patient: 1, minutes: 5}) { ok } }", "FORBIDDEN"),
    ("subscription { released { author } }", "FORBIDDEN"),
    ("{ " + "a { " * 20 + "b" + " }" * 21, "LIMIT_EXCEEDED"),
    ("{ " + "hello " * 3000 + "}", "LIMIT_EXCEEDED"),
    ("{ hello " + " " * 100_000 + "}", "LIMIT_EXCEEDED"),
    ("{ patients(first: 100) { nodes { friends(first: 100) { nodes { mrn } } } } }", "LIMIT_EXCEEDED"),
    ("{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
    ("{ hello", "Syntax Error: Expected Name, found <EOF>."),
]


async def streamed(text: str, context: Context) -> list[Any]:
    results: AsyncIterator[Any] = await SCHEMA.stream(text, context_value=context)
    return [result async for result in results]


SCHEMA = toy_schema()
NOBODY = caller(Role.ADMIN)


@pytest.mark.parametrize(("text", "code"), REFUSED)
async def test_a_refusal_is_an_error_before_execution_on_every_way_in(text: str, code: str) -> None:
    for _ in range(2):  # unknown, then known
        executed, context = await run(text, NOBODY, schema=SCHEMA)
        assert isinstance(executed, PreExecutionError)
        assert (executed.data, context.ran) == (None, [])
        context = Context(NOBODY)
        (first,) = await streamed(text, context)
        assert isinstance(first, PreExecutionError)
        assert context.ran == []
        context = Context(NOBODY)
        synchronous = SCHEMA.execute_sync(text, context_value=context)
        assert (synchronous.data, context.ran) == (None, [])
        assert {*codes(executed), *codes(first), *codes(synchronous)} == {code}


async def test_what_is_allowed_runs_on_every_way_in() -> None:
    for _ in range(2):
        context = Context(STAFF)
        (streamed_result,) = await streamed("{ patient { mrn } }", context)
        executed, _ = await run("{ patient { mrn } }", STAFF, schema=SCHEMA)
        assert isinstance(executed, ExecutionResult)
        assert streamed_result.data == executed.data == {"patient": {"mrn": "42"}}
        assert context.estimated_cost == 1


class Endpoint(GraphQL[Context, None]):
    def __init__(self, context: Context) -> None:
        super().__init__(SCHEMA, subscription_protocols=["graphql-transport-ws"])
        self.context = context

    async def get_context(self, request: Any, response: Any) -> Context:
        return self.context


async def test_over_http_a_refusal_answers_and_nothing_runs() -> None:
    context = Context(NOBODY)
    transport = httpx.ASGITransport(app=Endpoint(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic") as client:
        answer = await client.post("/graphql", json={"query": "{ hello patient { mrn } }"})
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "coordinate": "Query.patient",
        "roles": ["PATIENT", "PROVIDER", "STAFF"],
    }
    assert context.ran == []


@pytest.mark.parametrize(("text", "code"), REFUSED)
async def test_over_a_websocket_a_refusal_is_one_error_message_and_nothing_is_started(text: str, code: str) -> None:
    """What the parser refuses is no message but the end of the socket (4400): so Strawberry speaks the protocol."""
    context = Context(NOBODY)
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "websocket.close" or json.loads(message.get("text", "{}")).get("type") in ("error", "complete"):
            incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})

    incoming.put_nowait({"type": "websocket.connect"})
    for message in ({"type": "connection_init"}, {"id": "1", "type": "subscribe", "payload": {"query": text}}):
        incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
    scope = {"type": "websocket", "path": "/", "headers": [], "subprotocols": ["graphql-transport-ws"], "query_string": b""}
    await Endpoint(context)(scope, incoming.get, send)
    if sent[-1]["type"] == "websocket.close":
        assert sent[-1]["code"] == 4400
        assert sent[-1]["reason"].startswith(("Syntax Error", "The operation goes beyond the limit"))
    else:
        error = json.loads(sent[-1]["text"])
        assert error["type"] == "error"
        assert {one.get("extensions", {}).get("code", one["message"]) for one in error["payload"]} == {code}
    assert context.ran == []


async def test_introspection_without_a_caller_works() -> None:
    assert SCHEMA.introspect()["__schema"]["queryType"]["name"] == "Query"


async def test_a_known_document_costs_microseconds_before_it_runs() -> None:
    fields = " ".join(f"p{i}: patient {{ id mrn name: mrn balance {{ currency }} conditions }}" for i in range(16))
    text = f"{{ {fields} patients {{ nodes {{ id mrn records {{ nodes {{ id title }} totalCount }} }} totalCount }} }}"
    pipeline = Pipeline(replace(LIMITS, max_cost=10**6, max_aliases=100))
    schema = strawberry.Schema(Query, extensions=[lambda: DocumentPipeline(pipeline)])
    await run(text, caller(Role.PATIENT), schema=schema)
    known = pipeline.cache.get(text)
    assert known is not None
    execution = schema._create_execution_context(text, (), None, Context(caller(Role.PATIENT)), None, None)
    execution.graphql_document = known.document
    timings = []
    for _ in range(20):
        start = time.perf_counter()
        for _ in range(100):
            assert pipeline.decide(execution, known) == []
        timings.append((time.perf_counter() - start) / 100)
    assert min(timings) < 50e-6
