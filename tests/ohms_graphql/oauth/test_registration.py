"""Registering clients and rotating keys from the command line, on the real database."""

import os
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from models.oauth_client import OAuthClient
from ohms_graphql.settings import Settings
from tests.ohms_graphql.oauth.browser import Browser, roles_of

Ohms = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ohms(settings: Settings) -> Ohms:
    ours = {"OHMS_MONGODB_URL": settings.mongodb_url or "", "OHMS_DATABASE": settings.database}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "ohms_graphql", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ours}, check=False)

    return run


async def test_a_machine_is_registered_used_renewed_and_removed(ohms: Ohms, http: httpx.AsyncClient) -> None:
    made = ohms("oauth-client", "create", "lab-interface", "--name", "Lab", "--role", "staff")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.split("client_secret: ")[1].strip()
    stored = await OAuthClient.get("lab-interface")
    assert stored is not None
    assert secret not in stored.model_dump_json()
    asked = {"grant_type": "client_credentials"}
    token = (await http.post("/oauth/token", data=asked, auth=("lab-interface", secret))).json()["access_token"]
    assert await roles_of(http, token) == ["STAFF"]
    assert "lab-interface  machine  Lab" in ohms("oauth-client", "list").stdout
    renewed = ohms("oauth-client", "rotate-secret", "lab-interface").stdout.split("client_secret: ")[1].strip()
    assert (await http.post("/oauth/token", data=asked, auth=("lab-interface", secret))).status_code == 401
    assert (await http.post("/oauth/token", data=asked, auth=("lab-interface", renewed))).status_code == 200
    assert ohms("oauth-client", "delete", "lab-interface").returncode == 0
    assert await roles_of(http, token) is None
    assert (await http.post("/oauth/token", data=asked, auth=("lab-interface", renewed))).status_code == 401


@pytest.mark.parametrize(
    "arguments",
    [
        ("app", "--redirect-uri", "http://client.example/cb"),
        ("app", "--redirect-uri", "https://*.example/cb"),
        ("app", "--redirect-uri", "https://client.example/cb#x"),
        ("app", "--redirect-uri", "javascript:alert(1)"),
        ("app", "--redirect-uri", "https://a@client.example/cb"),
        ("graphiql", "--redirect-uri", "https://client.example/cb"),
        ("A B", "--redirect-uri", "https://client.example/cb"),
        ("app",),
        ("app", "--role", "provider"),
        ("app", "--role", "staff", "--redirect-uri", "https://client.example/cb"),
    ],
)
def test_what_cannot_be_a_client_is_refused_in_one_line(ohms: Ohms, arguments: tuple[str, ...]) -> None:
    refused = ohms("oauth-client", "create", *arguments, "--name", "An app")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1


async def test_rotating_the_keys_signs_nobody_out(ohms: Ohms, graphiql: Browser) -> None:
    code = graphiql.code(await graphiql.sign_in("house@clinic.example", "house-password"))
    before = (await graphiql.exchange(code)).json()
    assert ohms("signing-keys", "rotate").returncode == 0
    listed = ohms("signing-keys", "list").stdout
    assert listed.count("published until") == 1
    assert listed.count("signs") == 1
    assert await roles_of(graphiql.http, before["access_token"]) == ["PROVIDER"]
    after = (await graphiql.refresh(before["refresh_token"])).json()
    assert await roles_of(graphiql.http, after["access_token"]) == ["PROVIDER"]
    from_another_process = ohms("token", "staff@clinic.example").stdout.strip()  # signed with the new key
    assert await roles_of(graphiql.http, from_another_process) == ["STAFF"]
    kids = {key["kid"] for key in (await graphiql.http.get("/oauth/jwks")).json()["keys"]}
    assert len(kids) == 2
    assert await roles_of(graphiql.http, before["access_token"]) == ["PROVIDER"]
