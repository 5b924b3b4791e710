"""`/graphql` over HTTP with the clinic behind it: who is known, who is kept out, and what an answer tells beside its data.

The forms of requests and answers are in test_graphql_over_http.py.
"""

from typing import Any

import httpx
import pytest

from models.account import Account, AccountEmail, AccountStatus
from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

VIEWER = {"query": "{ viewer { roles } }"}


async def test_a_signed_in_caller_is_known(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    response = await http.post("/graphql", json=VIEWER, headers=authorization(settings, clinic, "house"))
    assert response.status_code == 200
    assert response.json()["data"] == {"viewer": {"roles": ["PROVIDER"]}}


async def test_signing_in_over_http_gives_a_token_that_works(http: httpx.AsyncClient, clinic: Clinic) -> None:
    from ohms_graphql.passwords import ArgonPasswords  # noqa: PLC0415

    hashed = await ArgonPasswords().hash("alice-password")
    await Account.get_pymongo_collection().update_one(
        {"email": AccountEmail.lookup("alice@clinic.example")}, {"$set": {"password_hash": hashed}}
    )
    sign_in = """mutation { signIn(input: {email: "alice@clinic.example", password: "alice-password"}) {
      accessToken errors { code } } }"""
    payload = (await http.post("/graphql", json={"query": sign_in})).json()["data"]["signIn"]
    assert payload["errors"] == []
    headers = {"authorization": f"Bearer {payload['accessToken']}"}
    answer = (await http.post("/graphql", json={"query": "{ viewer { patient { mrn } } }"}, headers=headers)).json()
    assert answer["data"]["viewer"]["patient"] == {"mrn": "M0000000001"}


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer e30.e30.e30"])
async def test_a_bad_token_is_refused_not_ignored(http: httpx.AsyncClient, header: str) -> None:
    response = await http.post("/graphql", json=VIEWER, headers={"authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_closed_account_is_out_with_its_next_request(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    headers = authorization(settings, clinic, "staff")
    assert (await http.post("/graphql", json=VIEWER, headers=headers)).status_code == 200
    closed = {"$set": {"status": AccountStatus.DEACTIVATED.value}}
    await Account.get_pymongo_collection().update_one({"_id": clinic.accounts["staff"].id}, closed)
    assert (await http.post("/graphql", json=VIEWER, headers=headers)).status_code == 401


async def test_a_revoked_role_binds_with_the_next_request(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    headers = authorization(settings, clinic, "staff")
    query = {"query": "{ patients { totalCount } }"}
    assert "errors" not in (await http.post("/graphql", json=query, headers=headers)).json()
    await Account.get_pymongo_collection().update_one({"_id": clinic.accounts["staff"].id}, {"$set": {"roles": ["ADMIN"]}})
    refused = (await http.post("/graphql", json=query, headers=headers)).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_every_refusal_has_its_code_and_status(http: httpx.AsyncClient) -> None:
    expected = {
        "{ viewer {": (400, "GRAPHQL_PARSE_FAILED"),
        "{ nothing }": (400, "GRAPHQL_VALIDATION_FAILED"),
        "{ patients { nodes { id } } }": (401, "UNAUTHENTICATED"),
        "query ($id: ID!) { node(id: $id) { id } }": (401, "UNAUTHENTICATED"),
        "query A { __typename } query B { __typename }": (400, "OPERATION_RESOLUTION_FAILED"),
        "{ " + " ".join(f"a{number}: __typename" for number in range(31)) + " }": (400, "LIMIT_EXCEEDED"),
        "{ " + " a" * 3000 + " }": (400, "LIMIT_EXCEEDED"),
    }
    found = {}
    for query in expected:
        response = await http.post("/graphql", json={"query": query}, headers={"accept": "application/graphql-response+json"})
        found[query] = (response.status_code, response.json()["errors"][0]["extensions"]["code"])
        assert "data" not in response.json()
        assert response.headers.get("www-authenticate") == ("Bearer" if response.status_code == 401 else None)
    assert found == expected


async def test_a_wrong_variable_is_named_with_its_value(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    query = {"query": "query ($first: Int) { providers(first: $first) { nodes { id } } }", "variables": {"first": "many"}}
    answer = (await http.post("/graphql", json=query, headers=authorization(settings, clinic, "house"))).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["errors"][0]["message"].startswith("Variable '$first' has invalid value: Int cannot represent")


async def test_a_limit_says_which_its_value_and_the_querys_own(http: httpx.AsyncClient) -> None:
    deep = "{ viewer { patient " + "{ careTeam { appointments { nodes { patient " * 4 + "{ id }" + " } } } }" * 4 + " } }"
    error = (await http.post("/graphql", json={"query": deep})).json()["errors"][0]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "depth", "maximum": 12, "actual": 19}
    assert "12" in error["message"]
    assert "19" in error["message"]


async def test_an_answer_says_what_it_cost(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    query = {"query": "{ providers(first: 2) { nodes { name { text } } } }"}
    answer = (await http.post("/graphql", json=query, headers=authorization(settings, clinic, "alice"))).json()
    assert answer["extensions"]["cost"]["databaseCommands"] == 2
    assert answer["extensions"]["cost"]["limit"] == settings.max_query_cost
    assert answer["extensions"]["cost"]["estimated"] > 0


async def test_an_unexpected_error_is_masked_and_found_again_in_the_log(
    http: httpx.AsyncClient,
    settings: Settings,
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("Alice Müller has diabetes")

    monkeypatch.setattr("schema.patient.queries.find_patients", broken)
    query = {"query": "{ patients { nodes { id } } }"}
    response = await http.post("/graphql", json=query, headers=authorization(settings, clinic, "staff"))
    assert response.status_code == 200
    error = response.json()["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == ("Internal server error", "INTERNAL_SERVER_ERROR")
    assert "Müller" not in response.text
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == ["unexpected error at patients"]


async def test_one_failing_field_leaves_its_siblings_alone(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("resolvers.loaders.balances.BalanceByPatient.batch_load_fn", broken)
    query = {"query": "{ patients { nodes { id name { text } balance { minorUnits } coverages { payer } } } }"}
    response = await http.post("/graphql", json=query, headers=authorization(settings, clinic, "staff"))
    assert response.status_code == 200
    assert {error["message"] for error in response.json()["errors"]} == {"Internal server error"}


async def test_probes_answer(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ok", "database": "ok"}


async def test_answers_carry_the_headers_that_browsers_heed(http: httpx.AsyncClient) -> None:
    headers = (await http.post("/graphql", json=VIEWER)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_a_browser_gets_graphiql(http: httpx.AsyncClient) -> None:
    page = await http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert (await http.get("/", follow_redirects=False)).headers["location"] == "/graphql"
