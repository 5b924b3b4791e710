"""PKCE as OAuth 2.1 has it: S256, always, for every client. Authlib's own takes `plain`, and lets confidential clients off."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from models.oauth_grant import AuthorizationCode

METHOD = "S256"


class S256Only(CodeChallenge):
    SUPPORTED_CODE_CHALLENGE_METHOD = [METHOD]  # noqa: RUF012  # Authlib's own name
    DEFAULT_CODE_CHALLENGE_METHOD = METHOD

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge': PKCE is required.")
        if asked.get("code_challenge_method") != METHOD:
            raise InvalidRequestError("Unsupported 'code_challenge_method': S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: AuthorizationCodeGrant, result: object) -> None:
        if not grant.request.form.get("code_verifier"):
            raise InvalidRequestError("Missing 'code_verifier': PKCE is required.")
        super().validate_code_verifier(grant, result)

    def get_authorization_code_challenge(self, authorization_code: "StoredCode") -> str:
        return authorization_code.row.code_challenge

    def get_authorization_code_challenge_method(self, authorization_code: "StoredCode") -> str:  # noqa: ARG002
        return METHOD


class StoredCode:
    """A stored code as Authlib's core asks about it."""

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return self.row.scope
