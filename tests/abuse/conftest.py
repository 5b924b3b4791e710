"""Attackers come over HTTP, as everybody does."""

from tests.ohms_graphql.conftest import app, clinic, http, settings  # noqa: F401
