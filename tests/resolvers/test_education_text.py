"""Markdown of articles: safe whatever is written, cut into sections, and graded."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.education import ReadingLevel
from resolvers.education_text import level_of, reading_grade, safe_html, sections_of

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](http://plain.example)",
    "[x](//other.example)",
    "![x](https://tracker.example/p.png)",
    "<a href='https://a.example' onclick='x()'>x</a>",
    "<style>body{display:none}</style>",
    "<iframe src=https://a.example></iframe>",
    "<svg/onload=alert(1)>",
    "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)>",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[a](https://a.example/" onmouseover="alert(1))',
    "`<script>`",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://a.example/onclick=>",
    "| <script> |\n| --- |\n| <b onclick=x> |",
]
TAG = re.compile(r"<(/?)(\w+)([^>]*)>")
PLAIN = {"p", "ul", "ol", "li", "em", "strong", "code", "pre", "br", "hr", "blockquote", "h2", "h3", "h4", "h5", "h6"}
PLAIN |= {"table", "thead", "tbody", "tr", "th", "td", "a"}
LINK = re.compile(r'( href="(https:|mailto:)[^"]*"| title="[^"]*"| rel="noopener noreferrer nofollow")*')


def _harmless(html: str) -> bool:
    """Only plain tags, without attributes but those of links."""
    for _, tag, attributes in TAG.findall(html):
        allowed = LINK if tag == "a" else re.compile(r' start="\d+"')
        if tag not in PLAIN or (attributes and not allowed.fullmatch(attributes)):
            return False
    return "<" not in TAG.sub("", html)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_written_runs(attack: str) -> None:
    assert _harmless(safe_html(attack))


@given(st.text(st.sampled_from("<>\"'`&;:/()[]!|#*-_ \nabjs=tphx0"), max_size=80))
def test_nor_whatever_else(text: str) -> None:
    assert _harmless(safe_html(text))


def test_what_people_write_is_shown() -> None:
    html = safe_html("## Signs\n\n- **thirst**\n- more: [here](https://a.example)\n")
    assert html.startswith("<h2>Signs</h2>\n<ul>\n<li><strong>thirst</strong></li>")
    assert '<a href="https://a.example" rel="noopener noreferrer nofollow">here</a>' in html


def test_sections_are_cut_at_headings_of_level_two() -> None:
    text = "Before.\n\n## One\nText.\n### Below\nMore.\n\n```\n## not one\n```\n## Two ##\n"
    assert [(section.heading, section.markdown) for section in sections_of(text)] == [
        (None, "Before."),
        ("One", "Text.\n### Below\nMore.\n\n```\n## not one\n```"),
        ("Two", ""),
    ]
    assert sections_of("") == []


@given(st.text(max_size=200))
def test_sections_lose_nothing_but_headings(text: str) -> None:
    kept = "".join(section.markdown for section in sections_of(text))
    assert len("".join(kept.split())) <= len("".join(text.split()))


def test_short_words_in_short_sentences_are_easier() -> None:
    easy = reading_grade("The cat sat. It was wet. We ran home.")
    hard = reading_grade("Pharmacological interventions necessitate individualised cardiovascular considerations.")
    assert easy is not None
    assert hard is not None
    assert (level_of(easy), level_of(hard)) == (ReadingLevel.EASY, ReadingLevel.ADVANCED)
    assert [level_of(grade) for grade in (6.0, 6.1, 9.0, 9.1)] == [
        ReadingLevel.EASY,
        ReadingLevel.AVERAGE,
        ReadingLevel.AVERAGE,
        ReadingLevel.ADVANCED,
    ]
    assert reading_grade("12 34") is None


def test_the_grade_is_that_of_the_formula() -> None:
    # 10 words, 2 sentences, 13 syllables: 0.39 * 5 + 11.8 * 1.3 - 15.59
    assert reading_grade("The doctor sees the patient. We run in the water.") == pytest.approx(1.7, abs=0.05)
