"""What an entry says of who looked, and that making it looks at no more of them than it must."""

import pytest

from models.appointment import Appointment, AppointmentStatus
from models.patient import Mrn, Patient, PatientName
from models.role import Role
from resolvers.audit.entries import Sightings
from resolvers.context import RequestContext, open_context
from resolvers.principal import Principal
from resolvers.watched_principal import WatchedPrincipal
from tests.clinic import plain_ports

ALICE, BOB = "A" * 26, "B" * 26


def _context(principal: Principal) -> RequestContext:
    """Of somebody who has seen two patients and a visit of each."""
    context = open_context(principal, plain_ports())
    for patient_id in (ALICE, BOB):
        patient = Patient(id=patient_id, mrn=Mrn(patient_id), name=PatientName(family="Doe"))
        visit = Appointment(status=AppointmentStatus.BOOKED, time_zone="UTC", patient_id=patient_id, provider_id="p")
        context.trail.saw([patient, visit])
    return context


@pytest.mark.usefixtures("database")
async def test_staff_share_an_answer_with_its_entries() -> None:
    watched = WatchedPrincipal.of(Principal(account_id="a", roles=frozenset({Role.STAFF})))
    [entry] = Sightings(_context(watched)).of_trail()
    assert [part["patient_id"] for part in entry["about"]] == [ALICE, BOB]
    assert not watched.is_personal


@pytest.mark.usefixtures("database")
async def test_who_looks_at_themselves_asks_as_a_patient() -> None:
    roles = frozenset({Role.PATIENT, Role.PROVIDER})
    entries = Sightings(_context(Principal(account_id="a", roles=roles, patient_id=ALICE, provider_id="p"))).of_trail()
    purposes = {part["patient_id"]: entry["purpose"] for entry in entries for part in entry["about"]}
    assert purposes == {ALICE: "PATIENT_REQUEST", BOB: "TREATMENT"}
