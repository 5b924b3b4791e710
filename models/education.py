"""Health education, and who has read what of it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from pymongo import ASCENDING, TEXT, IndexModel

from models.base import StoredDocument
from models.values import CodeableConcept

_STEMMED = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
WORDS_AS_THEY_ARE = "none"


def search_language(language: str) -> str:
    """MongoDB's name for the language whose words it brings to their stems; "none" where it knows no better (BCP 47 in)."""
    return _STEMMED.get(language.partition("-")[0].lower(), WORDS_AS_THEY_ARE)


class EducationStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    RETIRED = "RETIRED"


class ReadingLevel(StrEnum):
    """By school grade in the USA: EASY to 6, AVERAGE to 9, ADVANCED above."""

    EASY = "EASY"
    AVERAGE = "AVERAGE"
    ADVANCED = "ADVANCED"


class EducationResource(StoredDocument):
    """An article for patients, found by its topics' codes. ``body`` is Markdown.

    Those with one ``key`` say the same in several languages. ``reading_grade`` is worked out (``resolvers.education_text``), of
    English only; in other languages ``reading_level`` is its editor's judgement. Where it stands follows from ``published_at``
    and ``retired_at``.
    """

    key: str = Field(default_factory=lambda data: data["id"])
    title: str
    summary: str = ""
    body: str = ""
    language: str = "en"
    search_language: str = Field(default_factory=lambda data: search_language(data["language"]))
    topics: list[CodeableConcept] = []
    reading_level: ReadingLevel | None = None
    reading_grade: float | None = None
    source_url: str | None = None
    reviewed_at: datetime | None = None
    published_at: datetime | None = None
    retired_at: datetime | None = None

    follows_from: ClassVar = {"key": ("id",), "search_language": ("language",)}

    @property
    def status(self) -> EducationStatus:
        if self.retired_at is not None:
            return EducationStatus.RETIRED
        return EducationStatus.DRAFT if self.published_at is None else EducationStatus.PUBLISHED

    class Settings(StoredDocument.Settings):
        name = "education_resources"
        indexes = [
            IndexModel([("published_at", ASCENDING), ("_id", ASCENDING)], name="by_publication"),
            IndexModel([("title", ASCENDING), ("_id", ASCENDING)], name="by_title"),
            IndexModel([("retired_at", ASCENDING)], name="by_retirement"),
            IndexModel([("language", ASCENDING), ("published_at", ASCENDING)], name="by_language"),
            IndexModel([("topics.codings.code", ASCENDING), ("published_at", ASCENDING)], name="by_topic"),
            IndexModel(
                [("key", ASCENDING), ("language", ASCENDING)],
                unique=True,
                partialFilterExpression={"key": {"$type": "string"}},
                name="key_unique",
            ),
            IndexModel(
                [("title", TEXT), ("topics.text", TEXT), ("summary", TEXT), ("body", TEXT)],
                weights={"title": 10, "topics.text": 10, "summary": 4, "body": 1},
                default_language=WORDS_AS_THEY_ARE,
                language_override="search_language",
                name="by_text",
            ),
        ]


class EducationReading(StoredDocument):
    """That an article was read, by a patient or for one."""

    patient_id: str
    resource_id: str
    read_at: datetime

    class Settings(StoredDocument.Settings):
        name = "education_readings"
        indexes = [
            IndexModel([("patient_id", ASCENDING), ("resource_id", ASCENDING)], unique=True, name="reading_unique"),
        ]
