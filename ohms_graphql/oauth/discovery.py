"""What clients find out by themselves: OpenID Connect Discovery, RFC 8414, and the keys (RFC 7517)."""

from typing import Any

from ohms_graphql.access_tokens import ALGORITHM
from ohms_graphql.oauth.pkce import METHOD
from ohms_graphql.oauth.scopes import SCOPES

_METHODS = ["none", "client_secret_basic", "client_secret_post"]


def metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "end_session_endpoint": f"{issuer}/oauth/logout",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": [METHOD],
        "token_endpoint_auth_methods_supported": _METHODS,
        "revocation_endpoint_auth_methods_supported": _METHODS,
        "introspection_endpoint_auth_methods_supported": _METHODS[1:],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "email", "email_verified", "roles"],
        "authorization_response_iss_parameter_supported": True,
    }
