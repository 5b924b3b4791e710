"""An article as a file: TOML between two lines of plus signs, then Markdown."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from models.education import ReadingLevel
from models.values import CodeableConcept, Coding
from ohms_graphql.errors import OhmsError
from resolvers.education_writing.article import ArticleWish

_FENCE = "+++"
_NEEDED = ("key", "language", "title", "summary", "topics")
_KNOWN = frozenset({*_NEEDED, "reviewed", "source_url", "reading_level"})


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """``label`` is how messages name it."""

    label: str
    wish: ArticleWish


def read_article_file(path: Path) -> ArticleFile:
    """Raises OhmsError for a file that is not in this form; what it says is checked when it is loaded."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OhmsError(f"{path} is not UTF-8 text.") from None
    before, fence, rest = text.partition(f"{_FENCE}\n")
    front, closing, body = rest.partition(f"\n{_FENCE}\n")
    if before.strip() or not fence or not closing:
        raise OhmsError(f"{path} does not begin with TOML between two lines of {_FENCE}.")
    try:
        fields = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise OhmsError(f"{path}: not TOML: {error}") from None
    missing = [name for name in _NEEDED if name not in fields]
    unknown = sorted(fields.keys() - _KNOWN)
    if missing or unknown:
        raise OhmsError(
            f"{path}: " + ", ".join([*(f"{name} is missing" for name in missing), *(f"{name} is not known" for name in unknown)])
        )
    try:
        return ArticleFile(str(path), _wish(fields, body.strip()))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise OhmsError(f"{path}: a field is not in its form.") from None


def _wish(fields: dict[str, Any], body: str) -> ArticleWish:
    reviewed: date | None = fields.get("reviewed")
    level = fields.get("reading_level")
    topics = [
        CodeableConcept(text=topic["text"], codings=[Coding(**coding) for coding in topic["codings"]])
        for topic in fields["topics"]
    ]
    return ArticleWish(
        key=fields["key"],
        language=fields["language"],
        title=fields["title"],
        summary=fields["summary"],
        body=body,
        topics=topics,
        reading_level=None if level is None else ReadingLevel(level),
        source_url=fields.get("source_url"),
        reviewed_at=None if reviewed is None else datetime(reviewed.year, reviewed.month, reviewed.day, tzinfo=UTC),
    )
