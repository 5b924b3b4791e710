"""Coverages, invoices and payments."""

from models.coverage import Coverage, CoverageOrder, SubscriberRelationship
from models.invoice import Invoice, InvoiceStatus, Payment
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts
from ohms_graphql.fhir_export.values import code_of, coded, concept, instant, money, period, present

_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
_ORDER = {CoverageOrder.PRIMARY: 1, CoverageOrder.SECONDARY: 2, CoverageOrder.TERTIARY: 3}
_RELATIONSHIP = {
    SubscriberRelationship.SELF: "self",
    SubscriberRelationship.SPOUSE: "spouse",
    SubscriberRelationship.CHILD: "child",
    SubscriberRelationship.OTHER: "other",
}


def coverage_parts(coverage: Coverage, names: Names) -> Parts:
    yield Part(("status",), {"status": code_of(coverage.status)})
    yield Part(("patient_id",), {"beneficiary": names.reference(coverage.patient_id, "Patient")})
    yield Part(("payer",), {"payor": [{"display": coverage.payer}]})
    yield Part(("member_id",), {"subscriberId": coverage.member_id and str(coverage.member_id)})
    yield Part(("subscriber",), {"subscriber": {"display": str(coverage.subscriber)} if coverage.subscriber else None})
    yield Part(
        ("relationship",), {"relationship": coded(f"{_SYSTEM}subscriber-relationship", _RELATIONSHIP[coverage.relationship])}
    )
    yield Part(("order",), {"order": _ORDER[coverage.order]})
    yield Part(("period",), {"period": period(coverage.period)})
    classes = [
        {"type": coded(f"{_SYSTEM}coverage-class", kind), "value": str(value), **({"name": str(value)} if kind == "plan" else {})}
        for kind, value in (("group", coverage.group_number), ("plan", coverage.plan_name))
        if value
    ]
    yield Part(("group_number", "plan_name"), {"class": classes})


def invoice_parts(invoice: Invoice, names: Names) -> Parts:
    yield Part(("status",), {"status": code_of(invoice.status) if invoice.status is not InvoiceStatus.ISSUED else "issued"})
    yield Part(("number",), {"identifier": [{"system": "urn:ohms:invoice", "value": invoice.number}] if invoice.number else None})
    yield Part(("patient_id",), {"subject": names.reference(invoice.patient_id, "Patient")})
    yield Part(("issued_at",), {"date": instant(invoice.issued_at)})
    lines = [
        present(
            {
                "sequence": place,
                "chargeItemCodeableConcept": concept(line.code),
                "priceComponent": [{"type": "base", "factor": line.quantity, "amount": money(line.amount)}],
            }
        )
        for place, line in enumerate(invoice.lines, start=1)
    ]
    yield Part(("lines",), {"lineItem": lines})
    yield Part(("total",), {"totalNet": money(invoice.total), "totalGross": money(invoice.total)})


def payment_parts(payment: Payment, _names: Names) -> Parts:
    yield Part(("status",), {"status": "active" if payment.status.value not in ("FAILED", "PENDING") else "draft"})
    yield Part((), {"created": instant(payment.created_at)})
    received = payment.received_at or payment.created_at
    yield Part(("received_at",), {"paymentDate": received.date().isoformat()})
    yield Part(("amount",), {"paymentAmount": money(payment.amount)})
    detail = {"type": coded(f"{_SYSTEM}payment-type", "payment"), "request": {"reference": f"Invoice/{payment.invoice_id}"}}
    yield Part(("invoice_id",), {"detail": [{**detail, "amount": money(payment.amount)}]})
