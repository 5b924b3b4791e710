"""The demo's money adds up."""

import itertools
from collections import Counter, defaultdict
from datetime import date

from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.coverage import (
    Coverage,
    CoverageOrder,
    CoverageStatus,
    EligibilityCheck,
    EligibilityOutcome,
    EligibilitySource,
    SubscriberRelationship,
)
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.patient import Patient
from models.role import Role
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID
from resolvers.billing.patients_payments import patients_payments
from resolvers.eligibility.knowledge import is_stale
from tests.ohms_graphql.demo.documents import Documents

NUMBERED = {InvoiceStatus.ISSUED, InvoiceStatus.BALANCED}


def payments_of(demo: Documents) -> dict[str, list[Payment]]:
    found = defaultdict(list)
    for payment in demo.of(Payment):
        found[payment.invoice_id].append(payment)
    return found


def test_insurer_patient_and_adjustment_are_the_charge_and_the_explanation_leads_there(demo: Documents) -> None:
    for invoice in demo.of(Invoice):
        assert all(line.amount == line.unit_price * line.quantity for line in invoice.lines)
        assert sum(line.amount.minor_units for line in invoice.lines) == invoice.total.minor_units
        first, *later = invoice.explanation
        assert first.amount == first.running_total == invoice.total
        for one, other in itertools.pairwise(invoice.explanation):
            assert one.running_total + other.amount == other.running_total
        assert invoice.explanation[-1].running_total == invoice.patient_responsibility
        adjustment = sum(-step.amount.minor_units for step in later if step.label == "Contractual adjustment")
        parts = (invoice.insurance.minor_units, invoice.patient_responsibility.minor_units, adjustment)
        assert sum(parts) == invoice.total.minor_units
        assert invoice.credits_invoice_id or min(parts) >= 0


def test_there_are_invoices_in_every_status_and_those_issued_are_numbered_without_gaps_in_order_of_issue(demo: Documents) -> None:
    invoices = demo.of(Invoice)
    assert {invoice.status for invoice in invoices} == set(InvoiceStatus)
    assert all((invoice.number is not None) == (invoice.status in NUMBERED) for invoice in invoices)
    assert all((invoice.issued_at is not None) == (invoice.status in NUMBERED) for invoice in invoices)
    numbered = sorted((invoice.number, invoice.issued_at) for invoice in invoices if invoice.number and invoice.issued_at)
    assert [int(number.partition("-")[2]) for number, _ in numbered] == list(range(1, len(numbered) + 1))
    assert all(number.startswith(f"{issued.year}-") for number, issued in numbered)
    assert [issued for _, issued in numbered] == sorted(issued for _, issued in numbered)
    assert numbered[-1][1] < demo.anchor


def test_visits_that_took_place_and_late_cancellations_are_billed_once_and_nothing_else(demo: Documents) -> None:
    billed = Counter(invoice.appointment_id for invoice in demo.of(Invoice) if invoice.credits_invoice_id is None)
    for visit in demo.of(Appointment):
        owed = visit.status is AppointmentStatus.FULFILLED or bool(visit.cancellation and visit.cancellation.fee)
        assert billed[visit.id] == int(owed)


def test_what_is_billed_is_named_so_that_it_cannot_be_billed_again(demo: Documents) -> None:
    credited = {invoice.credits_invoice_id for invoice in demo.of(Invoice)}
    for invoice in demo.of(Invoice):
        given_up = invoice.status in {InvoiceStatus.CANCELLED, InvoiceStatus.ENTERED_IN_ERROR}
        taken_back = invoice.credits_invoice_id is not None or invoice.id in credited
        assert (invoice.billed is None) == (given_up or taken_back)
        assert invoice.insured or invoice.coverage_id is None


def test_balanced_is_what_both_have_paid_and_only_that(demo: Documents) -> None:
    payments = payments_of(demo)
    credited = {invoice.credits_invoice_id for invoice in demo.of(Invoice)}
    for invoice in demo.of(Invoice):
        if invoice.status not in NUMBERED or invoice.credits_invoice_id or invoice.id in credited:
            continue
        mine = payments[invoice.id]
        insured = sum(payment.amount.minor_units for payment in mine if payment.method is PaymentMethod.INSURANCE)
        theirs = patients_payments(invoice, mine)
        owed = invoice.patient_responsibility - theirs.paid + theirs.refunded
        settled = owed.minor_units <= 0 and insured == invoice.insurance.minor_units
        assert settled == (invoice.status is InvoiceStatus.BALANCED)
    overdue = [
        one for one in demo.of(Invoice) if one.status is InvoiceStatus.ISSUED and (one.due_on or date.max) < demo.anchor.date()
    ]
    assert len(overdue) > 10


