"""Invoices as PDF, read back with a library that did not draw them."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from ohms_graphql.invoice_pdf.drawing import draw
from ohms_graphql.invoice_pdf.page import InvoicePage, Party, PrintedLine, PrintedPayment, PrintedStep
from tests.ohms_graphql.invoice_pdf.invented import INVOICE, money, sums

NO_BREAK = "W" * 400


def read(page: InvoicePage) -> PdfReader:
    return PdfReader(io.BytesIO(draw(page)))


def text_of(page: InvoicePage) -> str:
    return " ".join(" ".join(sheet.extract_text() for sheet in read(page).pages).split())


def line(description: str, code: str = "99214") -> PrintedLine:
    return PrintedLine(description, code, 1, money(1000), money(1000))


def test_everything_stands_in_the_text() -> None:
    text = text_of(INVOICE)
    assert text.startswith("Invoice 2026-000123 Issued Harbour Street Family Clinic 12 Harbour Street")
    for expected in (
        "Zoë Ångström-Παπαδοπούλου 7 Lighthouse Lane Portland, ME 04103",
        "Issued on 12 March 2026",
        "Due on 11 April 2026",
        "Date of visit 10 March 2026",
        "Balance due on 11 April 2026 63.40 USD",
        "Description Code Quantity Unit price Discount Tax Amount",
        "How your part was worked out Step Rule Amount Running total",
        "Payments Date Method Status Amount",
        "12 March 2026 Card Succeeded 30.00 USD",
        "14 March 2026 Cash Refunded 15.00 USD",
        "front desk. Questions about this invoice? Call us on weekdays.",
        "Page 1 of 1",
    ):
        assert expected in text


def test_each_line_stands_with_its_amounts() -> None:
    text = text_of(INVOICE)
    assert "Office visit, established patient, 30 minutes 99214 1 210.00 USD 210.00 USD" in text
    assert "taken before breakfast 80053 1 95.00 USD 9.50 USD 85.50 USD" in text
    assert "Wound dressing, sterile, 10 cm wide A6402 4 17.50 USD 6.00 USD 76.00 USD" in text


def test_each_step_stands_with_its_rule_and_the_running_total() -> None:
    text = text_of(INVOICE)
    for step in INVOICE.explanation:
        assert f"{step.label} {step.rule} {step.amount.formatted} {step.running_total.formatted}" in text


def test_the_sums_lead_from_the_total_to_the_balance() -> None:
    assert (
        "Total 371.50 USD Agreed reduction -52.00 USD Insurance -223.60 USD Your part 95.90 USD "
        "Paid -45.00 USD Refunded 15.00 USD Credited -2.50 USD Balance 63.40 USD"
    ) in text_of(INVOICE)


def test_what_is_nothing_is_left_out() -> None:
    text = text_of(InvoicePage("Invoice", "", "Draft", Party("Clinic"), Party("Ada"), sums(money(500)), (line("Visit"),)))
    assert "Total 5.00 USD Your part 5.00 USD Balance 5.00 USD" in text
    assert "Description Code Quantity Unit price Amount" in text
    for absent in ("Insurance", "Refunded", "Credited", "Discount", "Tax", "Payments", "worked out", "Issued on", "Due on"):
        assert absent not in text


def test_nothing_is_due_where_the_balance_is_nothing() -> None:
    assert "Balance due" not in text_of(replace(INVOICE, sums=sums(money(0))))


def test_a_credit_note_is_called_one() -> None:
    note = replace(INVOICE, title="Credit note", number="2026-000124", sums=sums(money(-37150)))
    assert text_of(note).startswith("Credit note 2026-000124")
    assert "Balance -371.50 USD" in text_of(note)
    assert read(note).metadata is not None
    assert read(note).metadata["/Title"] == "Credit note 2026-000124"  # type: ignore[index]


def test_two_hundred_lines_make_pages_that_each_have_the_head() -> None:
    lines = tuple(line(f"Line number {count}.") for count in range(200))
    pages = [" ".join(sheet.extract_text().split()) for sheet in read(replace(INVOICE, lines=lines)).pages]
    assert len(pages) >= 5
    with_lines = [page for page in pages if "Line number" in page]
    assert all("Description Code Quantity Unit price Amount" in page for page in with_lines)
    assert all(page.endswith(f"Page {count} of {len(pages)} Invoice 2026-000123") for count, page in enumerate(pages, 1))
    text = " ".join(pages)
    assert [text.count(f"Line number {count}. ") for count in range(200)] == [1] * 200


def test_a_row_taller_than_a_page_goes_on_on_the_next() -> None:
    pages = [sheet.extract_text() for sheet in read(replace(INVOICE, lines=(line("word " * 2500),))).pages]
    assert sum(page.count("word") for page in pages) == 2500
    assert "Description" in pages[1]


def test_a_long_note_goes_on_over_pages() -> None:
    assert text_of(replace(INVOICE, note="long note\n" * 300)).count("long note") == 300


def test_the_sums_stand_together() -> None:
    for count in range(16, 30):
        pages = [sheet.extract_text() for sheet in read(replace(INVOICE, lines=(line("Visit"),) * count)).pages]
        assert any("Agreed reduction" in page and "Credited" in page for page in pages)


@pytest.mark.parametrize(
    ("minor_units", "currency", "shown"),
    [
        (12345, "JPY", "12,345 JPY"),
        (1234567, "KWD", "1,234.567 KWD"),
        (-5, "USD", "-0.05 USD"),
        (10**14, "EUR", "1,000,000,000,000.00 EUR"),
    ],
)
def test_amounts_have_their_currencys_digits(minor_units: int, currency: str, shown: str) -> None:
    amount = money(minor_units, currency)
    text = text_of(
        replace(INVOICE, sums=sums(amount), lines=(PrintedLine("Visit", "1", 1, amount, amount),), explanation=(), payments=())
    )
    assert f"Visit 1 1 {shown} {shown}" in text
    assert f"Total {shown} Your part {shown} Balance {shown}" in text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\x00b\x07c\x1b[31m", "a b c [31m"),
        ("tab\tand\r\nbreak\u2028here", "tab and break here"),
        ("{nb} of {nb}", "{nb} of {nb}"),
        ("(unbalanced \\ **bold** [link](x)", "(unbalanced \\ **bold** [link](x)"),
        ("lone \ud800 surrogate", "lone □ surrogate"),
        ("private \ue000\ue000\ue000\ue000\ue000\ue000 use", "private □□□□□□ use"),
        ("\u202eturned\u202c \u2066around\u2069", "turned around"),
        ("山田 太郎", "□□ □□"),
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\ufe0f.", "□□."),
        ("e\u0301t\u0065\u0301", "été"),
        ("Ивана Петровић Γιώργος Հայկ ქეთი Łódź Nguyễn", "Ивана Петровић Γιώργος Հայկ ქეთი Łódź Nguyễn"),
        ("זהבה כהן", "זהבה כהן"),
        ("\u0645\u062d\u0645\u062f", "\ufee3\ufea4\ufee4\ufeaa"),
        ("\u0633\u0644\u0627\u0645", "\ufeb3\ufefc\ufee1"),
        ("שָׁלוֹם", None),
        ("%\u0300" * 3000 + "ש", None),
        ("\u0300" * 5000, None),
        (NO_BREAK, None),
        ("", None),
    ],
)
def test_hostile_and_foreign_texts_are_printed(typed: str, printed: str | None, caplog: pytest.LogCaptureFixture) -> None:
    page = replace(
        INVOICE,
        number=typed,
        status=typed,
        clinic=Party(typed, (typed,) * 30),
        patient=Party(typed, (typed,) * 30),
        lines=(line(typed, typed),) * 3,
        explanation=(PrintedStep(typed, typed, money(1), money(2)),),
        payments=(PrintedPayment(None, typed, money(3), typed),),
        note=typed,
    )
    reader = read(page)
    text = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    assert "371.50 USD" in text
    assert "Page 1 of" in text
    assert not caplog.records
    if printed:
        assert printed in text_of(replace(INVOICE, status=typed))


def _placed(sheet: PageObject) -> Iterator[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, _size: float) -> None:
        if text.strip():
            found.append((text.strip(), matrix[4], matrix[5]))

    sheet.extract_text(visitor_text=visit)
    yield from found


@pytest.mark.parametrize("description", [NO_BREAK, "word " * 80, "i" * 400])
def test_nothing_leaves_the_page(description: str) -> None:
    huge = money(10**18, "KWD")
    page = replace(
        INVOICE,
        clinic=Party(description, (description,) * 9),
        patient=Party(description, (description,) * 9),
        lines=(PrintedLine(description, description, 10**9, huge, huge, huge, huge),) * 5,
        explanation=(PrintedStep(description, description, huge, huge),),
        sums=sums(huge),
        note=description,
    )
    for sheet in read(page).pages:
        for text, x, y in _placed(sheet):
            assert 45 <= x <= 550, text
            assert y > 51 or text.startswith(("Page", "Invoice")), text


def test_the_same_page_gives_the_same_bytes() -> None:
    assert draw(INVOICE) == draw(replace(INVOICE))
    assert draw(INVOICE) != draw(replace(INVOICE, status="Cancelled"))


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import hashlib; from ohms_graphql.invoice_pdf.drawing import draw; "
        "from tests.ohms_graphql.invoice_pdf.invented import INVOICE; print(hashlib.sha256(draw(INVOICE)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York"))
    }
    assert len(digests) == 1


def test_the_metadata_have_the_number_and_nothing_of_the_patient() -> None:
    document = draw(INVOICE)
    metadata = PdfReader(io.BytesIO(document)).metadata
    assert metadata is not None
    assert {str(key): str(value) for key, value in metadata.items()} == {
        "/Title": "Invoice 2026-000123",
        "/Creator": "OHMS",
        "/CreationDate": "D:20260312000000Z",
    }
    assert "Zo".encode("utf-16-be") not in document


def test_a_draft_has_a_fixed_date() -> None:
    draft = replace(INVOICE, number="", issued_on=None)
    assert draw(draft) == draw(draft)
    assert read(draft).metadata.title == "Invoice"  # type: ignore[union-attr]


def _elements(element: DictionaryObject) -> Iterator[tuple[DictionaryObject, str]]:
    for kid in element.get("/K", []):
        child = kid.get_object()
        if isinstance(child, DictionaryObject):
            yield child, str(child["/S"])
            yield from _elements(child)


def _count(reader: PdfReader, kind: str) -> int:
    root = reader.root_object["/StructTreeRoot"].get_object()
    assert isinstance(root, DictionaryObject)
    return sum(found == kind for _, found in _elements(root))


def test_screen_readers_find_headings_and_tables() -> None:
    reader = read(INVOICE)
    catalog: Any = reader.root_object
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {kind: _count(reader, kind) for kind in ("/H1", "/H2", "/Table", "/Figure")} == {
        "/H1": 1,
        "/H2": 3,
        "/Table": 4,
        "/Figure": 0,
    }
    sums_rows = 8
    assert _count(reader, "/TR") == (1 + 3) + sums_rows + (1 + 4) + (1 + 2)
    assert _count(reader, "/TH") == 7 + sums_rows + 4 + 4


def test_every_text_is_tagged_once() -> None:
    """What a reader of tags does not find is not read out."""
    lines = tuple(line(f"Line {count}") for count in range(100))
    reader = read(replace(INVOICE, lines=lines))
    catalog: Any = reader.root_object
    parents = catalog["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    for sheet in reader.pages:
        content = sheet.get_contents()
        assert content is not None
        depth = 0
        marked = []
        for operands, operator in content.operations:
            if operator in (b"BDC", b"BMC"):
                depth += 1
                marked += [operands[1]["/MCID"]] if operator == b"BDC" else []
            elif operator == b"EMC":
                depth -= 1
            elif operator in (b"Tj", b"TJ"):
                assert depth == 1
        assert depth == 0
        owners = parents[parents.index(sheet["/StructParents"]) + 1]
        assert marked == list(range(len(owners)))
        for number, owner in enumerate(owners):
            element = owner.get_object()
            assert element["/K"] == [number]
            assert element.raw_get("/Pg") == sheet.indirect_reference


def test_readers_can_jump_to_the_parts() -> None:
    outline: Any = read(INVOICE).outline
    heading, parts = outline
    assert heading["/Title"] == "Invoice 2026-000123"
    assert [part["/Title"] for part in parts] == ["Charges", "How your part was worked out", "Payments"]


def test_days_are_written_out() -> None:
    assert "3 April 2026" in text_of(replace(INVOICE, visit_on=date(2026, 4, 3)))
