"""``python -m benchmarks.unguarded --port N``: OHMS without `@auth`, row policy and audit trail, for measuring what they cost.

It shows everything to everybody. It listens on loopback only, and nothing but ``python -m benchmarks`` starts it.
"""

import argparse
import os
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import typer

from models.base import StoredDocument
from ohms_graphql.app import create_app
from ohms_graphql.server import listening_socket, run_server
from ohms_graphql.settings import load_settings
from resolvers.access import Access
from resolvers.trail import Trail
from schema.authorization_plan import AuthorizationPlan


async def _everything(_document: type[StoredDocument], _access: Access, within: dict[str, Any]) -> dict[str, Any]:
    return within


def _nothing_seen(_trail: Trail, _documents: Sequence[StoredDocument]) -> None:
    pass


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unguarded", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    settings = load_settings(os.environ, host="127.0.0.1", port=parser.parse_args().port)
    with (
        patch("resolvers.queries.restrict", _everything),
        patch("resolvers.loaders.by_id.restrict", _everything),
        patch("resolvers.loaders.pages_by_parent.restrict", _everything),
        patch.object(AuthorizationPlan, "refusals", lambda *_, **__: []),
        patch.object(Trail, "saw", _nothing_seen),
    ):
        run_server(create_app(settings), listening_socket(settings.host, settings.port), lambda: typer.echo("ready"))


if __name__ == "__main__":
    main()
