"""Health education."""

from datetime import datetime

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.search_words import words_of
from models.values import CodeableConcept


class EducationResource(StoredDocument):
    """An article for patients, found by its topics' codes. Unpublished ones have no ``published_at``. ``body`` is Markdown."""

    title: str
    summary: str
    body: str
    language: str = "en"
    topics: list[CodeableConcept] = []
    source_url: str | None = None
    published_at: datetime | None = None
    search_words: list[str] = Field(
        default_factory=lambda data: words_of(
            " ".join([data["title"], data["summary"], *(topic.text for topic in data["topics"])])
        )
    )

    class Settings(StoredDocument.Settings):
        name = "education_resources"
        indexes = [
            IndexModel([("published_at", ASCENDING), ("_id", ASCENDING)], name="by_publication"),
            IndexModel([("title", ASCENDING), ("_id", ASCENDING)], name="by_title"),
            IndexModel([("language", ASCENDING), ("published_at", ASCENDING)], name="by_language"),
            IndexModel([("topics.codings.code", ASCENDING), ("published_at", ASCENDING)], name="by_topic"),
            IndexModel([("search_words", ASCENDING), ("published_at", ASCENDING)], name="by_search_word"),
        ]
