"""A clinic with every relationship that a caller can have to a patient, and who sees which row: written by hand."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from models.account import AccountKind
from models.appointment import Appointment, AppointmentStatus, CancelledBy, ScheduleEvent, ScheduleEventKind, ScheduleFeed
from models.break_glass import BreakGlassGrant
from models.confidentiality import Confidentiality
from models.coverage import Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.invoice import Invoice, InvoiceLine, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from models.npi import npi_with_check_digit
from models.patient import CareTeamMember, Patient, Proxy, ProxyRelationship, ProxyScope
from models.provider import Provider
from models.purpose_of_use import PurposeOfUse
from models.record import ClinicalNote, Condition, ConditionStatus
from models.role import Role
from models.values import CodeableConcept, HumanName, Period
from tests.clinic import ASTHMA, NOON, Clinic, dollars

ALL_SCOPES = [ProxyScope.APPOINTMENTS, ProxyScope.RECORDS, ProxyScope.BILLING]


@dataclass
class Ward(Clinic):
    """``rows`` has every document that is a node and somebody's, by a name, with the names of those who see it."""

    rows: dict[str, tuple[Any, frozenset[str]]] = field(default_factory=dict)
    of_child: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._proxies()
        self._emergencies()
        self._of_age()
        self._confidential_services()
        self.rows = {name: (document, frozenset(seen_by)) for name, (document, seen_by) in self._table().items()}

    def _proxy(self, name: str, scope: list[ProxyScope], **more: Any) -> Proxy:
        account = self._account(name, Role.PATIENT)
        return Proxy(account_id=account.id, relationship=ProxyRelationship.CAREGIVER, scope=scope, **more)

    def _proxies(self) -> None:
        """Caregivers of Alice: each with one scope, one whose right has ended, one whose right has not begun."""
        self.alice.proxies = [
            self._proxy("scheduler", [ProxyScope.APPOINTMENTS]),
            self._proxy("biller", [ProxyScope.BILLING]),
            self._proxy("reader", [ProxyScope.RECORDS]),
            self._proxy("former", ALL_SCOPES, period=Period(end=NOON)),
            self._proxy("future", ALL_SCOPES, period=Period(start=NOON + timedelta(seconds=1))),
        ]
        machine = self._account("machine", Role.STAFF)
        machine.kind = AccountKind.SERVICE
        self._account("nurse", Role.STAFF, Role.ADMIN)

    def _provider_account(self, name: str) -> Any:
        nine = f"1{sum(map(ord, name)):08d}"
        provider = self._add(Provider(npi=npi_with_check_digit(nine), npi_verified=True, name=HumanName(family=name.title())))
        return self._account(name, Role.PROVIDER, provider_id=provider.id)

    def _emergencies(self) -> None:
        """Providers who broke the glass for Alice: just now, and too long ago."""
        for name, ago in (("rescuer", timedelta(minutes=5)), ("latecomer", timedelta(minutes=15))):
            account = self._provider_account(name)
            granted = NOON - ago
            account.broken_glass_until = granted + timedelta(minutes=15)
            grant = BreakGlassGrant(
                account_id=account.id,
                provider_id=account.provider_id,
                patient_id=self.alice.id,
                purpose=PurposeOfUse.EMERGENCY,
                reason=f"Unconscious on arrival, says {name}",
                granted_at=granted,
                expires_at=granted + timedelta(minutes=15),
                review_due_at=granted + timedelta(hours=72),
                open_slot=f"{account.provider_id}:{self.alice.id}",
            )
            self._add(grant)

    def _of_age(self) -> None:
        """Dora came of age today: her parent's right has ended, though nobody revoked it."""
        right = Proxy(
            account_id=self.accounts["parent"].id, relationship=ProxyRelationship.PARENT, scope=ALL_SCOPES, period=Period()
        )
        self.dora = self._add(
            Patient(mrn="M0000000018", name=HumanName(family="Doe", given=["Dora"]), birth_date=date(2008, 3, 2), proxies=[right])
        )
        self.doras_condition = self._add(
            Condition(code=ASTHMA, clinical_status=ConditionStatus.ACTIVE, patient_id=self.dora.id, effective_at=NOON)
        )
        self._account("dora", Role.PATIENT, patient_id=self.dora.id)

    def _confidential_services(self) -> None:
        """Charlie is eight: an ordinary visit, and a confidential one with its bill. His provider is the stranger."""
        self.child.care_team = [CareTeamMember(provider_id=self.stranger.id)]
        self._add(ScheduleFeed(id=self.stranger.id, sequence=4))
        for name, level in (("ordinary", Confidentiality.NORMAL), ("confidential", Confidentiality.RESTRICTED)):
            days = 3 if name == "ordinary" else 4
            start = NOON - timedelta(days=days)
            of_child: dict[str, Any] = {"patient_id": self.child.id, "confidentiality": level}
            visit = Appointment(
                status=AppointmentStatus.FULFILLED,
                start=start,
                end=start + timedelta(minutes=30),
                time_zone="UTC",
                provider_id=self.stranger.id,
                reason=f"A {name} reason",
                **of_child,
            )
            line = InvoiceLine(
                code=CodeableConcept(text=f"The {name} service"),
                description=f"A {name} line",
                unit_price=dollars(5000),
                amount=dollars(5000),
            )
            invoice = Invoice(
                number=f"2026-CHILD-{name}",
                status=InvoiceStatus.ISSUED,
                appointment_id=visit.id,
                lines=[line],
                total=dollars(5000),
                insurance=dollars(0),
                patient_responsibility=dollars(5000),
                issued_at=start,
                **of_child,
            )
            payment = Payment(
                invoice_id=invoice.id,
                amount=dollars(days * 100),
                method=PaymentMethod.CASH,
                status=PaymentStatus.SUCCEEDED,
                received_at=start,
                **of_child,
            )
            event = ScheduleEvent(
                kind=ScheduleEventKind.BOOKED,
                at=start,
                by=CancelledBy.PATIENT,
                provider_id=self.stranger.id,
                sequence=days,
                appointment_id=visit.id,
                **of_child,
            )
            note = ClinicalNote(
                code=CodeableConcept(text=f"A {name} note"),
                text=f"The {name} text",
                appointment_id=visit.id,
                author_id=self.stranger.id,
                effective_at=start,
                **of_child,
            )
            for part, document in {"visit": visit, "bill": invoice, "payment": payment, "event": event, "note": note}.items():
                self.of_child[name, part] = self._add(document)
        self.childs_coverage = self._add(
            Coverage(status=CoverageStatus.ACTIVE, patient_id=self.child.id, payer="Cigna", member_id="C456")
        )
        for name, level in (("ordinary", Confidentiality.NORMAL), ("confidential", Confidentiality.RESTRICTED)):
            check = EligibilityCheck(
                coverage_id=self.childs_coverage.id,
                patient_id=self.child.id,
                outcome=EligibilityOutcome.COMPLETE,
                in_force=True,
                answered_by=EligibilitySource.STAFF,
                checked_at=NOON,
                confidentiality=level,
                message=f"A {name} answer",
            )
            self.of_child[name, "check"] = self._add(check)

    def _table(self) -> dict[str, tuple[Any, set[str]]]:
        desk = {"staff", "machine", "nurse"}
        alices_care = {"house", "rescuer"}
        alices_proxies = {"scheduler", "biller", "reader"}
        return {
            "alice": (self.alice, {"alice", *alices_proxies, *alices_care, *desk}),
            "visit": (self.visit, {"alice", "scheduler", *alices_care, *desk}),
            "coming": (self.coming, {"alice", "scheduler", *alices_care, *desk}),
            "condition": (self.condition, {"alice", "reader", *alices_care}),
            "allergy": (self.allergy, {"alice", "reader", *alices_care}),
            "medication": (self.medication, {"alice", "reader", *alices_care}),
            "immunization": (self.immunization, {"alice", "reader", *alices_care}),
            "procedure": (self.procedure, {"alice", "reader", *alices_care}),
            "document": (self.document, {"alice", "reader", *alices_care}),
            "report": (self.report, {"alice", "reader", *alices_care}),
            "observation": (self.observation, {"alice", "reader", *alices_care}),
            "note": (self.note, {"alice", "reader", *alices_care}),
            "restricted note": (self.restricted_note, {"alice", *alices_care}),
            "psychotherapy note": (self.secret_note, {"house"}),
            "held report": (self.held_report, alices_care),
            "wrong condition": (self.wrong_condition, alices_care),
            "invoice": (self.invoice, {"alice", "biller", "house", *desk}),
            "draft invoice": (self.draft_invoice, {"house", *desk}),
            "payment": (self.payment, {"alice", "biller", "house", *desk}),
            "coverage": (self.coverage, {"alice", "biller", "house", *desk}),
            "check": (self.check, {"alice", "biller", "house", *desk}),
            "bob": (self.bob, {"bob", "stranger", *desk}),
            "bob's visit": (self.bobs_visit, {"bob", "stranger", *desk}),
            "bob's condition": (self.bobs_condition, {"bob", "stranger"}),
            "child": (self.child, {"parent", "stranger", *desk}),
            "child's condition": (self.childs_condition, {"parent", "stranger"}),
            "child's restricted note": (self.childs_restricted_note, {"stranger"}),
            "child's visit": (self.of_child["ordinary", "visit"], {"parent", "stranger", *desk}),
            "child's bill": (self.of_child["ordinary", "bill"], {"parent", "stranger", *desk}),
            "child's payment": (self.of_child["ordinary", "payment"], {"parent", "stranger", *desk}),
            "child's note": (self.of_child["ordinary", "note"], {"parent", "stranger"}),
            "child's check": (self.of_child["ordinary", "check"], {"parent", "stranger", *desk}),
            "child's coverage": (self.childs_coverage, {"parent", "stranger", *desk}),
            "confidential visit": (self.of_child["confidential", "visit"], {"stranger", *desk}),
            "confidential bill": (self.of_child["confidential", "bill"], {"stranger", *desk}),
            "confidential payment": (self.of_child["confidential", "payment"], {"stranger", *desk}),
            "confidential note": (self.of_child["confidential", "note"], {"stranger"}),
            "confidential check": (self.of_child["confidential", "check"], {"stranger", *desk}),
            "dora": (self.dora, {"dora", *desk}),
            "dora's condition": (self.doras_condition, {"dora"}),
        }


