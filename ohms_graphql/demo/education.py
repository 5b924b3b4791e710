"""Short articles for patients, of our own writing, about the conditions that the demo's patients have.

Each is a Markdown file named by its illness and its language: title, summary, text.
"""

from datetime import datetime, timedelta
from pathlib import Path

from models.education import EducationResource
from ohms_graphql.demo.cast import chance, demo_id
from ohms_graphql.demo.data.acute_illnesses import ACUTE
from ohms_graphql.demo.data.illnesses import CHRONIC

_ARTICLES = Path(__file__).parent / "articles"
_TOPICS = {illness.key: illness.code for illness in (*CHRONIC, *ACUTE)}
_DRAFT = "kidney-disease.en"


def articles(anchor: datetime) -> list[EducationResource]:
    """Fourteen in English, three in Spanish, and one that is still being written."""
    return [_article(path, anchor) for path in sorted(_ARTICLES.glob("*.md"))]


def _article(path: Path, anchor: datetime) -> EducationResource:
    name = path.stem
    illness, language = name.split(".")
    title, summary, body = path.read_text(encoding="utf-8").split("\n\n", 2)
    luck = chance("article", name)
    written = (anchor - timedelta(days=luck.randrange(20, 600))).replace(hour=14, minute=luck.randrange(60))
    published = written + timedelta(days=2)
    return EducationResource(
        id=demo_id("EducationResource", name),
        created_at=written,
        updated_at=written if name == _DRAFT else published,
        title=title.removeprefix("# "),
        summary=summary,
        body=body,
        language=language,
        topics=[_TOPICS[illness]],
        published_at=None if name == _DRAFT else published,
    )
