"""A clinic small enough to know by heart: one of everything, two of what must not be mixed up."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.account import Account, AccountStatus
from models.appointment import Appointment, AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind, ScheduleFeed
from models.base import StoredDocument
from models.coverage import Benefits, Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.education import EducationResource
from models.invoice import Invoice, InvoiceLine, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.ledger import LedgerEntry
from models.money import Money
from models.npi import npi_with_check_digit
from models.number_series import NumberSeries
from models.organization import Organization
from models.patient import CareTeamMember, Patient, Proxy, ProxyRelationship, ProxyScope
from models.provider import Availability, Provider, Weekday, WeeklyHours
from models.record import (
    Allergy,
    AllergyStatus,
    ClinicalNote,
    Condition,
    ConditionStatus,
    Confidentiality,
    DocumentRecord,
    Immunization,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    ObservationValue,
    Procedure,
    RecordStatus,
    Release,
    ReleaseHold,
    ReleaseHoldReason,
)
from models.role import Role
from models.values import CodeableConcept, Coding, HumanName, Quantity
from models.visit_type import VisitMode, VisitType
from ohms_graphql.card_payments.without_stripe import WithoutStripe
from ohms_graphql.command_counter import count_command
from ohms_graphql.pseudonyms import SivPseudonyms
from ohms_graphql.video.rooms import PeerRooms
from resolvers.audit.audit_trail import AuditTrail
from resolvers.billing.bookkeeping import missing_entries
from resolvers.billing.books import Book
from resolvers.billing.numbering import series_of
from resolvers.directory_reads import DirectoryReads
from resolvers.documents.store import FileWriter
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion
from resolvers.errors import ExpectedError
from resolvers.ports import AccessToken, Mail, Ports, Session
from resolvers.release.stream import ReleaseFollowing
from resolvers.schedule_feed.stream import Following, Signal
from resolvers.video.stream import VisitFollowing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUDIT_KEY = b"k" * 32
SNOMED = "http://snomed.info/sct"
DIABETES = CodeableConcept(text="Diabetes", codings=[Coding(system=SNOMED, code="44054006", display="Diabetes type 2")])
ASTHMA = CodeableConcept(text="Asthma", codings=[Coding(system=SNOMED, code="195967001")])


def dollars(cents: int) -> Money:
    return Money(minor_units=cents, currency="USD")


class PlainPasswords:
    """Hashes that tests can read. `asked` counts the verifications, with and without a hash."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    async def hash(self, password: str) -> str:
        return f"plain:{password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.asked.append(password_hash is not None)
        return password_hash == f"plain:{password}"


class PlainTokens:
    def issue(self, account_id: str, session_id: str) -> AccessToken:
        return AccessToken(value=f"token-of-{account_id}", expires_at=NOON + timedelta(hours=1))


class PlainSealer:
    def seal(self, secret: str) -> str:
        return f"sealed:{secret}"

    def unseal(self, sealed: str) -> str:
        return sealed.removeprefix("sealed:")


@dataclass
class Mailbox:
    mails: list[Mail] = field(default_factory=list)

    def check_ready(self) -> None:
        """Always is."""

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)

    async def deliver(self, mail: Mail) -> None:
        self.mails.append(mail)


class PlainLinks:
    def portal(self) -> str:
        return "https://clinic.example"

    def calendar(self, appointment_id: str, account_id: str) -> str:
        return f"https://clinic.example/calendar/appointments/{appointment_id}-for-{account_id}.ics"

    def calendar_feed(self, secret: str) -> str:
        return f"https://clinic.example/calendar/feeds/{secret}.ics"

    def fhir_bundle(self, patient_id: str, account_id: str) -> str:
        return f"https://clinic.example/fhir/bundles/{patient_id}-for-{account_id}"

    def invoice_pdf(self, invoice_id: str, account_id: str) -> str:
        return f"https://clinic.example/invoices/{invoice_id}-for-{account_id}"


@dataclass
class FixedClock:
    instant: datetime = NOON

    def __call__(self) -> datetime:
        return self.instant


class NoNews:
    """A stream on which nothing ever comes; tests that follow schedules run a server."""

    @asynccontextmanager
    async def follow(self, provider_ids: Collection[str]) -> AsyncIterator[Following]:
        yield Silence()


class NoSignals:
    """The same for video visits."""

    @asynccontextmanager
    async def follow(self, appointment_id: str) -> AsyncIterator[VisitFollowing]:
        yield Silence()


