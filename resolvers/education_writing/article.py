"""What is given of an article, and what is held against it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from models.education import EducationResource, ReadingLevel, search_language
from models.values import CodeableConcept
from resolvers.clinical_codes.checking import check_concepts
from resolvers.clinical_codes.systems import ICD_10_CM, SNOMED_CT
from resolvers.complaints import Complaints
from resolvers.education_text import level_of, reading_grade, sections_of
from resolvers.profile import check_language

MOST_BODY = 50_000
MOST_SUMMARY = 300
MOST_URL = 500
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TOPICS = frozenset({SNOMED_CT, ICD_10_CM})
_ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWish:
    """What was given; None is "not given". ``clear`` names fields that shall be empty again."""

    key: str | None = None
    language: str | None = None
    title: str | None = None
    summary: str | None = None
    body: str | None = None
    topics: list[CodeableConcept] | None = None
    reading_level: ReadingLevel | None = None
    source_url: str | None = None
    reviewed_at: datetime | None = None
    clear: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        names = [name for name in self.__slots__ if name != "clear"]
        return {name: value for name in names if (value := getattr(self, name)) is not None} | dict.fromkeys(self.clear)


def with_consequences(fields: dict[str, Any]) -> dict[str, Any]:
    """With what follows: the language that words are searched in, and how hard English is to read."""
    fields["search_language"] = search_language(fields["language"])
    english = fields["language"].partition("-")[0].lower() == _ENGLISH
    grade = reading_grade(fields["body"]) if english else None
    fields["reading_grade"] = grade
    if grade is not None:
        fields["reading_level"] = level_of(grade)
    return fields


def check_article(complaints: Complaints, article: EducationResource, instant: datetime, *, given: dict[str, Any]) -> None:
    if not _KEY.fullmatch(article.key) and "key" in given:
        complaints.add(["key"], f"{article.key[:50]!r} is not lower case letters and digits, hyphens between: type-2-diabetes.")
    complaints.text(["key"], article.key, most=100)
    check_language(complaints, article.language, ["language"])
    complaints.text(["title"], article.title, required=True)
    complaints.text(["summary"], article.summary, most=MOST_SUMMARY)
    complaints.text(["body"], article.body, most=MOST_BODY, lines=True)
    check_concepts(complaints, article.topics, ["topics"], systems=_TOPICS)
    english = article.reading_grade is not None
    if english and "reading_level" in given:
        complaints.add(["readingLevel"], "Is worked out from the text in English.")
    if article.source_url is not None:
        _check_url(complaints, article.source_url)
    if article.reviewed_at is not None and article.reviewed_at > instant:
        complaints.add(["reviewedAt"], f"Is {article.reviewed_at.isoformat()}; it cannot be in the future.")


def check_publishable(complaints: Complaints, article: EducationResource) -> None:
    """A draft may lack these; what patients read does not."""
    if not article.summary.strip():
        complaints.add(["summary"], "Must not be empty when it is published.")
    if not article.topics:
        complaints.add(["topics"], "Needs at least one when it is published: nobody would be offered it.")
    if not any(section.markdown for section in sections_of(article.body)):
        complaints.add(["body"], "Must not be empty when it is published.")


def _check_url(complaints: Complaints, url: str) -> None:
    complaints.text(["sourceUrl"], url, most=MOST_URL)
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and " " not in url
    except ValueError:
        good = False
    if not good:
        complaints.add(["sourceUrl"], "Must be an address that begins with https:// and names a host.")