CALLERS: dict[str, frozenset[Role]] = {
    "alice": frozenset({Role.PATIENT}),
    "bob": frozenset({Role.PATIENT}),
    "dora": frozenset({Role.PATIENT}),
    "parent": frozenset({Role.PATIENT}),
    "scheduler": frozenset({Role.PATIENT}),
    "biller": frozenset({Role.PATIENT}),
    "reader": frozenset({Role.PATIENT}),
    "former": frozenset({Role.PATIENT}),
    "future": frozenset({Role.PATIENT}),
    "house": frozenset({Role.PROVIDER}),
    "stranger": frozenset({Role.PROVIDER}),
    "rescuer": frozenset({Role.PROVIDER}),
    "latecomer": frozenset({Role.PROVIDER}),
    "staff": frozenset({Role.STAFF}),
    "machine": frozenset({Role.STAFF}),
    "nurse": frozenset({Role.STAFF, Role.ADMIN}),
    "admin": frozenset({Role.ADMIN}),
    "analyst": frozenset({Role.ANALYST}),
}

_FRONT_DESK = frozenset({Role.PATIENT, Role.PROVIDER, Role.STAFF})
_CARE = frozenset({Role.PATIENT, Role.PROVIDER})
_CHART_FIELDS = (
    "allergies",
    "conditions",
    "medications",
    "immunizations",
    "records",
    "labResults",
    "educationResources",
    "source",
    "fhirBundleUrl",
)

