"""Headers, origins, and where a token may stand."""

import httpx
import pytest

from ohms_graphql.settings import Settings
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

WHO = '{"query": "{ viewer { roles } }"}'
JSON = {"content-type": "application/json"}


async def test_every_answer_carries_the_security_headers(http: httpx.AsyncClient, clinic: Clinic) -> None:
    for path in ("/healthz", "/graphql?query={viewer{roles}}", "/nowhere", "/graphql"):
        answer = await http.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://ohms.example.evil.example"])
async def test_no_other_origin_is_let_in(http: httpx.AsyncClient, clinic: Clinic, origin: str) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    preflight = await http.options("/graphql", headers=asked)
    answer = await http.post("/graphql", content=WHO, headers={**JSON, "origin": origin})
    for response in (preflight, answer):
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_foreign_form_can_send_is_not_taken(http: httpx.AsyncClient, clinic: Clinic, media_type: str) -> None:
    answer = await http.post("/graphql", content=WHO, headers={"content-type": media_type})
    assert answer.status_code == 415


@pytest.mark.parametrize("name", ["access_token", "token", "authorization", "bearer"])
async def test_a_token_in_the_address_is_nobodys(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, name: str) -> None:
    token = authorization(settings, clinic, "admin")["authorization"].removeprefix("Bearer ")
    answer = await http.post(f"/graphql?{name}={token}", content=WHO, headers=JSON)
    assert answer.json()["data"]["viewer"] is None
    answer = await http.get("/graphql", params={"query": "{ viewer { roles } }", name: token})
    assert answer.json()["data"]["viewer"] is None


async def test_a_token_in_a_cookie_or_body_is_nobodys(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    token = authorization(settings, clinic, "admin")["authorization"].removeprefix("Bearer ")
    cookies = {"authorization": f"Bearer {token}", "access_token": token, "ohms_session": token, "__Host-ohms_session": token}
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    answer = await http.post("/graphql", content=WHO, headers={**JSON, "cookie": sent})
    assert answer.json()["data"]["viewer"] is None
