"""One practice: a few providers, their patients, and all that happened between them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from models.account import Account
from models.appointment import Appointment, ScheduleEvent, ScheduleFeed
from models.base import StoredDocument
from models.busy_day import BusyDay
from models.coverage import Coverage
from models.patient import Patient
from models.provider import Provider
from models.record import Record
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.scale.busy import busy_days, events
from ohms_graphql.demo.scale.ids import Ids, Kind
from ohms_graphql.demo.scale.patients import coverage, panel, patient
from ohms_graphql.demo.scale.providers import COMING, PAST, Doctor, account, provider
from ohms_graphql.demo.scale.records import Records
from ohms_graphql.demo.scale.size import RECORDS_EACH, Size
from ohms_graphql.demo.scale.visits import AppointmentPatterns, treating, visits, written_up
from ohms_graphql.fhir.storage import Raw, encoded

Batch = tuple[type[StoredDocument], list[Raw]]

_BATCH = 5000


def doctors_of(size: Size, practice: int, anchor: datetime) -> list[Doctor]:
    ids = Ids(Kind.PROVIDER, practice)
    made = anchor - 2 * (PAST + COMING)
    return [Doctor(number, ids.at(made)) for number in size.practice(practice)]


def documents(size: Size, practice: int, anchor: datetime) -> Iterator[Batch]:
    """As they are stored, some thousands at a time. ``anchor`` is what the clinic takes for now, in UTC."""
    luck = chance("scale", practice)
    anchor = anchor.replace(tzinfo=None)
    made = anchor - 2 * (PAST + COMING)
    doctors = doctors_of(size, practice, anchor)
    people_ids, accounts = Ids(Kind.PATIENT, practice), Ids(Kind.ACCOUNT, practice)
    panels = {doctor: panel(doctor, people_ids, luck, anchor) for doctor in doctors}
    people = [person for panel in panels.values() for person in panel]
    found = visits(panels, Ids(Kind.APPOINTMENT, practice), luck, anchor)
    treated_by = treating(found)
    patients = [patient(person, treated_by.get(person.id, []), luck) for person in people]
    coverages = Ids(Kind.COVERAGE, practice)
    told, feeds = events(found, Ids(Kind.EVENT, practice), anchor)
    patterns = AppointmentPatterns()
    records = Records(Ids(Kind.RECORD, practice), luck)
    yield Provider, [encoded(provider(doctor, made)) for doctor in doctors]
    yield Account, [encoded(account(doctor, accounts.at(made), made)) for doctor in doctors]
    yield Patient, [encoded(one) for one in patients]
    yield Coverage, [encoded(coverage(one, coverages.at(one.created_at), luck)) for one in patients]
    yield from _batches(Appointment, (patterns.stored(visit, luck) for visit in found))
    yield from _batches(BusyDay, busy_days(found, anchor))
    yield from _batches(ScheduleEvent, iter(told))
    yield ScheduleFeed, feeds
    yield from _batches(Record, records.of(people, written_up(found, anchor), RECORDS_EACH * len(doctors)))


def _batches(document: type[StoredDocument], rows: Iterator[Raw]) -> Iterator[Batch]:
    while batch := list(islice(rows, _BATCH)):
        yield document, batch