# Who may select what, whoever's it is; by hand, so that the declarations are compared with something else than themselves.
# An analyst's rows are others' rows no more: tests/schema/test_analyst_attacks.py is about those.
TYPES: dict[str, frozenset[Role]] = {
    "Patient": _FRONT_DESK,
    "Appointment": _FRONT_DESK,
    "Invoice": _FRONT_DESK,
    "Payment": _FRONT_DESK,
    "Coverage": _FRONT_DESK,
    "EligibilityCheck": _FRONT_DESK,
    **dict.fromkeys(
        (
            "Allergy",
            "ClinicalNote",
            "Condition",
            "DocumentRecord",
            "Immunization",
            "LabReport",
            "Medication",
            "Observation",
            "Procedure",
        ),
        _CARE,
    ),
}
NARROWED: dict[str, frozenset[Role]] = {
    **{f"Patient.{name}": _CARE for name in _CHART_FIELDS},
    "Patient.accessLog": frozenset({Role.PATIENT}),
    "Patient.keptCards": frozenset({Role.PATIENT}),
    "Invoice.ledger": frozenset({Role.STAFF}),
    "Patient.resultPreferences": _CARE,
    "Patient.waitingResults": frozenset({Role.PATIENT}),
    "Appointment.records": _CARE,
    "Appointment.source": _CARE,
    "Appointment.override": frozenset({Role.PROVIDER, Role.STAFF}),
    "Invoice.source": _CARE,
    "Coverage.source": _CARE,
}


def may_select(caller: str, type_name: str, field_name: str) -> bool:
    roles = CALLERS[caller]
    return bool(roles & TYPES[type_name]) and bool(roles & NARROWED.get(f"{type_name}.{field_name}", TYPES[type_name]))
