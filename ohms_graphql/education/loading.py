"""Articles of files into the database: published, once. What is there is the clinic's own and stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pymongo.errors import DuplicateKeyError

from models.education import EducationResource
from models.identity import imported_id
from ohms_graphql.education.article_file import ArticleFile, read_article_file
from ohms_graphql.errors import OhmsError
from resolvers.complaints import Complaints
from resolvers.education_writing.article import check_article, check_publishable, with_consequences

LIBRARY = Path(__file__).parent / "library"


@dataclass(slots=True)
class Loaded:
    added: int = 0
    there: int = 0


def find_articles(paths: Iterable[Path]) -> list[ArticleFile]:
    """Of files, and of all ``.md`` in folders. Raises OhmsError for a path without any, and for a file that is no article."""
    found: list[ArticleFile] = []
    for path in paths:
        files = sorted(path.glob("*.md")) if path.is_dir() else [path]
        if not files:
            raise OhmsError(f"{path} has no .md files in it.")
        found += map(read_article_file, files)
    return found


def article_of(file: ArticleFile, instant: datetime) -> EducationResource:
    """As it is published. Raises OhmsError with all that is wrong with it."""
    given = file.wish.given()
    document_id = imported_id("urn:ohms:education", given["key"], given["language"])
    article = EducationResource(id=document_id, published_at=instant, **with_consequences(dict(given)))
    complaints = Complaints()
    check_article(complaints, article, instant, given=given)
    check_publishable(complaints, article)
    if complaints.found:
        told = "; ".join(f"{'.'.join(each.path)}: {each.message}" for each in complaints.found)
        raise OhmsError(f"{file.label}: {told}")
    return article


async def load_articles(files: list[ArticleFile], instant: datetime) -> Loaded:
    """All or, where one is wrong, none. An article in a language that is there already, whoever wrote it, is left alone."""
    loaded = Loaded()
    for article in [article_of(file, instant) for file in files]:
        try:
            await article.insert()
        except DuplicateKeyError:
            loaded.there += 1
        else:
            loaded.added += 1
    return loaded
