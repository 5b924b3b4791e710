"""The starter library, and short articles of our own about what else the demo's patients have; one is still being written.

Each of the latter is a Markdown file named by its illness and its language: title, summary, text.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models.education import EducationResource
from ohms_graphql.demo.cast import chance, demo_id
from ohms_graphql.demo.data.acute_illnesses import ACUTE
from ohms_graphql.demo.data.illnesses import CHRONIC
from ohms_graphql.education.loading import LIBRARY, article_of, find_articles
from resolvers.education_writing.article import with_consequences

_ARTICLES = Path(__file__).parent / "articles"
_TOPICS = {illness.key: illness.code for illness in (*CHRONIC, *ACUTE)}
_DRAFT = "eczema.en"


def articles(anchor: datetime) -> list[EducationResource]:
    """Twenty-three in English, five in Spanish, and one that is still being written."""
    ours = [_article(path, anchor) for path in sorted(_ARTICLES.glob("*.md"))]
    library = [article_of(file, anchor) for file in find_articles([LIBRARY])]
    return [*ours, *(_published(article, anchor) for article in library)]


def _published(article: EducationResource, anchor: datetime) -> EducationResource:
    name = f"{article.key}.{article.language}"
    times = {"id": demo_id("EducationResource", name), **_times(name, anchor)}
    shown: EducationResource = article.model_copy(update=times)
    return shown


def _article(path: Path, anchor: datetime) -> EducationResource:
    name = path.stem
    illness, language = name.split(".")
    title, summary, body = path.read_text(encoding="utf-8").split("\n\n", 2)
    fields = {"key": illness, "title": title.removeprefix("# "), "summary": summary, "body": body, "language": language}
    times = _times(name, anchor)
    if name == _DRAFT:
        times.update(published_at=None, updated_at=times["created_at"])
    return EducationResource(
        id=demo_id("EducationResource", name), topics=[_TOPICS[illness]], **with_consequences(fields), **times
    )


def _times(name: str, anchor: datetime) -> dict[str, Any]:
    luck = chance("article", name)
    written = (anchor - timedelta(days=luck.randrange(20, 600))).replace(hour=14, minute=luck.randrange(60))
    published = written + timedelta(days=2)
    return {"created_at": written, "updated_at": published, "published_at": published}
