"""Scripts that run from right to left, as they are drawn."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohms_graphql.invoice_pdf.wording import BOX, printable, visual

EVERYTHING = range(sys.maxunicode + 1)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Ada", "Ada"),
        ("\u05d6\u05d4\u05d1\u05d4 (\u05db\u05d4\u05df)", "(\u05df\u05d4\u05db) \u05d4\u05d1\u05d4\u05d6"),
        ("\u05e8\u05d7\u05d5\u05d1 12", "12 \u05d1\u05d5\u05d7\u05e8"),
        ("Mr \u05db\u05d4\u05df", "Mr \u05df\u05d4\u05db"),
        # joined: meem, hah, meem, dal; lam with alef is one sign
        ("\u0645\u062d\u0645\u062f", "\ufeaa\ufee4\ufea4\ufee3"),
        ("\u0633\u0644\u0627\u0645", "\ufee1\ufefc\ufeb3"),
        # a mark between two letters does not part them
        ("\u0628\u064e\u0628", "\ufe90\u064e\ufe91"),
        # dal joins nothing that comes after it
        ("\u062f\u0628", "\ufe8f\ufea9"),
    ],
)
def test_right_to_left(typed: str, drawn: str) -> None:
    assert visual(printable(typed, EVERYTHING)) == drawn


def test_without_joined_forms_letters_stand_as_they_are() -> None:
    glyphs = {ord(character) for character in "\u0645\u062d\u062f"}
    assert printable("\u0645\u062d\u0645\u062f", glyphs) == "\u0645\u062d\u0645\u062f"


@given(st.text(st.characters(), max_size=100))
def test_no_text_fails(text: str) -> None:
    shown = printable(text, range(0x20, 0x2000))
    assert set(map(ord, shown)) <= {*range(0x20, 0x2000), ord(BOX)}
    assert len(visual(shown)) == len(shown)
