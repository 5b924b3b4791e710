"""Articles match what patients have."""

from models.education import EducationResource
from models.record import Condition
from ohms_graphql.demo.data.codes import ICD10, SNOMED
from tests.ohms_graphql.demo.documents import Documents


def test_articles_are_about_conditions_that_patients_have_by_code(march: Documents) -> None:
    conditions = {(coding.system, coding.code) for record in march.of(Condition) for coding in record.code.codings}
    met = set()
    for article in march.of(EducationResource):
        codings = [coding for topic in article.topics for coding in topic.codings]
        assert {coding.system for coding in codings} == {SNOMED, ICD10}
        if any((coding.system, coding.code) in conditions for coding in codings):
            met.add(article.key)
    assert len(met) >= 15


def test_they_are_in_english_five_in_spanish_too_and_one_is_not_yet_published(march: Documents) -> None:
    published = [article for article in march.of(EducationResource) if article.published_at]
    languages = [article.language for article in published]
    assert languages.count("en") == 23
    assert languages.count("es") == 5
    assert len(march.of(EducationResource)) - len(published) == 1
    assert all(article.published_at and article.published_at <= march.anchor for article in published)


def test_an_article_has_a_text_with_headings_and_says_when_to_get_help(march: Documents) -> None:
    for article in march.of(EducationResource):
        assert article.summary.endswith(".")
        assert not article.body.startswith("# ")
        assert "## " in article.body
        if article.published_at:
            assert len(article.body) > 400
