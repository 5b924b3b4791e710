"""The three grants of OAuth 2.1: authorization code, refresh token, client credentials. They run in a worker thread."""

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant

from models.oauth_grant import OAuthGrant
from ohms_graphql.oauth.clients import Client
from ohms_graphql.oauth.core_request import CoreRequest
from ohms_graphql.oauth.pkce import StoredCode
from ohms_graphql.oauth.subject import Subject, subject_of

if TYPE_CHECKING:
    from ohms_graphql.oauth.authorization_server import CoreServer

_METHODS = ["none", "client_secret_basic", "client_secret_post"]


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
    server: "CoreServer"

    def save_authorization_code(self, code: str, request: CoreRequest) -> None:
        """Codes are made where the person agrees (authorize_page), which knows the browser's session."""
        raise NotImplementedError

    def query_authorization_code(self, code: str, client: Client) -> StoredCode | None:
        store, clock = self.server.store, self.server.clock
        row = self.server.bridge.wait(store.use_code(code, client.id, clock()))
        return None if row is None else StoredCode(row)

    def validate_token_request(self) -> None:
        if not self.request.form.get("redirect_uri"):
            raise InvalidRequestError("Missing 'redirect_uri' in request.")
        super().validate_token_request()

    def authenticate_user(self, authorization_code: StoredCode) -> Subject | None:
        row = authorization_code.row

        async def begin() -> Subject | None:
            subject = await subject_of(row.account_id, row.grant_id, row.authenticated_at, row.nonce)
            if subject is not None:
                await self.server.store.begin(row, self.server.clock())
            return subject

        return self.server.bridge.wait(begin())

    def delete_authorization_code(self, authorization_code: StoredCode) -> None:
        """It is used up already, and kept to be known if it comes again."""


class StoredGrant:
    """A grant as Authlib's core asks about it."""

    def __init__(self, row: OAuthGrant) -> None:
        self.row = row

    def check_client(self, client: Client) -> bool:
        return self.row.client_id == client.id

    def get_scope(self) -> str:
        return self.row.scope


class RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: "CoreServer"

    def authenticate_refresh_token(self, refresh_token: str) -> StoredGrant | None:
        store, clock = self.server.store, self.server.clock
        row = self.server.bridge.wait(store.use_refresh_token(refresh_token, self.request.client.id, clock()))
        return None if row is None else StoredGrant(row)

    def authenticate_user(self, refresh_token: StoredGrant) -> Subject:
        row = refresh_token.row
        subject = self.server.bridge.wait(subject_of(row.account_id, row.id, row.authenticated_at))
        if subject is None:
            raise InvalidGrantError
        return subject

    def revoke_old_credential(self, refresh_token: StoredGrant) -> None:
        """It is used up already."""


class MachineGrant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012  # Authlib's own name
    server: "CoreServer"

    def validate_token_request(self) -> None:
        super().validate_token_request()
        client: Client = self.request.client
        session_id = self.server.new_session_id()
        subject = None
        if client.account_id is not None:
            subject = self.server.bridge.wait(subject_of(client.account_id, session_id, self.server.clock()))
        if subject is None:
            raise UnauthorizedClientError("The client has no service account that is active.")
        self.request.user = subject

    def create_token_response(self) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        client: Client = self.request.client
        scope = client.get_allowed_scope(self.request.payload.scope or " ".join(sorted(client.scopes)))
        token = self.generate_token(user=self.request.user, scope=scope, include_refresh_token=False)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER
