"""All of the demo clinic, as documents; nothing here touches a database."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from models.appointment import Appointment, AppointmentStatus
from models.base import StoredDocument
from models.patient import Patient
from models.record import Record, RecordVersion
from models.sampled import SampledDocument
from ohms_graphql.demo.accounts import accounts
from ohms_graphql.demo.billing.books import Books
from ohms_graphql.demo.billing.coverages import insurance
from ohms_graphql.demo.billing.eligibility import checks
from ohms_graphql.demo.billing.payers import payers
from ohms_graphql.demo.busy import busy_days
from ohms_graphql.demo.confidential_visits import keep_confidential
from ohms_graphql.demo.education import articles
from ohms_graphql.demo.events import events, numbered
from ohms_graphql.demo.households import people
from ohms_graphql.demo.outcomes import Kept, outcome, waiting
from ohms_graphql.demo.patients import patients
from ohms_graphql.demo.profiles import Profile, profile
from ohms_graphql.demo.providers import organizations, provider_id, providers, visit_types
from ohms_graphql.demo.record.chart import Chart
from ohms_graphql.demo.record.exceptions import make_exceptions
from ohms_graphql.demo.record.history import history
from ohms_graphql.demo.schedule import Schedule

_WAITING = range(21, 85, 8)
"""Numbers of the patients on the waiting list."""
_OPENED = timedelta(days=1600)
"""How long there has been a clinic."""


def demo_clinic(anchor: datetime) -> list[StoredDocument]:
    """The same documents for the same ``anchor``, the instant that the demo takes for now."""
    made = anchor - _OPENED
    everybody = people(anchor)
    profiles = [profile(person, anchor) for person in everybody]
    doctors = providers(made, anchor.date())
    care = {one.person.number: [provider_id(number) for number in one.care_team] for one in profiles}
    treated = patients(everybody, care, anchor)
    visits = [outcome(visit, anchor) for visit in Schedule(anchor, doctors, profiles).filled()]
    visits += [waiting(profiles[number], number, anchor) for number in _WAITING]
    keep_confidential(visits)
    happened = [event for kept in visits for event in events(kept, anchor)]
    feeds = numbered(happened, anchor)
    records = _records(profiles, treated, visits, anchor)
    versions = make_exceptions(records, anchor)
    insured = [one for person in everybody for one in insurance(person, treated, anchor)]
    held = defaultdict(list)
    for one in insured:
        held[one.coverage.patient_id].append(one)
    books = Books(anchor, held)
    books.bill(visits, _by_appointment(records))
    appointments = [kept.appointment for kept in visits]
    _note_who_treats(treated, appointments)
    return _placed(
        [
            *organizations(made),
            *visit_types(made),
            *doctors,
            *treated,
            *accounts(everybody, made),
            *busy_days(visits, anchor),
            *appointments,
            *happened,
            *feeds,
            *records,
            *versions,
            *(one.coverage for one in insured),
            *(check for one in insured for check in checks(one, anchor)),
            *books.invoices,
            *books.payments,
            *books.entries,
            *payers(made),
            *articles(anchor),
        ]
    )


def _placed(documents: list[StoredDocument]) -> list[StoredDocument]:
    """With the same place in the analysts' order every time: nobody is to be found out here, all of them are made up."""
    for document in documents:
        if isinstance(document, SampledDocument):
            document.sample_key = repr(Random(document.id).random())  # noqa: S311  # the same demo every time
        if isinstance(document, RecordVersion):
            document.document["sample_key"] = repr(Random(document.record_id).random())  # noqa: S311
    return documents


def _records(profiles: list[Profile], treated: list[Patient], visits: list[Kept], anchor: datetime) -> list[Record]:
    took_place = defaultdict(list)
    for kept in visits:
        if kept.appointment.status is AppointmentStatus.FULFILLED:
            took_place[kept.appointment.patient_id].append(kept)
    charts = [Chart(one, patient, took_place[patient.id], anchor) for one, patient in zip(profiles, treated, strict=True)]
    return [record for chart in charts for record in history(chart)]


def _by_appointment(records: list[Record]) -> dict[str, list[Record]]:
    found = defaultdict(list)
    for record in records:
        if record.appointment_id is not None:
            found[record.appointment_id].append(record)
    return found


def _note_who_treats(treated: list[Patient], appointments: list[Appointment]) -> None:
    """``Patient.treated_by``: everybody with an appointment of the patient."""
    providers_of = defaultdict(set)
    for appointment in appointments:
        providers_of[appointment.patient_id].add(appointment.provider_id)
    for patient in treated:
        patient.treated_by = sorted(providers_of[patient.id])
