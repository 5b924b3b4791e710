"""Operations named by their hash: sent once and remembered, or taken from a list and no others."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from ohms_graphql.app import create_app
from ohms_graphql.document_names import digest_of
from ohms_graphql.errors import OhmsError
from ohms_graphql.settings import Settings

NEW = "application/graphql-response+json"
VIEWER = "query Viewer { viewer { roles } }"
SCHEDULES = "subscription { viewerChanged { __typename } }"
DIGEST = digest_of(VIEWER)


def _named(digest: str = DIGEST, **others: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}, **others}


def _code(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


# -- automatic -------------------------------------------------------------------------------------------------------------


async def test_a_document_is_named_once_it_was_sent(http: httpx.AsyncClient) -> None:
    unknown = await http.post("/graphql", json=_named())
    assert unknown.status_code == 200  # as clients of the older media type expect it
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert _code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert (await http.post("/graphql", json=_named(), headers={"accept": NEW})).status_code == 400
    sent = await http.post("/graphql", json=_named(query=VIEWER))
    assert sent.json()["data"] == {"viewer": None}
    for body in (_named(), {"documentId": f"sha256:{DIGEST}"}, {"documentId": DIGEST.upper()}, _named(query="")):
        assert (await http.post("/graphql", json=body)).json()["data"] == {"viewer": None}


async def test_a_get_names_a_document_as_well(http: httpx.AsyncClient) -> None:
    extensions = json.dumps(_named()["extensions"])
    assert (await http.get("/graphql", params={"query": VIEWER, "extensions": extensions})).json()["data"] == {"viewer": None}
    for params in ({"extensions": extensions}, {"documentId": f"sha256:{DIGEST}"}):
        answer = await http.get("/graphql", params=params, headers={"accept": "text/html, application/json"})
        assert answer.json()["data"] == {"viewer": None}


async def test_what_was_refused_is_not_kept(http: httpx.AsyncClient) -> None:
    broken = "{ nothing }"
    assert _code(await http.post("/graphql", json=_named(digest_of(broken), query=broken))) == "GRAPHQL_VALIDATION_FAILED"
    assert _code(await http.post("/graphql", json=_named(digest_of(broken)))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_hash_is_that_of_its_document(http: httpx.AsyncClient) -> None:
    lie = await http.post("/graphql", json=_named(digest_of("{ other }"), query=VIEWER))
    assert (lie.status_code, _code(lie)) == (400, "BAD_REQUEST")
    assert "SHA-256" in lie.json()["errors"][0]["message"]
    assert _code(await http.post("/graphql", json=_named(digest_of("{ other }")))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (_named("nonsense"), "BAD_REQUEST", "64 hexadecimal digits"),
        ({"documentId": 7}, "BAD_REQUEST", "documentId must be"),
        ({"documentId": "sha256:12"}, "BAD_REQUEST", "documentId must be"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": DIGEST}}}, "PERSISTED_QUERY_NOT_SUPPORTED", "version 1"),
        ({"extensions": {"persistedQuery": "x"}}, "PERSISTED_QUERY_NOT_SUPPORTED", "version 1"),
        ({"extensions": {}}, "BAD_REQUEST", "query must be"),
    ],
)
async def test_what_names_no_document_is_told_why(http: httpx.AsyncClient, body: Any, code: str, told: str) -> None:
    answer = await http.post("/graphql", json=body)
    assert (answer.status_code, _code(answer)) == (400, code)
    assert told in answer.json()["errors"][0]["message"]


# -- a list of trusted ones ------------------------------------------------------------------------------------------------


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "trusted.json"
    path.write_text(json.dumps({DIGEST: VIEWER, digest_of(SCHEDULES): SCHEDULES}))
    return path


@pytest.fixture
def trusting(settings: Settings, manifest: Path) -> Settings:
    return settings.model_copy(update={"trusted_documents": manifest})


async def test_nothing_but_the_list_is_run(trusting: Settings) -> None:
    app = create_app(trusting, build_indexes=False)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://ohms.example") as http:
        for body in (_named(), {"documentId": f"sha256:{DIGEST}"}, {"query": VIEWER}, _named(query=VIEWER)):
            assert (await http.post("/graphql", json=body)).json()["data"] == {"viewer": None}
        for body in (_named(digest_of("{ x }")), {"query": VIEWER + " "}, {"query": "{ __schema { types { name } } }"}):
            for accept in (NEW, "application/json", "text/event-stream"):
                refused = await http.post("/graphql", json=body, headers={"accept": accept})
                assert (refused.status_code, _code(refused)) == (400, "PERSISTED_QUERY_NOT_IN_LIST")
        streamed = await http.post("/graphql", json=_named(), headers={"accept": "text/event-stream"})
        assert '"viewer":null' in streamed.text
        page = await http.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 404
        assert "only the operations of its list" in page.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not JSON: line 1"),
        ("[]", "JSON object of documents"),
        (json.dumps({"abc": VIEWER}), "abc is not the SHA-256 of its document"),
        (json.dumps({DIGEST: 7}), "must be the text of a document"),
        (json.dumps({digest_of("{ nothing }"): "{ nothing }"}), "Cannot query field 'nothing'"),
        (json.dumps({digest_of("{"): "{"}), "Syntax Error"),
        (json.dumps({digest_of("fragment F on Viewer { roles }"): "fragment F on Viewer { roles }"}), "has no operation"),
        (json.dumps({"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}), "version 2"),
        (json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [1]}), "objects with id and body"),
    ],
)
def test_a_list_that_does_not_fit_stops_the_start_in_one_line(
    trusting: Settings, manifest: Path, content: str, told: str
) -> None:
    manifest.write_text(content)
    with pytest.raises(OhmsError) as refusal:
        create_app(trusting, build_indexes=False)
    assert str(refusal.value).startswith(f"OHMS_TRUSTED_DOCUMENTS={manifest}")
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_list_is_held_to_the_limits(trusting: Settings, manifest: Path) -> None:
    dear = "{ appointments(first: 200) { nodes { patient { appointments(first: 200) { nodes { id } } } } } }"
    manifest.write_text(json.dumps({digest_of(dear): dear}))
    with pytest.raises(OhmsError, match=f"{digest_of(dear)}: The operation goes beyond the limit cost"):
        create_app(trusting.model_copy(update={"max_query_cost": 1000}), build_indexes=False)


def test_a_list_that_is_not_there_is_named(trusting: Settings, manifest: Path) -> None:
    manifest.unlink()
    with pytest.raises(OhmsError, match=r"cannot be read: No such file"):
        create_app(trusting, build_indexes=False)


def test_apollos_manifest_is_taken(trusting: Settings, manifest: Path) -> None:
    operation = {"id": DIGEST, "name": "Viewer", "type": "query", "body": VIEWER}
    manifest.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}))
    create_app(trusting, build_indexes=False)
