"""Two patients with some of everything, for tests of merging: made from a number, so that the same one makes the same again."""

from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from models import DOCUMENTS
from models.account import Account
from models.appointment import HOLDS_TIME, Appointment, AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.busy_day import BusyDay, BusyPeriod, busy_day_id, utc_days
from models.coverage import Coverage, CoverageOrder, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.invoice import Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.patient import CareTeamMember, Patient, Proxy, ProxyRelationship
from models.purpose_of_use import PurposeOfUse
from models.record import Observation, Procedure, Record, RecordVersion
from models.record_release_event import RecordRelease, ReleaseFeed
from models.reminder import Reminder
from models.role import Role
from models.values import CodeableConcept, HumanName
from models.visit_entry import VisitEntry, VisitRole
from models.visit_signal import VisitSignal, VisitSignalKind
from tests.clinic import NOON, dollars

PROVIDERS = [f"{number}PROVIDER".rjust(26, "0") for number in range(4)]

_sequences = count(1)

Snapshot = dict[str, dict[str, Any]]


class Two:
    """``kept`` and ``merged`` have documents of every kind that names a patient; visits of the two never overlap."""

    def __init__(self, seed: int, size: int = 3) -> None:
        self.chance = Random(seed)
        self.everything: list[StoredDocument] = []
        self.days: dict[str, BusyDay] = {}
        self.kept = self._patient("Kept", seed)
        self.merged = self._patient("Merged", seed + 1)
        for index, patient in enumerate((self.kept, self.merged)):
            for number in range(self.chance.randint(1, size)):
                self._visit(patient, hour=index, number=number)
            self._coverages(patient)
            self._numbered(patient)
        account = Account(email=f"merged{seed}@x.example", roles=[Role.PATIENT], patient_id=self.merged.id)
        self.everything += [account, *self.days.values()]

    def _some(self, values: list[str]) -> list[str]:
        return self.chance.sample(values, self.chance.randint(0, len(values)))

    def _patient(self, family: str, seed: int) -> Patient:
        team = [CareTeamMember(provider_id=provider, since=NOON) for provider in self._some(PROVIDERS)]
        proxies = [
            Proxy(email=f"{family}{number}@x.example".lower(), relationship=ProxyRelationship.OTHER)
            for number in range(self.chance.randint(0, 2))
        ]
        patient = Patient(
            mrn=f"M{family}{seed}",
            name=HumanName(family=family, given=["Ann"]),
            birth_date=date(1980, 1, 1),
            care_team=team,
            proxies=proxies,
            treated_by=self._some(PROVIDERS),
        )
        self.everything.append(patient)
        return patient

    def _visit(self, patient: Patient, hour: int, number: int) -> None:
        start = NOON + timedelta(days=self.chance.randint(-3, 3), hours=2 * hour, minutes=20 * number)
        status = self.chance.choice([AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED, AppointmentStatus.FULFILLED])
        provider = self.chance.choice(PROVIDERS)
        patient.treated_by = list(dict.fromkeys([*patient.treated_by, provider]))
        of = {"patient_id": patient.id}
        visit = Appointment(
            status=status, start=start, end=start + timedelta(minutes=20), time_zone="UTC", provider_id=provider, **of
        )
        if status in HOLDS_TIME:
            self._take_time(patient, visit)
        at_visit: dict[str, Any] = {**of, "appointment_id": visit.id, "provider_id": provider}
        condition = Procedure(code=CodeableConcept(text="Asthma"), patient_id=patient.id, appointment_id=visit.id)
        observation = Observation(code=CodeableConcept(text="HbA1c"), patient_id=patient.id, lab_report_id=condition.id)
        version = RecordVersion(record_id=condition.id, version=1, document={"_id": condition.id, "patient_id": patient.id}, **of)
        invoice = Invoice(
            status=InvoiceStatus.ISSUED,
            appointment_id=visit.id,
            lines=[],
            total=dollars(100),
            insurance=dollars(0),
            patient_responsibility=dollars(100),
            **of,
        )
        self.everything += [
            visit,
            condition,
            observation,
            version,
            invoice,
            Payment(invoice_id=invoice.id, amount=dollars(1), method=PaymentMethod.CASH, status=PaymentStatus.SUCCEEDED, **of),
            ScheduleEvent(kind=ScheduleEventKind.BOOKED, at=NOON, by=CancelledBy.STAFF, sequence=next(_sequences), **at_visit),
            Reminder(
                id=f"{visit.id}:1:2",
                appointment_id=visit.id,
                start=start,
                minutes_before=2,
                claim="c",
                lease_until=NOON,
                expires_at=NOON + timedelta(days=9000),
                **of,
            ),
            VisitEntry(
                account_id="A", role=VisitRole.PATIENT, joined_at=NOON, left_at=NOON, lease_until=NOON, since=0, **at_visit
            ),
            VisitSignal(
                sequence=1,
                kind=VisitSignalKind.OFFER,
                from_account_id="A",
                at=NOON,
                expires_at=NOON + timedelta(days=9000),
                **at_visit,
            ),
        ]

    def take(self, patient: Patient, visit: Appointment) -> None:
        """One more visit, with its time."""
        self.everything.append(visit)
        self.everything += self._take_time(patient, visit)

    def _take_time(self, patient: Patient, visit: Appointment) -> list[BusyDay]:
        """The days that were not there yet."""
        assert visit.start is not None
        assert visit.end is not None
        made = []
        for day in utc_days(visit.start, visit.end):
            key = busy_day_id(patient.id, day)
            if key not in self.days:
                made.append(self.days.setdefault(key, BusyDay(id=key, owner_id=patient.id, day=day)))
            period = BusyPeriod(start=visit.start, end=visit.end, appointment_id=visit.id)
            self.days[key].periods = [*self.days[key].periods, period]
        return made

    def _coverages(self, patient: Patient) -> None:
        coverage = Coverage(
            status=CoverageStatus.ACTIVE,
            order=self.chance.choice(list(CoverageOrder)),
            patient_id=patient.id,
            payer="Aetna",
            member_id="W1",
        )
        check = EligibilityCheck(
            coverage_id=coverage.id,
            patient_id=patient.id,
            outcome=EligibilityOutcome.COMPLETE,
            answered_by=EligibilitySource.STAFF,
            checked_at=NOON,
        )
        grant = BreakGlassGrant(
            account_id="A",
            provider_id=PROVIDERS[0],
            patient_id=patient.id,
            purpose=PurposeOfUse.EMERGENCY,
            reason="Unconscious",
            granted_at=NOON,
            expires_at=NOON,
            review_due_at=NOON,
            open_slot=f"{PROVIDERS[0]}:{patient.id}",
        )
        self.everything += [coverage, check, grant]

    def _numbered(self, patient: Patient) -> None:
        feed = ReleaseFeed(id=patient.id, sequence=2)
        releases = [RecordRelease(patient_id=patient.id, record_id="R", sequence=number, at=NOON) for number in (1, 2)]
        self.everything += [feed, *releases]

    async def stored(self) -> "Two":
        by_kind: dict[type[StoredDocument], list[StoredDocument]] = {}
        for document in self.everything:
            by_kind.setdefault(type(document), []).append(document)
        for kind, documents in by_kind.items():
            await kind.insert_many(documents)
        return self


