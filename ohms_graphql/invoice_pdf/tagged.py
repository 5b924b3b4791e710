"""An A4 document whose text is tagged for screen readers: headings, paragraphs, tables with heads.

fpdf2 tags pictures and section titles only, and calls both figures. A reader that finds some tags reads nothing else, so all is
tagged here: through the parts of fpdf2 that build its structure tree, which its authors may change. The version is pinned, and
the tests read the tags back.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences
from fpdf.structure_tree import StructElem, StructureTreeBuilder
from fpdf.syntax import PDFObject

from ohms_graphql.invoice_pdf.wording import printable, visual

_FAMILY = "DejaVu"
_FONTS = Path(__file__).parent / "fonts"
_MARGIN = 16.0
_FOOT = 18.0
# What stands for the number of pages until it is known, as long as the number may get. `printable` lets no text have it.
_PAGES = "\ue000" * 6
# Marks above and below are of no width: a line of thousands of them would fit. The bidirectional algorithm recurses.
_LONGEST = 200

INK = (24, 32, 42)
FAINT = (92, 102, 115)
RULE = (205, 211, 218)
SHADE = (241, 244, 247)


class _Element(StructElem):
    """``a`` is written as /A: the attributes of the element."""

    __slots__ = ("a",)

    def __init__(self, kind: str, parent: PDFObject, page_number: int, attributes: str | None) -> None:
        super().__init__(f"/{kind}", parent, [], page_number=page_number)
        self.a = attributes


class _Tree(StructureTreeBuilder):
    """fpdf2's tree knows one level; tables need three."""

    def __iter__(self) -> Iterator[PDFObject]:
        yield self.struct_tree_root
        yield self.struct_tree_root.parent_tree
        yield from _with_children(self.doc_struct_elem)

    def page_key(self, page_number: int) -> int:
        return self.spid_per_page_number.setdefault(page_number, len(self.spid_per_page_number))

    def mark(self, element: StructElem, page_number: int) -> int:
        """Makes what is drawn next the element's own. Returns its number on the page."""
        marked = self.struct_tree_root.parent_tree.nums[self.page_key(page_number)]
        marked.append(element)
        element.k.append(len(marked) - 1)
        return len(marked) - 1


def _with_children(element: StructElem) -> Iterator[PDFObject]:
    yield element
    for child in element.k:
        if isinstance(child, StructElem):
            yield from _with_children(child)


class TaggedPdf(FPDF):
    """Millimetres from the top left corner. Texts are given as people typed them."""

    def __init__(self, title: str, created_at: datetime, language: str) -> None:
        super().__init__(format="A4")
        for style, name in (("", "DejaVuSansCondensed.ttf"), ("B", "DejaVuSansCondensed-Bold.ttf")):
            self.add_font(_FAMILY, style, _FONTS / name)
        self.tree = self.struct_builder = _Tree()
        self._widths: dict[tuple[str, str], float] = {}
        self.heading = self.cleaned(title)
        self.set_title(self.heading)
        self.set_lang(language)
        self.set_creator("OHMS")
        self.set_creation_date(created_at)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages(_PAGES)
        self.c_margin = 0
        self.write_in()
        self.add_page()

    @cached_property
    def _glyphs(self) -> Collection[int]:
        """What both styles have: a text looks the same in both."""
        regular, bold = (set(font.cmap) for font in self.fonts.values() if isinstance(font, TTFFont))
        return regular & bold

    @property
    def bottom(self) -> float:
        """Where the page's content ends."""
        return float(self.h - _FOOT)

    def footer(self) -> None:
        """fpdf2 calls it at each page's end."""
        with self.artifact():
            self.write_in(size=8, color=FAINT)
            top = self.h - _FOOT + 7
            self.set_xy(_MARGIN, top)
            self.cell(60, 4, f"Page {self.page} of {_PAGES}")
            # On paper a page that fell out of its pile must tell where it belongs.
            shown = self.lines(self.heading, 110)
            self.put(self.w - _MARGIN - 110, top, 110, shown[0], right=True)

    def write_in(self, *, size: float = 9, bold: bool = False, color: tuple[int, int, int] = INK) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*color)

    def cleaned(self, text: str) -> str:
        return printable(text, self._glyphs)

    def width_of(self, cleaned: str) -> float:
        return sum(self._width(character) for character in cleaned) * self.font_size_pt

    def _width(self, character: str) -> float:
        """For one point of size. Asking fpdf2 for whole texts, again and again, is slow."""
        key = (self.font_style, character)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(character) / self.font_size_pt
        return self._widths[key]

    def lines(self, text: str, width: float) -> list[str]:
        """The text in lines that are no wider: broken between words, and within those that are wider than a line."""
        found: list[str] = []
        line = ""
        for word in self.cleaned(text).split(" "):
            longer = f"{line} {word}" if line else word
            if self.width_of(longer) <= width and len(longer) <= _LONGEST:
                line = longer
                continue
            if line:
                found.append(line)
            *full, line = self._broken(word, width)
            found.extend(full)
        return [*found, line]

    def _broken(self, word: str, width: float) -> list[str]:
        pieces = [""]
        taken = 0.0
        for character in word:
            wide = self._width(character) * self.font_size_pt
            if pieces[-1] and (taken + wide > width or len(pieces[-1]) == _LONGEST):
                pieces.append("")
                taken = 0.0
            pieces[-1] += character
            taken += wide
        return pieces

    def put(self, x: float, y: float, width: float, line: str, *, right: bool = False) -> None:
        """Draws a line that ``lines`` gave."""
        self.set_xy(x, y)
        self.cell(width, self.font_size * 1.3, visual(line), align="R" if right else "L", new_x=XPos.RIGHT, new_y=YPos.TOP)

    def element(self, kind: str, parent: StructElem | None = None, attributes: str | None = None) -> StructElem:
        """A part of the document: P, H1, Table, TR, TH, TD ..."""
        over = parent or self.tree.doc_struct_elem
        made = _Element(kind, over, self.page, attributes)
        made.pg = self.pages[self.page]  # type: ignore[assignment]  # fpdf2 sets it, too, when it writes, but for the first level
        over.k.append(made)
        return made

    @contextmanager
    def drawn_as(self, element: StructElem) -> Iterator[None]:
        """What is drawn within is the element's content. Once for an element, and on one page."""
        number = self.tree.mark(element, self.page)
        self.pages[self.page].struct_parents = self.tree.page_key(self.page)
        self._out(f"{element.s} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn within says nothing that stands nowhere else: lines, shades, page numbers."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")
