"""Short articles for patients, of our own writing, about the conditions that the demo's patients have.

Each is a Markdown file named by its language and the number of its illness in the catalogue: title, summary, text.
"""

from datetime import datetime, timedelta
from pathlib import Path

from models.education import EducationResource
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.catalog import ILLNESSES

_ARTICLES = Path(__file__).parent / "articles"


def articles(anchor: datetime) -> list[EducationResource]:
    """Twelve in English, three in Spanish, and one that is still being written."""
    found = [
        _article(path, anchor - timedelta(days=400 - 20 * index)) for index, path in enumerate(sorted(_ARTICLES.glob("*.md")))
    ]
    draft = found[1].model_copy(
        update={"id": demo_id("EducationResource", "draft"), "title": "Measuring at home", "published_at": None}
    )
    return [*found, draft]


def _article(path: Path, published: datetime) -> EducationResource:
    language, illness, _ = path.stem.split("-", 2)
    body = path.read_text(encoding="utf-8")
    title, summary, _ = body.split("\n\n", 2)
    return EducationResource(
        id=demo_id("EducationResource", path.stem),
        created_at=published,
        updated_at=published,
        title=title.removeprefix("# "),
        summary=summary,
        body=body,
        language=language,
        topics=[ILLNESSES[int(illness)].code],
        published_at=published,
    )