class NoReleases:
    """What is released comes through the database alone; who waits for more is told that nothing will come."""

    @asynccontextmanager
    async def follow(self, patient_ids: Collection[str]) -> AsyncIterator[ReleaseFollowing]:
        yield EndOfNews()


class EndOfNews:
    async def next(self) -> object:
        raise ExpectedError("Nothing comes on this stream.", "NO_NEWS")


class NoFiles:
    """A store without room; tests of documents bring a real one."""

    max_bytes = 0

    def writing(self, file_id: str) -> AbstractAsyncContextManager[FileWriter]:
        raise AssertionError("a file was written")

    def reading(self, file_id: str) -> AsyncGenerator[bytes, None]:
        raise AssertionError("a file was read")

    async def remove(self, file_id: str) -> None:
        raise AssertionError("a file was removed")

    def address(self, account_id: str, record_id: str, version: int) -> str:
        return f"https://clinic.example/documents/{record_id}-{version}-for-{account_id}"


class NoPayers:
    """A clearing house that nobody has set up."""

    is_set_up = False

    async def ask(self, question: EligibilityQuestion) -> EligibilityAnswer:
        raise AssertionError("a payer was asked")


class Silence:
    async def next(self) -> ScheduleEvent | Signal:
        nothing: asyncio.Future[ScheduleEvent | Signal] = asyncio.get_running_loop().create_future()
        return await nothing


async def no_transaction(work: Callable[[Session], Awaitable[Any]]) -> Any:
    """For tests that write nothing."""
    raise AssertionError("a read began a transaction")


def plain_ports(transaction: Any = no_transaction) -> Ports:
    clock = FixedClock()
    return Ports(
        clock=clock,
        transaction=transaction,
        passwords=PlainPasswords(),
        tokens=PlainTokens(),
        mailer=Mailbox(),
        sealer=PlainSealer(),
        audit=AuditTrail(AUDIT_KEY, clock, transaction),
        pseudonyms=SivPseudonyms("a key of the tests that is long enough"),
        events=NoNews(),
        links=PlainLinks(),
        visits=NoSignals(),
        rooms=PeerRooms(),
        releases=NoReleases(),
        documents=NoFiles(),
        eligibility=NoPayers(),
        payments=WithoutStripe(),
        directory=DirectoryReads(count_command),
    )


