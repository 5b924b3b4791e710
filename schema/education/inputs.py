"""What editors enter of an article."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET

from models.education import ReadingLevel
from resolvers.education_writing.article import ArticleWish
from schema.provider.inputs import CodeableConceptInput


@strawberry.input
class ArticleFields:
    """What creating and updating share."""

    summary: str | None = strawberry.field(default=None, description="What it says, at most 300 characters.")
    body: str | None = strawberry.field(
        default=None,
        description="Markdown (CommonMark, tables), at most 50000 characters; headings of level two begin sections.",
    )
    topics: list[CodeableConceptInput] | None = strawberry.field(
        default=None,
        description="What it is about: SNOMED CT or ICD-10-CM. Patients with these active conditions are offered it.",
    )
    reading_level: ReadingLevel | None = strawberry.field(
        default=None, description="How hard it is to read. Not of English: there it is worked out."
    )
    source_url: str | None = strawberry.field(default=UNSET, description="Where it comes from, https; null: nowhere else.")
    reviewed_at: datetime | None = strawberry.field(
        default=UNSET, description="When somebody held it against what is known; null: nobody has."
    )

    def wish_of(self, key: str | None, language: str | None, title: str | None) -> ArticleWish:
        clearable: dict[str, Any] = {"source_url": self.source_url, "reviewed_at": self.reviewed_at}
        return ArticleWish(
            key=key,
            language=language,
            title=None if title is None else title.strip(),
            summary=None if self.summary is None else self.summary.strip(),
            body=self.body,
            topics=None if self.topics is None else [each.cleaned() for each in self.topics],
            reading_level=self.reading_level,
            clear=frozenset(field for field, value in clearable.items() if value is None),
            **{field: value for field, value in clearable.items() if value is not None and value is not UNSET},
        )
