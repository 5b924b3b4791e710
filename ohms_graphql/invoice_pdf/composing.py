"""From the documents to the page."""

from models.invoice import Invoice, InvoiceLine, Payment
from models.values import Address
from ohms_graphql.invoice_pdf.page import InvoicePage, Party, PrintedLine, PrintedPayment, PrintedStep, PrintedSums
from resolvers.billing.printing import PrintedInvoice

_NOTE = "Questions about this invoice? Please call the clinic."


def page_of(found: PrintedInvoice) -> InvoicePage:
    invoice = found.invoice
    is_note = invoice.credits_invoice_id is not None
    clinic, patient = found.clinic, found.patient
    return InvoicePage(
        title="Credit note" if is_note else "Invoice",
        number=str(invoice.number or ""),
        status=invoice.status.value.capitalize(),
        clinic=Party(clinic.name, _lines(clinic.addresses[0]) if clinic.addresses else ()) if clinic else Party("The clinic"),
        patient=Party(str(patient.name.text), _lines(patient.address) if patient.address else ()),
        sums=_sums(found),
        lines=tuple(_line(line) for line in invoice.lines),
        issued_on=invoice.issued_at.date() if invoice.issued_at else None,
        due_on=invoice.due_on,
        visit_on=invoice.service_on,
        explanation=tuple(
            PrintedStep(str(step.label), str(step.rule), step.amount, step.running_total) for step in invoice.explanation
        ),
        payments=tuple(_payment(payment) for payment in found.payments),
        note=_note(invoice),
    )


def _sums(found: PrintedInvoice) -> PrintedSums:
    invoice = found.invoice
    return PrintedSums(
        total=invoice.total,
        adjustment=invoice.adjustment,
        insurance=invoice.insurance,
        patient_responsibility=invoice.patient_responsibility,
        paid=found.settled.paid,
        refunded=found.settled.refunded,
        credited=found.credited,
        transferred=found.transferred,
        balance=found.balance,
    )


def _line(line: InvoiceLine) -> PrintedLine:
    return PrintedLine(
        description=str(line.description),
        code=next((coding.code for coding in line.code.codings), ""),
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        discount=line.discount,
        tax=line.tax,
    )


def _payment(payment: Payment) -> PrintedPayment:
    words = payment.method.value.replace("_", " ").capitalize(), payment.status.value.replace("_", " ").capitalize()
    received = payment.received_at.date() if payment.received_at else None
    return PrintedPayment(paid_on=received, method=words[0], amount=payment.amount, status=words[1])


def _note(invoice: Invoice) -> str:
    if invoice.credit_reason is not None:
        return f"Why: {invoice.credit_reason}"
    if not invoice.benefits_known:
        return f"It is not known yet what your insurance pays: your part may become smaller. {_NOTE}"
    return _NOTE


def _lines(address: Address) -> tuple[str, ...]:
    place = " ".join(str(part) for part in (address.city, address.state, address.postal_code) if part)
    return tuple(str(line) for line in (*address.lines, place, address.country) if line)