def test_payments_are_of_every_method_and_status_positive_and_of_the_past(demo: Documents) -> None:
    payments, invoices = demo.of(Payment), demo.by_id(Invoice)
    assert {payment.method for payment in payments} == set(PaymentMethod) - {PaymentMethod.CREDIT}
    assert {payment.status for payment in payments} == set(PaymentStatus)
    for payment in payments:
        assert payment.amount.minor_units > 0
        assert payment.patient_id == invoices[payment.invoice_id].patient_id
        issued = invoices[payment.invoice_id].issued_at
        assert issued is not None
        assert issued <= payment.created_at <= payment.updated_at <= demo.anchor
        waiting = payment.status in {PaymentStatus.PENDING, PaymentStatus.FAILED}
        assert (payment.received_at is None) == waiting
        assert (payment.failure_reason is not None) == (payment.status is PaymentStatus.FAILED)


def test_a_refund_is_at_most_what_was_captured(demo: Documents) -> None:
    seen = set()
    for payment in demo.of(Payment):
        given_back = sum(refund.amount.minor_units for refund in payment.refunds if refund.status is PaymentStatus.SUCCEEDED)
        seen |= {refund.status for refund in payment.refunds}
        assert given_back <= payment.amount.minor_units
        assert bool(payment.refunds) == (payment.status in {PaymentStatus.REFUNDED, PaymentStatus.PARTIALLY_REFUNDED})
        assert (given_back == payment.amount.minor_units) == (payment.status is PaymentStatus.REFUNDED)
        assert all(refund.amount.minor_units > 0 and refund.at <= demo.anchor for refund in payment.refunds)
    assert seen == {PaymentStatus.SUCCEEDED, PaymentStatus.PENDING, PaymentStatus.FAILED}


def test_a_credit_note_takes_back_an_issued_invoice(demo: Documents) -> None:
    invoices = demo.by_id(Invoice)
    (note,) = [invoice for invoice in invoices.values() if invoice.credits_invoice_id]
    credited = invoices[note.credits_invoice_id or ""]
    assert (note.status, credited.status) == (InvoiceStatus.BALANCED, InvoiceStatus.BALANCED)
    assert note.total + credited.total == credited.total * 0
    assert note.patient_responsibility + credited.patient_responsibility == credited.total * 0
    assert (note.patient_id, note.total.minor_units < 0) == (credited.patient_id, True)


def test_children_are_covered_through_their_parent(demo: Documents) -> None:
    patients, accounts = demo.by_id(Patient), demo.by_id(Account)
    through = [coverage for coverage in demo.of(Coverage) if coverage.relationship is SubscriberRelationship.CHILD]
    assert len(through) > 30
    for coverage in through:
        (proxy,) = patients[coverage.patient_id].proxies
        assert coverage.subscriber == patients[accounts[proxy.account_id or ""].patient_id or ""].name.text
    coverages = demo.of(Coverage)
    assert {coverage.status for coverage in coverages} == set(CoverageStatus)
    assert {coverage.order for coverage in coverages} == {CoverageOrder.PRIMARY, CoverageOrder.SECONDARY}
    assert all((one.period.end is not None) == (one.status is CoverageStatus.CANCELLED) for one in coverages)
    assert len({(one.payer, one.member_id) for one in coverages}) == len(coverages)


def test_no_answer_is_not_not_covered(demo: Documents) -> None:
    coverages, accounts = demo.by_id(Coverage), demo.by_id(Account)
    checks = demo.of(EligibilityCheck)
    answered = {EligibilityOutcome.COMPLETE, EligibilityOutcome.PARTIAL}
    for check in checks:
        coverage = coverages[check.coverage_id]
        assert (check.in_force is None) == (check.outcome not in answered)
        if check.in_force is not None and coverage.status is not CoverageStatus.ENTERED_IN_ERROR:
            assert check.in_force == coverage.period.contains(check.checked_at)
        assert coverage.created_at < check.checked_at < demo.anchor
        assert accounts[check.checked_by_id or ""].roles == [Role.STAFF]
        assert check.benefits is None or check.in_force
    assert {check.outcome for check in checks} == set(EligibilityOutcome)
    assert {check.answered_by for check in checks} == set(EligibilitySource)
    assert {is_stale(check, demo.anchor) for check in checks} == {True, False}
    assert len({check.coverage_id for check in checks}) < len(coverages), "some were never asked about"


def test_the_showcase_patient_has_two_plans_and_many_invoices(demo: Documents) -> None:
    assert sum(coverage.patient_id == SHOWCASE_PATIENT_ID for coverage in demo.of(Coverage)) == 2
    assert sum(invoice.patient_id == SHOWCASE_PATIENT_ID for invoice in demo.of(Invoice)) >= 5
