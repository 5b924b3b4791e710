"""A provider that we did not write (PyPI oidc-provider-mock), and an issuer of bearer tokens with keys of our own."""

import json
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from joserfc.jwk import KeySet, RSAKey

from ohms_graphql.app import create_app
from ohms_graphql.settings import Settings, load_settings
from tests.ohms_graphql.conftest import settings  # noqa: F401

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports what Authlib has given up
    import oidc_provider_mock

AUDIENCE = "https://api.clinic.example"


class Issuer:
    """Serves discovery and keys. ``answer`` may be changed to lie, to fail, or to send too much."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.keys = {"one": RSAKey.generate_key(2048, {"kid": "one"})}
        self.claimed_issuer = self.url
        self.status = 200
        self.asked = 0
        self.metadata: dict[str, Any] = {}
        self.id_token = ""

    def answer(self, path: str) -> tuple[int, Any]:
        self.asked += 1
        if path.endswith("/openid-configuration"):
            found = {"issuer": self.claimed_issuer, "jwks_uri": f"{self.url}/jwks"}
            places = {"authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token"}
            return self.status, {**found, **places, **self.metadata}
        if path.endswith("/token"):
            return self.status, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token}
        return self.status, KeySet(list(self.keys.values())).as_dict(private=False)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = served.answer(self.path)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Issuer(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hospital() -> Iterator[str]:
    """The issuer of the mock."""
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def outside_settings(settings: Settings, hospital: str, issuer: Issuer) -> Settings:  # noqa: F811
    roles = {"clinicians": ["PROVIDER"], "desk": ["STAFF"], "it": ["ADMIN"]}
    common = {"client_id": "ohms", "client_secret": "shared-secret", "role_map": roles, "role_claim": "realm.groups"}
    providers = [
        {"name": "hospital", "label": "General Hospital", "issuer": hospital, "trust_email": True, **common},
        {"name": "machines", "label": "Machines", "issuer": issuer.url, "audience": AUDIENCE, **common},
    ]
    return load_settings(
        {
            "OHMS_MONGODB_URL": settings.mongodb_url or "",
            "OHMS_DATABASE": settings.database,
            "OHMS_IDENTITY_PROVIDERS": json.dumps(providers),
        }
    )


@pytest.fixture
async def http(outside_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(outside_settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield client
