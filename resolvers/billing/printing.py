"""What stands on a printed invoice, as whoever asks for it may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.invoice import Invoice, Payment
from models.money import Money
from models.organization import Organization
from models.patient import Patient
from resolvers.audit.asked import Asked
from resolvers.billing.patients_payments import PatientsPayments, patients_payments
from resolvers.billing.positions import balance
from resolvers.calendar.reading import become
from resolvers.context import RequestContext

_ASKED = Asked("invoice.pdf", coordinates=lambda: {"Invoice": ["Invoice.pdfUrl"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedInvoice:
    """``credited`` is what credit notes took off the patient's part, ``transferred`` what the insurer left to the patient; with
    them ``balance = patient_responsibility - paid + refunded - credited + transferred``.
    """

    invoice: Invoice
    patient: Patient
    clinic: Organization | None
    payments: Sequence[Payment]
    settled: PatientsPayments
    credited: Money
    transferred: Money
    balance: Money


async def read_invoice_as(context: RequestContext, account_id: str, invoice_id: str) -> PrintedInvoice | None:
    """As the account. None for what is not, or no longer, its to see, and for drafts."""
    context.asked = _ASKED
    if await become(context, account_id) is None or context.access.deidentifier is not None:
        context.trail.asked_in_vain(Invoice, [invoice_id])
        return None
    loaders = context.loaders
    invoice = await loaders.invoices.load(invoice_id)
    if invoice is None or invoice.number is None:
        return None
    patient = await loaders.patients.load(invoice.patient_id)
    if patient is None:
        return None
    payments = await loaders.payments_of_invoice.load(invoice.id)
    owed = balance(await loaders.positions_of_invoice.load(invoice.id))
    settled = patients_payments(invoice, payments)
    notes = await loaders.credit_notes_of_invoice.load(invoice.id)
    credited = -sum(note.patient_responsibility.minor_units for note in notes)
    is_note = invoice.credits_invoice_id is not None
    asked = invoice.patient_responsibility - settled.paid + settled.refunded
    transferred = 0 if is_note else owed - (asked.minor_units - credited)

    def money(minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=invoice.total.currency)

    return PrintedInvoice(
        invoice=invoice,
        patient=patient,
        clinic=await _clinic(context, invoice),
        payments=payments,
        settled=settled,
        credited=money(credited),
        transferred=money(transferred),
        balance=asked if is_note else money(owed),
    )


async def _clinic(context: RequestContext, invoice: Invoice) -> Organization | None:
    """Where the visit was, else the first place there is."""
    if invoice.appointment_id is not None:
        visit = await context.loaders.appointments.load(invoice.appointment_id)
        if visit is not None and visit.organization_id is not None:
            return await context.loaders.organizations.load(visit.organization_id)
    first: Organization | None = await Organization.find_one({"active": {"$ne": False}}, sort=[("name", 1), ("_id", 1)])
    return first
