"""A bearer token that cannot be used."""


class InvalidToken(Exception):
    """Not ours, altered, expired, or of an account that is gone or closed. The caller is not told which."""

    message = "The access token is invalid or has expired: sign in again."
