"""GraphQL over HTTP: media types, status codes, and what is not a request. A toy graph, no database."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import Message

from ohms_graphql.access_log import AccessLog
from tests.ohms_graphql.toy_endpoint import SECRET, toy_app

NEW, OLD = "application/graphql-response+json", "application/json"
MASKED = "Internal server error"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """As `ohms serve` wraps it: with request ids."""
    transport = httpx.ASGITransport(app=AccessLog(toy_app()))
    async with httpx.AsyncClient(transport=transport, base_url="http://ohms.example") as client:
        yield client


async def ask(http: httpx.AsyncClient, query: str, accept: str = NEW, **others: Any) -> httpx.Response:
    return await http.post("/graphql", json={"query": query} | others, headers={"accept": accept})


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        (NEW, 400, NEW),
        (OLD, 200, OLD),
        (f"{OLD};q=0.5, {NEW};q=0.9", 400, NEW),
        (f"{OLD}, {NEW};q=0.1", 200, OLD),
        (f"{NEW}, {OLD};q=0.9", 400, NEW),
        (f"{OLD};q=0, {NEW};q=0.1", 400, NEW),
        (f"{OLD};charset=utf-8;q=0.5", 200, OLD),
        ("*/*", 200, OLD),
        ("application/*", 200, OLD),
        ("", 200, OLD),
        ("text/html;q=0.9, */*;q=0.1", 200, OLD),
    ],
)
async def test_a_request_error_has_no_data_and_the_status_of_its_media_type(
    http: httpx.AsyncClient, accept: str, status: int, media_type: str
) -> None:
    response = await ask(http, "{ nothing }", accept)
    assert (response.status_code, response.headers["content-type"]) == (status, f"{media_type}; charset=utf-8")
    assert response.headers["vary"] == "Accept"
    body = response.json()
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("accept", ["image/png", "text/html", f"{OLD};q=0", f"{OLD};q=nan"])
async def test_an_answer_nobody_accepts_is_not_made(http: httpx.AsyncClient, accept: str) -> None:
    assert (await ask(http, "{ number }", accept)).status_code == 406


@pytest.mark.parametrize(
    ("query", "others", "code"),
    [
        ("{ number", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($unused: Int) { number }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " nothing" * 101 + " }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { number }", {"operationName": "B"}, "OPERATION_RESOLUTION_FAILED"),
        ("fragment A on Query { number }", {}, "OPERATION_RESOLUTION_FAILED"),
        ("query ($text: String!) { echo(text: $text) }", {}, "BAD_USER_INPUT"),
        ("query ($text: String!) { echo(text: $text) }", {"variables": {"text": 7}}, "BAD_USER_INPUT"),
    ],
)
async def test_every_request_error_has_its_code_and_no_data(
    http: httpx.AsyncClient, query: str, others: dict[str, Any], code: str
) -> None:
    response = await ask(http, query, **others)
    assert response.status_code == 400
    body = response.json()
    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} == {code}


async def test_a_null_where_none_may_be_is_the_callers_fault_though_the_field_was_reached(http: httpx.AsyncClient) -> None:
    response = await ask(http, 'query ($text: String = "x") { echo(text: $text) }', variables={"text": None})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("Argument 'text' has invalid value")
    assert error["path"] == ["echo"]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "said"),
    [
        (b"[]", OLD, 400, "Batches are not taken"),
        (b"7", OLD, 400, "must be a JSON object with a query"),
        (b"{", OLD, 400, "The body is not JSON: line 1, column 2"),
        (b"\xff\xfe", OLD, 400, "The body is not JSON"),
        (b'{"query":"{number}","variables":' + b"[" * 20_000 + b"]" * 20_000 + b"}", OLD, 400, "The body is not JSON"),
        (b"{}", OLD, 400, "query must be a string"),
        (b'{"query": 1}', OLD, 400, "query must be a string"),
        (b'{"query": ""}', OLD, 400, "query must be a string"),
        (b'{"query": "{x}", "variables": []}', OLD, 400, "variables must be an object"),
        (b'{"query": "{x}", "extensions": []}', OLD, 400, "extensions must be an object"),
        (b'{"query": "{x}", "operationName": 1}', OLD, 400, "operationName must be a string"),
        (b"query=x", "application/x-www-form-urlencoded", 415, "must be application/json"),
        (b"query=x", "multipart/form-data; boundary=x", 415, "must be application/json"),
        (b"{}", "", 415, "must be application/json"),
        (b"{}", "application/json; charset=utf-16", 415, "in UTF-8"),
        (b"x" * 200_001, OLD, 413, "more than 200000 bytes"),
    ],
)
async def test_what_is_not_a_request_is_said_plainly(
    http: httpx.AsyncClient, content: bytes, content_type: str, status: int, said: str
) -> None:
    response = await http.post("/graphql", content=content, headers={"content-type": content_type})
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert said in error["message"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


async def test_a_query_is_taken_by_get_with_its_variables(http: httpx.AsyncClient) -> None:
    asked = {"query": "query A ($t: String!) { echo(text: $t) }", "variables": '{"t": "é"}', "operationName": "A"}
    assert (await http.get("/graphql", params=asked)).json()["data"] == {"echo": "é"}
    refused = await http.get("/graphql", params=asked | {"variables": "{"})
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (400, "variables is not JSON: line 1, column 2.")


@pytest.mark.parametrize(
    ("method", "query", "allowed", "said"),
    [
        ("GET", "mutation { change }", "POST", "GET is for queries; send a mutation by POST."),
        ("GET", "subscription { count(to: 1) }", "GET, POST", "Subscriptions run over a websocket"),
        ("POST", "subscription { count(to: 1) }", "GET, POST", "Subscriptions run over a websocket"),
        ("PUT", "{ number }", "GET, POST", "GraphQL takes GET and POST."),
    ],
)
async def test_what_a_method_is_not_for_is_405(http: httpx.AsyncClient, method: str, query: str, allowed: str, said: str) -> None:
    given: dict[str, Any] = {"params": {"query": query}} if method == "GET" else {"json": {"query": query}}
    response = await http.request(method, "/graphql", **given)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert response.json()["errors"][0]["message"].startswith(said)


async def test_a_browser_gets_the_page_and_a_program_the_answer(http: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert (await http.get("/graphql", headers=browser)).text == "the page"
    assert (await http.get("/graphql", params={"query": "{ number }"}, headers=browser)).json()["data"]
    assert (await http.get("/graphql")).status_code == 400


@pytest.mark.parametrize("header", ["Bearer bad", "Basic YTpi", "Bearer", "Bearer "])
async def test_a_bad_token_is_refused_not_ignored(http: httpx.AsyncClient, header: str) -> None:
    response = await http.post("/graphql", json={"query": "{ token }"}, headers={"authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_each_request_has_a_context_of_its_own(http: httpx.AsyncClient) -> None:
    seen = [(await ask(http, "{ number token }")).json()["data"] for _ in range(2)]
    assert seen == [{"number": 1, "token": None}, {"number": 2, "token": None}]
    signed_in = await http.post("/graphql", json={"query": "{ token }"}, headers={"authorization": "bearer good"})
    assert signed_in.json()["data"] == {"token": "good"}


async def test_a_fault_is_masked_and_found_in_the_log_by_its_request_id(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await http.post("/graphql", json={"query": "{ fail }"}, headers={"x-request-id": "from-the-proxy"})
    assert (response.status_code, response.headers["x-request-id"]) == (200, "from-the-proxy")
    (error,) = response.json()["errors"]
    assert error["message"] == MASKED
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "from-the-proxy"}
    assert response.json()["data"] == {"fail": None}
    (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.getMessage() == "unexpected error at fail"  # the formatter adds the id, and leaves out the exception's text
    assert logged.exc_info is not None
    assert logged.exc_info[0] is RuntimeError


async def test_a_fault_before_the_operation_is_masked_too(http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    response = await http.post("/graphql", json={"query": "{ number }"}, headers={"authorization": "Bearer down"})
    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == (MASKED, "INTERNAL_SERVER_ERROR")
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    assert SECRET not in response.text
    assert "unexpected error at the operation" in caplog.messages


async def test_what_the_server_cannot_show_is_a_fault_of_the_server(http: httpx.AsyncClient) -> None:
    response = await ask(http, "{ beyond32Bits }")
    assert response.json()["errors"][0]["message"] == MASKED
    assert str(2**40) not in response.text


async def test_a_failing_non_null_field_leaves_alone_what_others_wait_for(http: httpx.AsyncClient) -> None:
    """graphql-core 3.3 cancels its siblings, here `good`; the future that `good` and `shared` wait for is shielded."""
    response = await ask(http, "{ pair(shielded: true) { bad good } shared }")
    assert response.status_code == 200
    assert response.json()["data"] == {"pair": None, "shared": "loaded"}
    assert [error["path"] for error in response.json()["errors"]] == [["pair", "bad"]]


async def test_a_cancellation_that_strays_out_of_the_operation_is_answered(http: httpx.AsyncClient) -> None:
    """What a forgotten shield does: without an answer, the caller would see the connection break."""
    response = await ask(http, "{ pair(shielded: false) { bad good } unshielded }")
    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == (MASKED, "INTERNAL_SERVER_ERROR")


async def test_a_cancellation_that_is_meant_is_obeyed(http: httpx.AsyncClient) -> None:
    asking = asyncio.create_task(ask(http, "{ wait(seconds: 30) }"))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_caller_who_hangs_up_while_sending_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"query":', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "root_path": ""}
    scope["headers"] = [(b"content-type", b"application/json")]
    await toy_app()(scope, receive, send)
    assert sent[0]["status"] == 400
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_answers_carry_the_headers_that_browsers_heed(http: httpx.AsyncClient) -> None:
    headers = (await ask(http, "{ number }")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
