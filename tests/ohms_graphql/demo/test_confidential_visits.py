"""What a teenager came for alone, and visits for restricted illnesses: with all that hangs on them, not a proxy's to see."""

from models.appointment import Appointment, ScheduleEvent
from models.confidentiality import Confidentiality
from models.invoice import Invoice, Payment
from models.patient import Patient
from models.record import ClinicalNote
from ohms_graphql.demo.cast import PARENTS_TEENAGER, demo_id
from tests.ohms_graphql.demo.documents import Documents


def test_the_visit_with_the_confidential_note_is_confidential(demo: Documents) -> None:
    teenager = demo_id("Patient", PARENTS_TEENAGER)
    (note,) = [
        note
        for note in demo.of(ClinicalNote)
        if note.patient_id == teenager and note.confidentiality is Confidentiality.RESTRICTED
    ]
    visits = [visit for visit in demo.of(Appointment) if visit.patient_id == teenager]
    kept = [visit.id for visit in visits if visit.confidentiality is Confidentiality.RESTRICTED]
    assert kept == [note.appointment_id]
    assert len(visits) > 1
    (patient,) = [patient for patient in demo.of(Patient) if patient.id == teenager]
    assert patient.proxies


def test_what_hangs_on_a_visit_has_its_level(demo: Documents) -> None:
    visits, invoices = demo.by_id(Appointment), demo.by_id(Invoice)
    restricted = {visit.id for visit in visits.values() if visit.confidentiality is not Confidentiality.NORMAL}
    assert 1 < len(restricted) < len(visits) / 10
    for event in demo.of(ScheduleEvent):
        assert event.confidentiality is visits[event.appointment_id or ""].confidentiality
    for invoice in invoices.values():
        assert invoice.confidentiality is visits[invoice.appointment_id or ""].confidentiality
    for payment in demo.of(Payment):
        assert payment.confidentiality is invoices[payment.invoice_id].confidentiality
    assert restricted & {invoice.appointment_id for invoice in invoices.values()}
