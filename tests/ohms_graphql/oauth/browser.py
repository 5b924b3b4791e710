"""A browser without JavaScript: follows redirects to OHMS, fills in forms, and stops where a client takes over."""

import base64
import hashlib
import re
import secrets
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

CALLBACK = "https://client.example/callback"


class Browser:
    """``public`` is the address that OHMS is known under."""

    def __init__(self, http: httpx.AsyncClient, client_id: str, redirect_uri: str, scope: str = "openid email ohms") -> None:
        self.http = http
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.scope = scope
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(8)

    def query(self, **changes: str | None) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": self.state,
            "nonce": "n-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    async def open(self, **changes: str | None) -> httpx.Response:
        return await self.http.get(f"/oauth/authorize?{urlencode(self.query(**changes))}")

    async def submit(self, page: httpx.Response, button: str, **fields: str) -> httpx.Response:
        """Posts the form that has this button, with its hidden fields, and follows redirects within OHMS."""
        form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if f'value="{button}"' in form)
        action = unescape(re.search(r'action="([^"]*)"', form)[1])  # type: ignore[index]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        sent = {**{name: unescape(value) for name, value in hidden.items()}, **fields, "do": button}
        return await self.follow(await self.http.post(action, data=sent))

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.is_redirect and answer.headers["location"].startswith("/"):
            answer = await self.http.get(answer.headers["location"])
        return answer

    async def sign_in(self, email: str, password: str) -> httpx.Response:
        return await self.submit(await self.open(), "sign-in", email=email, password=password)

    def code(self, answer: httpx.Response) -> str:
        """The code in a redirect to the client."""
        assert answer.is_redirect, answer.text
        address = answer.headers["location"]
        assert address.startswith(f"{self.redirect_uri}?"), address
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert given["state"] == self.state
        return given["code"]

    async def exchange(self, code: str, **changes: str | None) -> httpx.Response:
        asked: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
            **changes,
        }
        sent = {name: value for name, value in asked.items() if value is not None}
        return await self.http.post("/oauth/token", data=sent)

    async def refresh(self, token: str, **changes: str) -> httpx.Response:
        asked = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client_id, **changes}
        return await self.http.post("/oauth/token", data=asked)


async def roles_of(http: httpx.AsyncClient, access_token: str) -> list[str] | None:
    """What /graphql says of a token; None when it is not good."""
    headers = {"authorization": f"Bearer {access_token}"}
    answer = await http.post("/graphql", json={"query": "{ viewer { roles } }"}, headers=headers)
    if answer.status_code == 401:
        return None
    roles: list[str] = answer.json()["data"]["viewer"]["roles"]
    return roles
