"""Articles of files become published articles, once; what the clinic has changed stays."""

from pathlib import Path

import pytest

from models.base import now
from models.education import EducationResource, EducationStatus, ReadingLevel
from ohms_graphql.database import open_database
from ohms_graphql.education.loading import LIBRARY, find_articles, load_articles
from ohms_graphql.errors import OhmsError
from resolvers.education_text import sections_of

GOOD = """+++
key = "sugar"
language = "en"
title = "Sugar"
summary = "About sugar."
topics = [{ text = "Diabetes", codings = [{ system = "http://snomed.info/sct", code = "44054006" }] }]
+++
## What it is

Too much sugar in the blood.
"""


async def test_the_library_is_loaded_once_and_leaves_alone_what_is_there(mongodb_url: str, database_name: str) -> None:
    async with open_database(mongodb_url, database_name):
        files = find_articles([LIBRARY])
        first = await load_articles(files, now())
        assert (first.added, first.there) == (25, 0)
        stored = await EducationResource.find_one({"key": "asthma", "language": "es"})
        assert stored is not None
        assert stored.status is EducationStatus.PUBLISHED
        assert stored.reading_level is ReadingLevel.EASY
        await stored.set({"title": "As the clinic says"})
        again = await load_articles(files, now())
        assert (again.added, again.there) == (0, 25)
        kept = await EducationResource.get(stored.id)
        assert kept is not None
        assert kept.title == "As the clinic says"
        english = await EducationResource.find({"language": "en"}).to_list()
        assert len(english) == 20
        assert all(article.reading_grade is not None and 3 <= article.reading_grade <= 8 for article in english)
        assert all(len(sections_of(article.body)) == 5 for article in english)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# Sugar", "does not begin with TOML"),
        (GOOD.replace('key = "sugar"\n', ""), "key is missing"),
        (GOOD.replace("summary", "sumary"), "sumary is not known"),
        (GOOD.replace('"Sugar"', "Sugar"), "not TOML"),
        (GOOD.replace('topics = [{ text = "Diabetes"', 'topics = [{ txt = "Diabetes"'), "not in its form"),
        (GOOD.replace("44054006", "44054007"), "topics.0.codings.0.code"),
        (GOOD.partition("## What")[0], "body: Must not be empty"),
    ],
)
async def test_a_file_that_is_no_article_is_told_and_nothing_is_loaded(
    tmp_path: Path, mongodb_url: str, database_name: str, text: str, told: str
) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text(text)
    async with open_database(mongodb_url, database_name):
        with pytest.raises(OhmsError, match=r"b\.md") as refused:
            await load_articles(find_articles([tmp_path]), now())
        assert told in str(refused.value)
        assert await EducationResource.count() == 0


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(OhmsError, match=r"has no \.md files"):
        find_articles([tmp_path])
