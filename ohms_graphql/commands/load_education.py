"""`ohms load-education`."""

import os
from pathlib import Path
from typing import Annotated

import typer


def load_education(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", exists=True, help="Articles (.md) or folders of these; else the starter library."),
    ] = None,
) -> None:
    """Publish health education from files. An article that is there in the same language stays as the clinic has it."""
    import asyncio

    from models.base import now
    from ohms_graphql.database import open_database
    from ohms_graphql.database_url import database_url
    from ohms_graphql.education.loading import LIBRARY, Loaded, find_articles, load_articles
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    files = find_articles(paths or [LIBRARY])

    async def work(url: str) -> Loaded:
        async with open_database(url, settings.database, master_key=master_key_of(settings)):
            return await load_articles(files, now())

    with database_url(settings) as url:
        loaded = asyncio.run(work(url))
    typer.echo(f"{loaded.added} added, {loaded.there} there already")
