"""Texts as the font can print them: what it lacks becomes a box, nothing invisible is left, Arabic letters join.

fpdf2 leaves shaping to HarfBuzz, a compiled library. For names and addresses in the scripts that the font has, joined forms and
the bidirectional algorithm (fpdf2's own) are enough.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from fpdf.bidi import BidiParagraph

BOX = "\N{WHITE SQUARE}"

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_ARABIC = re.compile("[\u0600-\u06ff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def printable(text: str, glyphs: Collection[int]) -> str:
    """One paragraph: spaces for line breaks and control characters, boxes for what ``glyphs`` lacks, joined Arabic.

    Invisible characters go: they would let a text look like another one, or turn the text around it.
    """
    # Lone surrogates are no characters, and normalizing leaves them as they are.
    shown = "".join(_shown(character, glyphs) for character in unicodedata.normalize("NFC", text))
    return _joined(" ".join(shown.split()), glyphs)


def _shown(character: str, glyphs: Collection[int]) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    # The font's own signs in the private range mean nothing to anybody else.
    return character if ord(character) in glyphs and category != "Co" else BOX


def visual(line: str) -> str:
    """A line from left to right, as it is drawn."""
    if not _RIGHT_TO_LEFT.search(line):
        return line
    # Turned around, a letter's marks come before it: that is where this font wants Hebrew's and Arabic's.
    return "".join(
        placed.character.translate(_MIRRORED) if placed.embedding_level % 2 else placed.character
        for placed in BidiParagraph(line).get_reordered_characters()
    )


@cache
def _forms() -> dict[tuple[str, str], str]:
    """(``<initial>``, letter) -> the letter's presentation form. ``<isolated>`` pairs are lam with alef."""
    found: dict[tuple[str, str], str] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        plain = "".join(chr(int(letter, 16)) for letter in letters.split())
        if len(plain) == 1 or (len(plain) == 2 and plain.startswith("\u0644")):
            found.setdefault((kind, plain), chr(code))
    return found


def _joined(text: str, glyphs: Collection[int]) -> str:
    if not _ARABIC.search(text):
        return text
    letters = list(_ligated(text))
    return "".join(_form(letters, place, glyphs) for place in range(len(letters)))


def _ligated(text: str) -> Iterator[str]:
    """Letters, but lam with alef as one: they are never written otherwise."""
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        size = 2 if len(pair) == 2 and pair[1] in "آأإا" and pair[0] == "ل" else 1
        yield text[place : place + size]
        place += size


def _form(letters: list[str], place: int, glyphs: Collection[int]) -> str:
    letter = letters[place]
    before = _neighbour(letters, place, -1)
    after = _neighbour(letters, place, 1)
    forms = _forms()
    joins_before = ("<final>", letter) in forms and _joins_after(before)
    joins_after = _joins_after(letter) and (("<final>", after) in forms or after == "ـ")
    kind = {(True, True): "<medial>", (True, False): "<final>", (False, True): "<initial>"}.get(
        (joins_before, joins_after), "<isolated>"
    )
    form = forms.get((kind, letter), letter)
    return form if all(ord(character) in glyphs for character in form) else letter


def _joins_after(letter: str) -> bool:
    return letter == "ـ" or (len(letter) == 1 and ("<initial>", letter) in _forms())


def _neighbour(letters: list[str], place: int, step: int) -> str:
    """The next letter that way; marks above and below do not part letters."""
    place += step
    while 0 <= place < len(letters) and unicodedata.combining(letters[place][0]):
        place += step
    return letters[place] if 0 <= place < len(letters) else ""
