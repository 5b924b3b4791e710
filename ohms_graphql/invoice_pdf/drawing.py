"""Draws an invoice as a PDF. The same page gives the same bytes, so that what was sent can be told from what was not.

Loading the fonts takes a tenth of a second and long tables more: servers call this in a thread.
"""

import logging
from datetime import UTC, date, datetime, time

from models.money import Money
from ohms_graphql.invoice_pdf.blocks import BIG, FAINTLY, NAME, PLAIN, SMALL, TITLE, block, label_and_value, paragraphs, rule
from ohms_graphql.invoice_pdf.page import InvoicePage, Party, PrintedLine
from ohms_graphql.invoice_pdf.table import Column, Table
from ohms_graphql.invoice_pdf.tagged import SHADE, TaggedPdf

# Taking a subset of a font is told in sixty lines of log; nobody wants to know.
logging.getLogger("fontTools").setLevel(logging.WARNING)

_LANGUAGE = "en"
_UNDATED = date(1970, 1, 1)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_HALF = 84.0


def draw(page: InvoicePage) -> bytes:
    """Never fails for what a text holds or how long it is."""
    created_at = datetime.combine(page.issued_on or _UNDATED, time(), UTC)
    pdf = TaggedPdf(page.heading, created_at, _LANGUAGE)
    _letterhead(pdf, page)
    _parties(pdf, page)
    _balance(pdf, page)
    _lines(pdf, page.lines)
    _sums(pdf, page)
    _explanation(pdf, page)
    _payments(pdf, page)
    paragraphs(pdf, page.note)
    return bytes(pdf.output())


def _day(day: date | None) -> str:
    """Written out: 3/4/2026 is not the same day everywhere."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def _letterhead(pdf: TaggedPdf, page: InvoicePage) -> None:
    pdf.start_section(pdf.heading)
    top = pdf.y
    right = pdf.l_margin + pdf.epw - _HALF
    beside = block(pdf, (right, top, _HALF), [page.title], TITLE)
    beside = block(pdf, (right, beside, _HALF), [page.number], BIG)
    beside = block(pdf, (right, beside, _HALF), [page.status], FAINTLY)
    below = _party(pdf, top + 1.5, page.clinic)
    below = max(below, beside) + 4
    rule(pdf, below)
    pdf.set_xy(pdf.l_margin, below + 5)


def _party(pdf: TaggedPdf, top: float, party: Party) -> float:
    below = block(pdf, (pdf.l_margin, top, _HALF), [party.name], NAME)
    return block(pdf, (pdf.l_margin, below, _HALF), party.address, PLAIN)


def _parties(pdf: TaggedPdf, page: InvoicePage) -> None:
    top = pdf.y
    below = _party(pdf, block(pdf, (pdf.l_margin, top, _HALF), ["Patient"], SMALL), page.patient)
    beside = top
    for label, day in (("Issued on", page.issued_on), ("Due on", page.due_on), ("Date of visit", page.visit_on)):
        if day:
            beside = label_and_value(pdf, beside, label, _day(day))
    pdf.set_xy(pdf.l_margin, max(below, beside) + 5)


def _balance(pdf: TaggedPdf, page: InvoicePage) -> None:
    """What most readers look for, before how it came about."""
    due = f"Balance due on {_day(page.due_on)}" if page.due_on and page.sums.balance.minor_units > 0 else "Balance"
    top = pdf.y
    if top + 12 > pdf.bottom:
        pdf.add_page()
        top = pdf.y
    with pdf.artifact():
        pdf.set_fill_color(*SHADE)
        pdf.rect(pdf.l_margin, top, pdf.epw, 11, style="F")
    pdf.write_in(size=11, bold=True)
    amount = page.sums.balance.formatted
    wide = min(pdf.width_of(amount) + 1, pdf.epw - 8)
    with pdf.drawn_as(pdf.element("P")):
        pdf.put(pdf.l_margin + 3, top + 2.8, 100, due)
        pdf.put(pdf.l_margin + pdf.epw - 3 - wide, top + 2.8, wide, amount, right=True)
    pdf.set_xy(pdf.l_margin, top + 17)


def _lines(pdf: TaggedPdf, lines: tuple[PrintedLine, ...]) -> None:
    """Columns without anything in them are left out: most invoices have neither discounts nor taxes."""
    if not lines:
        return
    discounts = any(line.discount for line in lines)
    taxes = any(line.tax for line in lines)
    columns = [Column("Description", share=3), Column("Code", widest=22), Column("Quantity", right=True, widest=14)]
    columns += [Column("Unit price", right=True)]
    columns += [Column("Discount", right=True)] * discounts + [Column("Tax", right=True)] * taxes
    columns += [Column("Amount", right=True)]
    rows = []
    for line in lines:
        row = [line.description, line.code, f"{line.quantity:,}", line.unit_price.formatted]
        row += [_amount(line.discount)] * discounts + [_amount(line.tax)] * taxes
        rows.append([*row, line.amount.formatted])
    Table(pdf, "Charges", columns, rows).draw()


def _amount(money: Money | None) -> str:
    return money.formatted if money else ""


def _less(money: Money) -> Money:
    return money * -1


def _sums(pdf: TaggedPdf, page: InvoicePage) -> None:
    """From the total to the balance: figures add up to the bold one below them. What is nothing is left out."""
    sums = page.sums
    upper = [("Agreed reduction", _less(sums.adjustment)), ("Insurance", _less(sums.insurance))]
    lower = [
        ("Not paid by insurance", sums.transferred),
        ("Paid", _less(sums.paid)),
        ("Refunded", sums.refunded),
        ("Credited", _less(sums.credited)),
    ]
    rows = [("Total", sums.total.formatted)]
    rows += [(label, money.formatted) for label, money in upper if money.minor_units]
    rows += [("Your part", sums.patient_responsibility.formatted)]
    rows += [(label, money.formatted) for label, money in lower if money.minor_units]
    rows += [("Balance", sums.balance.formatted)]
    columns = [Column("", share=2), Column("", right=True, widest=50)]
    Table(pdf, "", columns, rows, strong=("Total", "Your part", "Balance"), width=_HALF).draw()


def _explanation(pdf: TaggedPdf, page: InvoicePage) -> None:
    if not page.explanation:
        return
    columns = [
        Column("Step", share=2),
        Column("Rule", share=3),
        Column("Amount", right=True),
        Column("Running total", right=True),
    ]
    rows = [(step.label, step.rule, step.amount.formatted, step.running_total.formatted) for step in page.explanation]
    Table(pdf, "How your part was worked out", columns, rows).draw()


def _payments(pdf: TaggedPdf, page: InvoicePage) -> None:
    if not page.payments:
        return
    columns = [Column("Date", widest=30), Column("Method", share=2), Column("Status", share=2), Column("Amount", right=True)]
    rows = [(_day(payment.paid_on), payment.method, payment.status, payment.amount.formatted) for payment in page.payments]
    Table(pdf, "Payments", columns, rows).draw()
