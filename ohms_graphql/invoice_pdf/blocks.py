"""Texts that stand by themselves: names, addresses, dates, notes."""

from collections.abc import Iterable
from dataclasses import dataclass

from ohms_graphql.invoice_pdf.tagged import FAINT, INK, RULE, TaggedPdf

_LINE_FACTOR = 0.475
_NOTE = 4.6


@dataclass(frozen=True)
class Style:
    """``tag``: what a screen reader calls it. ``most``: lines, since blocks side by side cannot go on over pages."""

    size: float = 9
    bold: bool = False
    color: tuple[int, int, int] = INK
    right: bool = False
    tag: str = "P"
    most: int = 10

    @property
    def leading(self) -> float:
        """Millimetres from line to line."""
        return self.size * _LINE_FACTOR


PLAIN = Style()
NAME = Style(size=11, bold=True)
SMALL = Style(size=8.5, color=FAINT)
TITLE = Style(size=20, bold=True, right=True, tag="H1", most=2)
BIG = Style(size=12, right=True, most=4)
FAINTLY = Style(color=FAINT, right=True, most=4)
_LABEL = Style(color=FAINT)
_VALUE = Style(right=True)


def block(pdf: TaggedPdf, place: tuple[float, float, float], texts: Iterable[str], style: Style) -> float:
    """Draws the texts one below the other at ``place`` (x, y, width). Returns where what comes below may begin."""
    x, y, width = place
    pdf.write_in(size=style.size, bold=style.bold, color=style.color)
    left = style.most
    for text in texts:
        lines = _at_most(pdf.lines(text, width), left)
        if not any(lines):
            continue
        left -= len(lines)
        with pdf.drawn_as(pdf.element(style.tag)):
            for line in lines:
                pdf.put(x, y, width, line, right=style.right)
                y += style.leading
    return y


def _at_most(lines: list[str], count: int) -> list[str]:
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], "…"] if count else []


def label_and_value(pdf: TaggedPdf, top: float, label: str, value: str) -> float:
    """At the right margin. Returns where the next may stand."""
    x = pdf.l_margin + pdf.epw - 84
    pdf.write_in(size=_LABEL.size, color=_LABEL.color)
    with pdf.drawn_as(pdf.element("P")):
        pdf.put(x, top, 40, label)
        pdf.write_in(size=_VALUE.size)
        pdf.put(x + 40, top, 44, value, right=True)
    return top + 5.2


def paragraphs(pdf: TaggedPdf, text: str) -> None:
    """Over the whole width, and on over as many pages as it takes."""
    for paragraph in text.splitlines():
        pdf.write_in(size=PLAIN.size)
        lines = pdf.lines(paragraph, pdf.epw)
        while any(lines):
            room = int((pdf.bottom - pdf.y) / _NOTE)
            if room < 1:
                pdf.add_page()
                pdf.write_in(size=PLAIN.size)
                continue
            _paragraph(pdf, lines[:room])
            lines = lines[room:]
        pdf.set_y(pdf.y + 1.5)


def _paragraph(pdf: TaggedPdf, lines: list[str]) -> None:
    with pdf.drawn_as(pdf.element("P")):
        y = pdf.y
        for line in lines:
            pdf.put(pdf.l_margin, y, pdf.epw, line)
            y += _NOTE
    pdf.set_xy(pdf.l_margin, y)


def rule(pdf: TaggedPdf, y: float, left: float | None = None) -> None:
    """From ``left``, or the left margin, to the right margin."""
    with pdf.artifact():
        pdf.set_draw_color(*RULE)
        pdf.set_line_width(0.2)
        pdf.line(pdf.l_margin if left is None else left, y, pdf.l_margin + pdf.epw, y)
