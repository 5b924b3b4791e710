"""An invoice on which nobody is real."""

from datetime import date

from models.money import Money
from ohms_graphql.invoice_pdf.page import InvoicePage, Party, PrintedLine, PrintedPayment, PrintedStep, PrintedSums


def money(minor_units: int, currency: str = "USD") -> Money:
    return Money(minor_units=minor_units, currency=currency)


def sums(balance: Money) -> PrintedSums:
    none = money(0, balance.currency)
    return PrintedSums(
        total=balance,
        adjustment=none,
        insurance=none,
        patient_responsibility=balance,
        paid=none,
        refunded=none,
        credited=none,
        transferred=none,
        balance=balance,
    )


INVOICE = InvoicePage(
    title="Invoice",
    number="2026-000123",
    status="Issued",
    clinic=Party("Harbour Street Family Clinic", ("12 Harbour Street", "Portland, ME 04101", "+1 207 555 0142")),
    patient=Party("Zoë Ångström-Παπαδοπούλου", ("7 Lighthouse Lane", "Portland, ME 04103")),
    issued_on=date(2026, 3, 12),
    due_on=date(2026, 4, 11),
    visit_on=date(2026, 3, 10),
    sums=PrintedSums(
        total=money(37150),
        adjustment=money(5200),
        insurance=money(22360),
        patient_responsibility=money(9590),
        paid=money(4500),
        refunded=money(1500),
        credited=money(250),
        transferred=money(0),
        balance=money(6340),
    ),
    lines=(
        PrintedLine("Office visit, established patient, 30 minutes", "99214", 1, money(21000), money(21000)),
        PrintedLine(
            "Comprehensive metabolic panel: fourteen tests from one blood sample, taken before breakfast",
            "80053",
            1,
            money(9500),
            money(8550),
            discount=money(950),
        ),
        PrintedLine("Wound dressing, sterile, 10 cm wide", "A6402", 4, money(1750), money(7600), tax=money(600)),
    ),
    explanation=(
        PrintedStep(
            "Agreed reduction",
            "Your insurer and the clinic have agreed on lower prices; nobody pays the difference.",
            money(5200),
            money(31950),
        ),
        PrintedStep(
            "Deductible",
            "You pay the first 500.00 USD of a plan year yourself; 40.00 USD of it were left.",
            money(4000),
            money(27950),
        ),
        PrintedStep("Coinsurance", "You pay 20 % of what is left.", money(5590), money(22360)),
        PrintedStep("Insurance", "Your plan pays what is left.", money(22360), money(0)),
    ),
    payments=(
        PrintedPayment(date(2026, 3, 12), "Card", money(3000), "Succeeded"),
        PrintedPayment(date(2026, 3, 14), "Cash", money(1500), "Refunded"),
    ),
    note="Please pay in the patient portal, or at the front desk.\nQuestions about this invoice? Call us on weekdays.",
)
