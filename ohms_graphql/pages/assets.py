"""The pages' style sheet, from a file of our own: the pages' policy allows no other."""

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles


def page_assets() -> Mount:
    return Mount("/static/pages", StaticFiles(directory=Path(__file__).parent / "static"))