@dataclass
class Clinic:
    """``everything`` is in the database after ``stored``; callers are accounts by name."""

    everything: list[StoredDocument] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._people()
        self._directory()
        self._visit()
        self._record()
        self._money()

    def _add(self, document: Any) -> Any:
        self.everything.append(document)
        return document

    def _account(self, name: str, *roles: Role, **links: str) -> Account:
        account = Account(email=f"{name}@clinic.example", password_hash=f"plain:{name}-password", roles=list(roles), **links)
        self.accounts[name] = self._add(account)
        return account

    def _people(self) -> None:
        self.house = self._add(
            Provider(
                npi=npi_with_check_digit("123456789"),
                npi_verified=True,
                name=HumanName(family="House", given=["Gregory"], prefix=["Dr."]),
                specialties=[CodeableConcept(text="Diagnostics", codings=[Coding(system=SNOMED, code="394802001")])],
                languages=["en", "es"],
                time_zone="America/New_York",
            )
        )
        self.stranger = self._add(
            Provider(
                npi=npi_with_check_digit("198765432"), npi_verified=True, name=HumanName(family="Strange", given=["Stephen"])
            )
        )
        parent = self._account("parent", Role.PATIENT)
        self.alice = self._add(
            Patient(
                mrn="M0000000001",
                name=HumanName(family="Müller", given=["Alice"]),
                birth_date=date(1980, 2, 29),
                care_team=[CareTeamMember(provider_id=self.house.id)],
                treated_by=[self.house.id],
            )
        )
        self.bob = self._add(
            Patient(mrn="M0000000002", name=HumanName(family="Baker", given=["Bob"]), birth_date=date(1990, 5, 5))
        )
        scope = [ProxyScope.APPOINTMENTS, ProxyScope.RECORDS, ProxyScope.BILLING]
        relation = Proxy(account_id=parent.id, relationship=ProxyRelationship.PARENT, scope=scope)
        self.child = self._add(
            Patient(
                mrn="M0000000003",
                name=HumanName(family="Müller", given=["Charlie"]),
                birth_date=date(2018, 1, 1),
                proxies=[relation],
            )
        )
        self._account("alice", Role.PATIENT, patient_id=self.alice.id)
        self._account("bob", Role.PATIENT, patient_id=self.bob.id)
        self._account("house", Role.PROVIDER, provider_id=self.house.id)
        self._account("stranger", Role.PROVIDER, provider_id=self.stranger.id)
        self._account("staff", Role.STAFF)
        self._account("admin", Role.ADMIN)
        self._account("analyst", Role.ANALYST)
        closed = self._account("closed", Role.STAFF)
        closed.status = AccountStatus.DEACTIVATED

    def _directory(self) -> None:
        self.site = self._add(Organization(name="Princeton Clinic"))
        self.follow_up = self._add(
            VisitType(name="Follow-up", duration_minutes=20, modes=[VisitMode.IN_PERSON, VisitMode.VIDEO], price=dollars(9000))
        )
        self.house.visit_type_ids = [self.follow_up.id]
        self.house.organization_ids = [self.site.id]
        self.house.availability = Availability(weekly=[WeeklyHours(weekday=Weekday.MONDAY, start="09:00", end="12:00")])
        self.article = self._add(
            EducationResource(
                title="Living with diabetes",
                summary="What helps.",
                body="# Food",
                topics=[DIABETES],
                published_at=NOON - timedelta(days=10),
            )
        )
        self.draft_article = self._add(EducationResource(title="Unfinished", summary="Not yet.", body="", topics=[DIABETES]))

    def _visit(self) -> None:
        common = {"time_zone": "America/New_York", "provider_id": self.house.id, "visit_type_id": self.follow_up.id}
        start = NOON - timedelta(days=7)
        self.visit = self._add(
            Appointment(
                status=AppointmentStatus.FULFILLED,
                start=start,
                end=start + timedelta(minutes=20),
                patient_id=self.alice.id,
                reason="Sugar",
                organization_id=self.site.id,
                **common,
            )
        )
        later = NOON + timedelta(days=7)
        self.coming = self._add(
            Appointment(
                status=AppointmentStatus.BOOKED,
                start=later,
                end=later + timedelta(minutes=20),
                patient_id=self.alice.id,
                mode=VisitMode.VIDEO,
                **common,
            )
        )
        self.bobs_visit = self._add(
            Appointment(
                status=AppointmentStatus.BOOKED,
                start=later,
                end=later + timedelta(minutes=20),
                patient_id=self.bob.id,
                provider_id=self.stranger.id,
                time_zone="UTC",
            )
        )
        self.bob.treated_by = [self.stranger.id]
        self.booked_event = self._add(
            ScheduleEvent(
                kind=ScheduleEventKind.BOOKED,
                at=start - timedelta(days=30),
                by=CancelledBy.PATIENT,
                provider_id=self.house.id,
                sequence=1,
                appointment_id=self.visit.id,
                patient_id=self.alice.id,
            )
        )
        self._add(ScheduleFeed(id=self.house.id, sequence=1))

    def _record(self) -> None:
        common: dict[str, Any] = {
            "patient_id": self.alice.id,
            "author_id": self.house.id,
            "appointment_id": self.visit.id,
            "effective_at": self.visit.start,
            "recorded_at": self.visit.start,
        }
        text = CodeableConcept(text="Note")
        self.condition = self._add(Condition(code=DIABETES, clinical_status=ConditionStatus.ACTIVE, **common))
        self.allergy = self._add(Allergy(code=CodeableConcept(text="Penicillin"), clinical_status=AllergyStatus.ACTIVE, **common))
        self.medication = self._add(
            Medication(code=CodeableConcept(text="Metformin"), request_status=MedicationStatus.ACTIVE, **common)
        )
        self.immunization = self._add(Immunization(code=CodeableConcept(text="Influenza"), **common))
        self.procedure = self._add(Procedure(code=CodeableConcept(text="Foot check"), **common))
        self.document = self._add(DocumentRecord(code=text, title="Plan", content_type="application/fhir+json", **common))
        self.report = self._add(LabReport(code=CodeableConcept(text="HbA1c"), **common))
        self.observation = self._add(
            Observation(
                code=CodeableConcept(text="HbA1c", codings=[Coding(system="http://loinc.org", code="4548-4")]),
                value=ObservationValue(quantity=Quantity(value=Decimal("7.10"), unit="%", code="%")),
                lab_report_id=self.report.id,
                **common,
            )
        )
        self.note = self._add(ClinicalNote(code=text, text="Walks daily.", **common))
        self.restricted_note = self._add(
            ClinicalNote(code=text, text="Restricted.", confidentiality=Confidentiality.RESTRICTED, **common)
        )
        secret = Confidentiality.VERY_RESTRICTED
        self.secret_note = self._add(ClinicalNote(code=text, text="Psychotherapy.", confidentiality=secret, **common))
        hold = ReleaseHold(reason=ReleaseHoldReason.RISK_OF_HARM, until=NOON + timedelta(days=2), by_id=self.house.id)
        self.held_report = self._add(LabReport(code=CodeableConcept(text="Held"), release=Release(hold=hold), **common))
        wrong = RecordStatus.ENTERED_IN_ERROR
        self.wrong_condition = self._add(Condition(code=ASTHMA, clinical_status=ConditionStatus.ACTIVE, status=wrong, **common))
        childs = {**common, "patient_id": self.child.id, "appointment_id": None, "author_id": None}
        self.childs_condition = self._add(Condition(code=ASTHMA, clinical_status=ConditionStatus.ACTIVE, **childs))
        self.childs_restricted_note = self._add(
            ClinicalNote(code=text, text="Confidential.", confidentiality=Confidentiality.RESTRICTED, **childs)
        )
        bobs = {**common, "patient_id": self.bob.id, "appointment_id": self.bobs_visit.id, "author_id": None}
        self.bobs_condition = self._add(Condition(code=ASTHMA, clinical_status=ConditionStatus.ACTIVE, **bobs))

    def _money(self) -> None:
        self.coverage = self._add(
            Coverage(status=CoverageStatus.ACTIVE, patient_id=self.alice.id, payer="Aetna", member_id="W123", plan_name="PPO")
        )
        self.check = self._add(
            EligibilityCheck(
                coverage_id=self.coverage.id,
                patient_id=self.alice.id,
                outcome=EligibilityOutcome.COMPLETE,
                in_force=True,
                answered_by=EligibilitySource.PAYER,
                checked_at=NOON - timedelta(days=40),
                benefits=Benefits(copay=dollars(2000), coinsurance_percent=Decimal(20)),
            )
        )
        line = InvoiceLine(
            code=CodeableConcept(text="Visit"), description="Follow-up", unit_price=dollars(9000), amount=dollars(9000)
        )
        self.invoice = self._add(
            Invoice(
                number="2026-000001",
                status=InvoiceStatus.ISSUED,
                patient_id=self.alice.id,
                appointment_id=self.visit.id,
                coverage_id=self.coverage.id,
                lines=[line],
                total=dollars(9000),
                insurance=dollars(7000),
                patient_responsibility=dollars(2000),
                issued_at=NOON - timedelta(days=6),
                due_on=date(2026, 3, 1),
            )
        )
        self.draft_invoice = self._add(
            Invoice(
                status=InvoiceStatus.DRAFT,
                patient_id=self.alice.id,
                lines=[line],
                total=dollars(9000),
                insurance=dollars(0),
                patient_responsibility=dollars(9000),
            )
        )
        self.payment = self._add(
            Payment(
                invoice_id=self.invoice.id,
                patient_id=self.alice.id,
                amount=dollars(500),
                method=PaymentMethod.CARD,
                status=PaymentStatus.SUCCEEDED,
                received_at=NOON - timedelta(days=1),
            )
        )

    async def stored(self) -> "Clinic":
        kinds: dict[type[StoredDocument], list[StoredDocument]] = {}
        for document in self.everything:
            kinds.setdefault(type(document), []).append(document)
        for kind, documents in kinds.items():
            await kind.insert_many(documents)
        invoices = [document for document in self.everything if isinstance(document, Invoice)]
        books = {invoice.id: Book(invoice) for invoice in invoices if invoice.credits_invoice_id is None}
        for document in self.everything:
            if isinstance(document, Payment) and document.invoice_id in books:
                books[document.invoice_id].payments.append(document)
            if isinstance(document, Invoice) and document.credits_invoice_id in books:
                books[document.credits_invoice_id].notes.append(document)
        entries = [entry for book in books.values() for entry in missing_entries(book)]
        if entries:
            await LedgerEntry.insert_many(entries)
        await NumberSeries(id=series_of(2026), last=1).insert()
        return self
