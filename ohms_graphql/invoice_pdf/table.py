"""Tables that go on over pages: heads are repeated, rows taller than a page go on on the next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fpdf.structure_tree import StructElem

from ohms_graphql.invoice_pdf.blocks import rule
from ohms_graphql.invoice_pdf.tagged import FAINT, SHADE, TaggedPdf

_PAD = 1.3
_GAP = 1.6
_LINE = 4.1
_SIZE = 8.5
_LEAST = 15.0
_TITLE = 9.0


@dataclass(frozen=True)
class Column:
    """As wide as its widest cell, but not wider than ``widest`` mm; columns with a ``share`` share the rest (15 mm at least)."""

    head: str
    right: bool = False
    widest: float = 31.0
    share: int = 0


class Table:
    """Drawn where the document stands, at the right margin. Rows that begin with one of ``strong`` are bold.

    Without heads of columns, the first cell of a row is its head.
    """

    def __init__(
        self,
        pdf: TaggedPdf,
        title: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        strong: Collection[str] = (),
        width: float | None = None,
    ) -> None:
        self._pdf = pdf
        self._strong = strong
        self._width = width or float(pdf.epw)
        self._left = float(pdf.l_margin + pdf.epw) - self._width
        self._headed = any(column.head for column in columns)
        self._title = title
        self._columns = columns
        self._rows = rows
        self._widths = self._measured()

    def _measured(self) -> list[float]:
        self._pdf.write_in(size=_SIZE, bold=True)
        heads = [self._pdf.width_of(column.head) for column in self._columns]
        self._pdf.write_in(size=_SIZE, bold=bool(self._strong))
        widths: list[float] = []
        for place, column in enumerate(self._columns):
            cells = [self._pdf.width_of(self._pdf.cleaned(row[place])) for row in self._rows] if not column.share else []
            # a hair wider: sums of widths are not exact
            widths.append(min(max([heads[place], *cells]), column.widest) + 2 * _GAP + 0.1 if not column.share else 0.0)
        shares = sum(column.share for column in self._columns)
        # Seven columns of great amounts would leave no room for words.
        narrowed = min(1.0, (self._width - shares * _LEAST) / sum(widths))
        left = self._width - sum(widths) * narrowed
        return [
            left * column.share / shares if column.share else width * narrowed
            for column, width in zip(self._columns, widths, strict=True)
        ]

    def draw(self) -> None:
        pdf = self._pdf
        if pdf.y + self._least() > pdf.bottom and pdf.y > pdf.t_margin:
            pdf.add_page()
        if self._title:
            self._put_title()
        table = pdf.element("Table")
        self._head(table)
        for row in self._rows:
            self._row(table, row)
        pdf.set_y(pdf.y + 4)

    def _least(self) -> float:
        """Room that must be there to begin: a head with nothing below it reads as if something were missing.

        Tables without heads are short, and sums: they stand together.
        """
        head_height = self._head_height
        self._pdf.write_in(size=_SIZE, bold=bool(self._strong))
        first = self._rows[:1] if self._headed else self._rows
        return _TITLE + head_height + sum(_height(_tallest(self._wrapped(row))) for row in first)

    def _put_title(self) -> None:
        pdf = self._pdf
        pdf.start_section(self._title, level=1)
        pdf.write_in(size=11, bold=True)
        top = pdf.y
        with pdf.drawn_as(pdf.element("H2")):
            pdf.put(pdf.l_margin, top, pdf.epw, pdf.cleaned(self._title))
        pdf.set_xy(pdf.l_margin, top + _TITLE - 2)

    @property
    def _head_height(self) -> float:
        return _height(_tallest(self._wrapped_heads())) if self._headed else 0.0

    def _wrapped_heads(self) -> list[list[str]]:
        self._pdf.write_in(size=_SIZE, bold=True)
        return self._wrapped([column.head for column in self._columns])

    def _wrapped(self, cells: Sequence[str]) -> list[list[str]]:
        return [self._pdf.lines(cell, width - 2 * _GAP) for cell, width in zip(cells, self._widths, strict=True)]

    def _head(self, table: StructElem) -> None:
        if not self._headed:
            return
        pdf = self._pdf
        cells = self._wrapped_heads()
        with pdf.artifact():
            pdf.set_fill_color(*SHADE)
            pdf.rect(self._left, pdf.y, self._width, _height(_tallest(cells)), style="F")
        pdf.set_text_color(*FAINT)
        self._cells(table, cells, head=True)

    def _row(self, table: StructElem, texts: Sequence[str]) -> None:
        pdf = self._pdf
        bold = texts[0] in self._strong
        pdf.write_in(size=_SIZE, bold=bold)
        cells = self._wrapped(texts)
        done = 0
        fresh = False
        while done < _tallest(cells):
            left = _tallest(cells) - done
            room = int((pdf.bottom - pdf.y - 2 * _PAD) / _LINE)
            if left > room and not fresh:
                pdf.add_page()
                self._head(table)
                pdf.write_in(size=_SIZE, bold=bold)
                fresh = True
                continue
            self._cells(table, [lines[done : done + room] for lines in cells])
            done += room
            fresh = False

    def _cells(self, table: StructElem, cells: list[list[str]], *, head: bool = False) -> None:
        pdf = self._pdf
        row = pdf.element("TR", table)
        top = pdf.y
        x = self._left
        for place, (column, width, lines) in enumerate(zip(self._columns, self._widths, cells, strict=True)):
            with pdf.drawn_as(self._cell(row, place, head=head)):
                for number, line in enumerate(lines):
                    pdf.put(x + _GAP, top + _PAD + number * _LINE, width - 2 * _GAP, line, right=column.right)
            x += width
        bottom = top + _height(_tallest(cells))
        rule(pdf, bottom, self._left)
        pdf.set_xy(pdf.l_margin, bottom)

    def _cell(self, row: StructElem, place: int, *, head: bool) -> StructElem:
        if head:
            return self._pdf.element("TH", row, "<</O /Table /Scope /Column>>")
        if place == 0 and not self._headed:
            return self._pdf.element("TH", row, "<</O /Table /Scope /Row>>")
        return self._pdf.element("TD", row)


def _tallest(cells: list[list[str]]) -> int:
    return max(len(lines) for lines in cells)


def _height(lines: int) -> float:
    return lines * _LINE + 2 * _PAD
