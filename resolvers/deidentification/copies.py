"""De-identified copies of what is not clinical. Each names what it keeps: a new field is left out until somebody decides."""

from models.appointment import Appointment, Cancellation
from models.coverage import Coverage
from models.invoice import Invoice, InvoiceLine, LineDescription, Payment, Refund, ResponsibilityStep, StepLabel, StepRule
from models.match_tokens import MatchTokens
from models.patient import ExtensionWriters, Patient, PatientExtensions
from models.sampled import SampledDocument
from models.search_words import SearchTokens
from models.values import HumanName
from resolvers.deidentification.concepts import amount, amount_or_none, coded
from resolvers.deidentification.places import area_of
from resolvers.deidentification.references import References, kind_of
from resolvers.deidentification.years import Years

Kept = dict[str, object]


def stored_parts(document: SampledDocument, references: References, years: Years) -> Kept:
    """What every copy has. Revision and timestamps would tell of changes that others saw happen."""
    return {
        "id": references.pseudonyms.hide(kind_of(type(document)) or "", document.id),
        "revision": 1,
        "created_at": years.at_least(document.created_at),
        "updated_at": years.at_least(document.created_at),
        "source": None,
        "sample_key": document.sample_key,
    }


def patient_copy(patient: Patient, references: References, years: Years) -> Patient:
    kept = stored_parts(patient, references, years)
    label = str(kept["id"])[:8]
    label = f"{label[:4]}-{label[4:]}"
    made: Patient = Patient.model_construct(
        **kept,
        mrn=label,
        name=HumanName.model_construct(family=f"Patient {label}", given=[], prefix=[], suffix=[]),
        birth_date=years.of_day(patient.birth_date),
        gender=patient.gender,
        contacts=[],
        address=area_of(patient.address),
        preferred_language=None,  # one that few speak singles out
        emergency_contacts=[],
        care_team=[],
        treated_by=[],
        proxies=[],
        deceased_at=None,
        extensions=PatientExtensions({}),
        search_tokens=SearchTokens(),
        match_tokens=MatchTokens(),
        former_mrns=[],
        extension_writers=ExtensionWriters({}),
    )
    return made


def appointment_copy(visit: Appointment, references: References, years: Years) -> Appointment:
    made: Appointment = Appointment.model_construct(
        **stored_parts(visit, references, years),
        status=visit.status,
        start=years.of(visit.start),
        end=None,
        time_zone=visit.time_zone,
        mode=visit.mode,
        reason=None,
        patient_id=references.hidden("patient_id", visit.patient_id),
        provider_id=visit.provider_id,
        visit_type_id=visit.visit_type_id,
        organization_id=visit.organization_id,
        series_id=None,
        cancellation=None if visit.cancellation is None else _cancellation(visit.cancellation, years),
        confidentiality=visit.confidentiality,
    )
    return made


def _cancellation(cancellation: Cancellation, years: Years) -> Cancellation:
    return Cancellation.model_construct(
        by=cancellation.by,
        reason=None,
        at=years.at_least(cancellation.at),
        late=cancellation.late,
        fee=amount_or_none(cancellation.fee),
    )


def invoice_copy(invoice: Invoice, references: References, years: Years) -> Invoice:
    made: Invoice = Invoice.model_construct(
        **stored_parts(invoice, references, years),
        number=None,
        status=invoice.status,
        patient_id=references.hidden("patient_id", invoice.patient_id),
        appointment_id=references.hidden("appointment_id", invoice.appointment_id),
        coverage_id=references.hidden("coverage_id", invoice.coverage_id),
        credits_invoice_id=references.hidden("credits_invoice_id", invoice.credits_invoice_id),
        lines=[_line(line) for line in invoice.lines],
        total=amount(invoice.total),
        insurance=amount(invoice.insurance),
        patient_responsibility=amount(invoice.patient_responsibility),
        explanation=[_step(step) for step in invoice.explanation],
        issued_at=years.of(invoice.issued_at),
        due_on=years.of_day(invoice.due_on),
        confidentiality=invoice.confidentiality,
    )
    return made


def _line(line: InvoiceLine) -> InvoiceLine:
    return InvoiceLine.model_construct(
        code=coded(line.code),
        description=LineDescription(""),
        quantity=line.quantity,
        unit_price=amount(line.unit_price),
        amount=amount(line.amount),
    )


def _step(step: ResponsibilityStep) -> ResponsibilityStep:
    return ResponsibilityStep.model_construct(
        label=StepLabel(""), rule=StepRule(""), amount=amount(step.amount), running_total=amount(step.running_total)
    )


def payment_copy(payment: Payment, references: References, years: Years) -> Payment:
    refunds = [
        Refund.model_construct(amount=amount(refund.amount), reason=None, status=refund.status, at=years.at_least(refund.at))
        for refund in payment.refunds
    ]
    made: Payment = Payment.model_construct(
        **stored_parts(payment, references, years),
        invoice_id=references.hidden("invoice_id", payment.invoice_id),
        patient_id=references.hidden("patient_id", payment.patient_id),
        amount=amount(payment.amount),
        method=payment.method,
        status=payment.status,
        received_at=years.of(payment.received_at),
        refunds=refunds,
        failure_reason=None,
        confidentiality=payment.confidentiality,
    )
    return made


def coverage_copy(coverage: Coverage, references: References, years: Years) -> Coverage:
    made: Coverage = Coverage.model_construct(
        **stored_parts(coverage, references, years),
        status=coverage.status,
        order=coverage.order,
        patient_id=references.hidden("patient_id", coverage.patient_id),
        payer=coverage.payer,
        plan_name=None,
        member_id=None,
        group_number=None,
        subscriber=None,
        relationship=coverage.relationship,
        period=years.of_period(coverage.period),
    )
    return made
