"""The loaders of one operation, made when first asked for."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar, cast

from beanie import SortDirection

from models.account import Account
from models.appointment import Appointment, ScheduleEvent
from models.audit_event import AuditEvent
from models.base import StoredDocument
from models.billing_account import BillingAccount
from models.calendar_feed import CalendarFeed
from models.coverage import Coverage, EligibilityCheck
from models.invoice import Invoice, Payment
from models.ledger import LedgerAccount, LedgerEntry
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import DocumentRecord, Observation, Record, RecordVersion
from models.visit_entry import VisitEntry
from models.visit_type import VisitType
from resolvers.access import Access
from resolvers.loaders.as_of import RecordAsOf, RecordsAsOf
from resolvers.loaders.audit_parts import AuditPartById
from resolvers.loaders.balances import BalanceByPatient, PositionsByInvoice
from resolvers.loaders.base import Loader
from resolvers.loaders.by_id import ById
from resolvers.loaders.by_parent import ByParent
from resolvers.loaders.education_by_patient import EducationByPatient
from resolvers.loaders.pages_by_parent import PagesByParent
from resolvers.loaders.sequences import Seal, SequenceByEntry
from resolvers.loaders.slots_by_provider import SlotsByProvider
from resolvers.loaders.timeline_by_patient import TimelineByPatient
from resolvers.loaders.visible_ids import VisibleIds
from resolvers.pagination import Order, PageRequest
from resolvers.scheduling.span import Span
from resolvers.timeline.entries import TimelineCriteria

D = TypeVar("D", bound=StoredDocument)
R = TypeVar("R", bound=Record)
L = TypeVar("L", bound=Loader[Any, Any])

_OLDEST_FIRST = [("_id", SortDirection.ASCENDING)]


class Loaders:
    """One instance per operation: what it caches must not outlive a change of role."""

    def __init__(self, access: Access, currency: str) -> None:
        self._access = access
        self.currency = currency
        self._made: dict[Hashable, Loader[Any, Any]] = {}

    def _once(self, key: Hashable, make: Callable[[], L]) -> L:
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = make()
        return cast("L", loader)

    def by_id(self, document: type[D]) -> ById[D]:
        """Any document by its id."""
        if document is AuditEvent:
            return cast("ById[D]", self._once(document.__name__, lambda: AuditPartById(self._access)))
        return self._once(document.__name__, lambda: ById(document, self._access))

    def _children(
        self, document: type[D], field: str, sort: list[tuple[str, SortDirection]], within: dict[str, Any] | None = None
    ) -> ByParent[D]:
        key = (document.__name__, field, repr(within))
        return self._once(key, lambda: ByParent(document, self._access, field, sort, within))

    def pages(
        self, document: type[D], field: str, within: dict[str, Any], order: Order, request: PageRequest
    ) -> PagesByParent[D]:
        """Pages of a connection that hangs on a parent; those with the same arguments share a batch."""
        key = (document.__name__, field, repr(within), order, request)
        return self._once(key, lambda: PagesByParent(document, self._access, field, within, order, request))

    @property
    def accounts(self) -> ById[Account]:
        return self.by_id(Account)

    @property
    def appointments(self) -> ById[Appointment]:
        return self.by_id(Appointment)

    @property
    def coverages(self) -> ById[Coverage]:
        return self.by_id(Coverage)

    @property
    def invoices(self) -> ById[Invoice]:
        return self.by_id(Invoice)

    @property
    def organizations(self) -> ById[Organization]:
        return self.by_id(Organization)

    @property
    def patients(self) -> ById[Patient]:
        return self.by_id(Patient)

    @property
    def providers(self) -> ById[Provider]:
        return self.by_id(Provider)

    @property
    def records(self) -> ById[Record]:
        return self.by_id(Record)

    @property
    def visit_types(self) -> ById[VisitType]:
        return self.by_id(VisitType)

    def slots(self, visit_type_id: str, within: Span) -> SlotsByProvider:
        """Free slots of providers for a visit type."""
        key = ("slots", visit_type_id, within)
        return self._once(key, lambda: SlotsByProvider(self._access, visit_type_id, within))

    def records_of_patient(self, kind: type[D], within: dict[str, Any]) -> ByParent[D]:
        """The allergies, conditions, medications or immunizations of patients, newest first."""
        newest = [("effective_at", SortDirection.DESCENDING), ("_id", SortDirection.DESCENDING)]
        return self._children(kind, "patient_id", newest, within)

    @property
    def observations_of_report(self) -> ByParent[Observation]:
        return self._children(Observation, "lab_report_id", [("position", SortDirection.ASCENDING), *_OLDEST_FIRST])

    @property
    def coverages_of_patient(self) -> ByParent[Coverage]:
        return self._children(Coverage, "patient_id", [("order", SortDirection.ASCENDING), *_OLDEST_FIRST])

    @property
    def checks_of_coverage(self) -> ByParent[EligibilityCheck]:
        """Newest first."""
        return self._children(EligibilityCheck, "coverage_id", [("checked_at", SortDirection.DESCENDING)])

    @property
    def cards_of_coverage(self) -> ByParent[DocumentRecord]:
        """Pictures of insurance cards."""
        return self._children(DocumentRecord, "coverage_id", _OLDEST_FIRST)

    @property
    def invoices_of_appointment(self) -> ByParent[Invoice]:
        return self._children(Invoice, "appointment_id", _OLDEST_FIRST, {"credits_invoice_id": None})

    @property
    def credit_notes_of_invoice(self) -> ByParent[Invoice]:
        return self._children(Invoice, "credits_invoice_id", _OLDEST_FIRST)

    @property
    def payments_of_invoice(self) -> ByParent[Payment]:
        return self._children(Payment, "invoice_id", [("received_at", SortDirection.ASCENDING), *_OLDEST_FIRST])

    @property
    def events_of_appointment(self) -> ByParent[ScheduleEvent]:
        return self._children(ScheduleEvent, "appointment_id", _OLDEST_FIRST)

    @property
    def entries_of_visit(self) -> ByParent[VisitEntry]:
        return self._children(VisitEntry, "appointment_id", _OLDEST_FIRST)

    @property
    def feeds_of_provider(self) -> ByParent[CalendarFeed]:
        return self._children(CalendarFeed, "provider_id", _OLDEST_FIRST)

    @property
    def versions_of_record(self) -> ByParent[RecordVersion]:
        return self._children(RecordVersion, "record_id", [("version", SortDirection.ASCENDING)])

    def records_as_of(self, kind: type[R], instant: datetime) -> RecordsAsOf[R]:
        """The entries of patients as they stood."""
        return self._once(("as of", kind.__name__, instant), lambda: RecordsAsOf(kind, self._access, instant))

    def record_as_of(self, instant: datetime) -> RecordAsOf:
        """Entries by id as they stood."""
        return self._once(("as of", instant), lambda: RecordAsOf(self._access, instant))

    def sequences(self, seal: Seal) -> SequenceByEntry:
        """The places of audit entries; ``seal`` gives one to those that have none yet."""
        return self._once("sequences", lambda: SequenceByEntry(seal))

    @property
    def balances(self) -> BalanceByPatient:
        return self._once("balances", lambda: BalanceByPatient(self._access, self.currency))

    @property
    def credits(self) -> BalanceByPatient:
        """What patients have paid too much, below zero."""
        return self._once("credits", lambda: BalanceByPatient(self._access, self.currency, LedgerAccount.CREDITS))

    @property
    def positions_of_invoice(self) -> PositionsByInvoice:
        return self._once("positions", lambda: PositionsByInvoice(self._access))

    @property
    def entries_of_invoice(self) -> ByParent[LedgerEntry]:
        """What was posted for invoices, oldest first."""
        return self._children(LedgerEntry, "invoice_id", [("at", SortDirection.ASCENDING), *_OLDEST_FIRST])

    @property
    def billing_accounts_of_patient(self) -> ByParent[BillingAccount]:
        return self._children(BillingAccount, "patient_id", _OLDEST_FIRST)

    def visible(self, document: type[StoredDocument]) -> VisibleIds:
        """Whether there is something that the caller may see, by id."""
        return self._once(("visible", document.__name__), lambda: VisibleIds(document, self._access))

    def timeline(self, criteria: TimelineCriteria, request: PageRequest, *, descending: bool) -> TimelineByPatient:
        """Pages of what happened to patients; those with the same arguments share a batch."""
        key = ("timeline", repr(criteria), request, descending)
        return self._once(key, lambda: TimelineByPatient(self._access, criteria, request, descending=descending))

    @property
    def education(self) -> EducationByPatient:
        return self._once("education", lambda: EducationByPatient(self._access))
