"""Reading an ``Authorization`` header (RFC 6750, 2.1)."""

from ohms_graphql.authentication_error import InvalidToken


def bearer_token(header: str | None) -> str | None:
    """The token of ``Bearer <token>``; None without a header. Raises InvalidToken for another scheme and for no token."""
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken
    return token.strip()
