"""`ohms export-permissions`."""

from pathlib import Path
from typing import Annotated

import typer

from ohms_graphql.errors import OhmsError

PAGE = Path("docs/permissions.md")


def export_permissions(
    check: Annotated[bool, typer.Option("--check", help="Only say whether docs/permissions.md is up to date.")] = False,
) -> None:
    """Write docs/permissions.md: who may select which field, and who sees which rows."""
    from ohms_graphql.permissions_page import permissions_page
    from schema import build_schema

    page = permissions_page(build_schema())
    if not check:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page:
        raise OhmsError(f"{PAGE} is not up to date: run `ohms export-permissions` and read what changed.")
