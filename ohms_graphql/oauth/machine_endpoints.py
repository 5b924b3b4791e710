"""The endpoints that programs call: token, revocation, introspection, userinfo, discovery and keys."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ohms_graphql.authentication_error import InvalidToken
from ohms_graphql.bearer_token import bearer_token
from ohms_graphql.oauth.authorization_server import Answer, CoreServer, claims_of
from ohms_graphql.oauth.core_request import CoreRequest
from ohms_graphql.oauth.discovery import metadata
from ohms_graphql.oauth.subject import subject_of
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Rejected, TooManyAttempts

_NOT_STORED = {"cache-control": "no-store", "pragma": "no-cache"}
_FORM = "application/x-www-form-urlencoded"
_PER_ADDRESS = 600
"""Token requests from one address in 15 minutes: many people may sit behind one."""


class MachineEndpoints:
    def __init__(self, server: Callable[[], CoreServer]) -> None:
        self._server = server

    async def token(self, request: Request) -> Response:
        server = self._server()
        try:
            limit = Limit("token-request", request.client.host if request.client else "", _PER_ADDRESS)
            await count_attempt([limit], server.clock())
        except Rejected as rejection:
            wait = next(error.retry_after_seconds for error in rejection.errors if isinstance(error, TooManyAttempts))
            return JSONResponse({"error": "slow_down"}, 429, {**_NOT_STORED, "retry-after": str(wait)})
        return await self._answer(request, server.create_token_response)

    async def revoke(self, request: Request) -> Response:
        return await self._answer(request, lambda asked: self._server().create_endpoint_response("revocation", asked))

    async def introspect(self, request: Request) -> Response:
        return await self._answer(request, lambda asked: self._server().create_endpoint_response("introspection", asked))

    async def userinfo(self, request: Request) -> Response:
        server = self._server()
        try:
            value = bearer_token(request.headers.get("authorization"))
            bearer = server.tokens.read(value or "")
            subject = await subject_of(bearer.account_id, bearer.session_id, bearer.issued_at)
        except InvalidToken:
            subject = None
        if subject is None or "openid" not in bearer.scope.split():
            challenge = {"www-authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, {**_NOT_STORED, **challenge})
        return JSONResponse({"sub": subject.account.id, **claims_of(subject, bearer.scope)}, headers=_NOT_STORED)

    async def metadata(self, _request: Request) -> Response:
        return JSONResponse(metadata(self._server().tokens.issuer), headers={"cache-control": "public, max-age=300"})

    async def jwks(self, _request: Request) -> Response:
        return JSONResponse(self._server().tokens.ring.jwks(), headers={"cache-control": "public, max-age=60"})

    async def _answer(self, request: Request, work: Callable[[CoreRequest], Answer]) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return JSONResponse({"error": "invalid_request", "error_description": f"Send {_FORM}."}, 400, _NOT_STORED)
        form = await request.form(max_files=0, max_fields=20)
        names = [name for name, _ in form.multi_items()]
        if len(names) != len(set(names)):  # RFC 6749, 3.2
            return JSONResponse({"error": "invalid_request", "error_description": "A parameter came twice."}, 400, _NOT_STORED)
        asked = CoreRequest("POST", request.url.path, request.headers, form=form)
        status, body, headers = await self._server().bridge.beside(lambda: work(asked))
        content: Any = dict(body) if isinstance(body, (dict, list)) else body
        kept = {name.lower(): value for name, value in headers if name.lower() == "www-authenticate"}
        return JSONResponse(content, status, {**kept, **_NOT_STORED})
