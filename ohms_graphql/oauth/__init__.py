"""The OAuth 2.1 and OpenID Connect server, put together."""
