"""What becomes of an article's Markdown: sections, safe HTML, and how hard it is to read."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt

from models.education import ReadingLevel

# No HTML in Markdown, and no pictures: what they show would tell somebody else who reads what.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_TAGS = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"} | {
    *("table", "tbody", "td", "th", "thead", "tr"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"https", "mailto"}
_HEADING = re.compile(r"^##[ \t]+(?P<heading>.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")  # noqa: RUF001 -- apostrophes as people type them
_VOWELS = re.compile(r"[aeiouy]+")
EASY_TO, AVERAGE_TO = 6.0, 9.0


@dataclass(frozen=True, slots=True)
class Section:
    """``heading`` None: what stands before the first."""

    heading: str | None
    markdown: str


def sections_of(markdown: str) -> list[Section]:
    """Cut at headings of level two, which are left out of the text; those within code do not count."""
    code = [found.span() for found in _FENCE.finditer(markdown)]
    headings = [found for found in _HEADING.finditer(markdown) if not any(start <= found.start() < end for start, end in code)]
    ends = [found.start() for found in headings[1:]] + [len(markdown)]
    before = markdown[: headings[0].start() if headings else len(markdown)].strip()
    sections = [Section(None, before)] if before else []
    for found, end in zip(headings, ends, strict=False):
        sections.append(Section(found["heading"].strip(), markdown[found.end() : end].strip()))
    return sections


@lru_cache(maxsize=1024)
def safe_html(markdown: str) -> str:
    """HTML that may stand in any page: a few tags, links by https and mailto only, no scripts, styles or pictures."""
    html = _MARKDOWN.render(markdown)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        url_relative="deny",
    )


def reading_grade(markdown: str) -> float | None:
    """Flesch-Kincaid grade of English text, 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid and others, 1975).

    Each item of a list is a sentence. Syllables are counted by their vowels. None for text without words.
    """
    text = unescape(_TAG.sub("", safe_html(markdown)))
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    syllables = sum(map(_syllables, words))
    return round(0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59, 1)


def level_of(grade: float) -> ReadingLevel:
    if grade <= EASY_TO:
        return ReadingLevel.EASY
    return ReadingLevel.AVERAGE if grade <= AVERAGE_TO else ReadingLevel.ADVANCED


def _syllables(word: str) -> int:
    word = word.lower()
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(count, 1)