async def emptied() -> None:
    """For the next example of a property."""
    for document in DOCUMENTS:
        rows = document.get_pymongo_collection()
        if await rows.estimated_document_count():
            await rows.delete_many({})


async def snapshot() -> Snapshot:
    """Every row of every collection, raw, but for what each change moves on, and what a merge writes about itself."""
    unlike = {"revision", "updated_at"}
    own = {"patient_merges", "merge_moves", "audit_events", "audit_chains", "audit_seals", "idempotency_records"}
    names = {document.get_collection_name() for document in DOCUMENTS} - own
    found: Snapshot = {}
    database = Patient.get_pymongo_collection().database
    for name in sorted(names):
        rows = await database[name].find({}).to_list()
        found[name] = {row["_id"]: {key: value for key, value in row.items() if key not in unlike} for row in rows}
    return found


def differences(left: Snapshot, right: Snapshot) -> list[str]:
    """Collection, id and field of all that is not the same."""
    return [
        f"{name}/{key}/{field}: {left[name].get(key, {}).get(field)} became {right[name].get(key, {}).get(field)}"
        for name in left
        for key in left[name].keys() | right[name].keys()
        for field in left[name].get(key, {}).keys() | right[name].get(key, {}).keys()
        if left[name].get(key, {}).get(field) != right[name].get(key, {}).get(field)
    ]


def naming(patient_id: str, rows: Snapshot) -> list[str]:
    """Where an id still stands, anywhere in a row."""
    return [f"{name}/{key}" for name, found in rows.items() for key, row in found.items() if patient_id in repr(row)]


def kinds_with_patient(two: Two) -> set[str]:
    """The collections in which the merged patient has rows."""
    return {
        document.get_collection_name()
        for document in two.everything
        if getattr(document, "patient_id", None) == two.merged.id or isinstance(document, Record)
    }
