"""Patients and what belongs to them."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry

import models.record as stored
from models.appointment import Appointment as AppointmentDocument
from models.invoice import Invoice as InvoiceDocument
from models.patient import Patient as PatientDocument
from models.record import AllergyStatus, ConditionStatus, MedicationStatus
from models.values import AdministrativeGender
from resolvers.deidentification.years import age_group
from resolvers.education_matches import matches_page
from resolvers.pagination import Page
from schema.appointment import arguments as appointment_arguments
from schema.appointment.types import AppointmentConnection
from schema.authorization import auth
from schema.connection import After, Before, Connection, First, Last, nodes_of, page_arguments, related_page
from schema.coverage.types import Coverage
from schema.deidentification import PhiKind, phi
from schema.education.types import EducationResource, EducationResourceConnection
from schema.info import Info
from schema.invoice import arguments as invoice_arguments
from schema.invoice.types import InvoiceConnection
from schema.node import Node
from schema.patient.account import PatientAccount
from schema.patient.age import age_on
from schema.patient.keeping import PatientKeeping
from schema.patient.people import EmergencyContact, Proxy, proxy_of
from schema.patient.reminders import ReminderPreferences
from schema.patient.results import PatientResults
from schema.patient.timeline import PatientTimeline
from schema.provider.types import Provider
from schema.record import arguments as record_arguments
from schema.record.as_of import AsOf, entries_as_of
from schema.record.clinical import Allergy, Condition, Immunization, Medication
from schema.record.types import LabReportConnection, RecordConnection
from schema.rights import CARE, CARE_AND_ANALYST, FRONT_DESK, FRONT_DESK_AND_ANALYST
from schema.scalars import JSON
from schema.shown_document import READS, id_as, node_of, shows
from schema.values import Address, ContactPoint, HumanName, Money, shown

if TYPE_CHECKING:
    from resolvers.pagination import Order


@shows(PatientDocument, id=id_as("Patient"))
@strawberry.type(description="A person who receives care.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class Patient(PatientAccount, PatientTimeline, PatientResults, PatientKeeping, Node):
    mrn: str = strawberry.field(description="Medical record number.", directives=[phi(PhiKind.IDENTIFIER)])
    name: HumanName = strawberry.field(description="The patient's name.", directives=[phi(PhiKind.NAME)])
    birth_date: date | None = strawberry.field(description="When the patient was born.", directives=[phi(PhiKind.DATE)])
    gender: AdministrativeGender = strawberry.field(description="Gender for administrative purposes.")
    contacts: list[ContactPoint] = strawberry.field(description="How to reach the patient.", directives=[phi(PhiKind.CONTACT)])
    address: Address | None = strawberry.field(description="Where the patient lives.", directives=[phi(PhiKind.ADDRESS)])
    preferred_language: str | None = strawberry.field(
        description="The language to speak with the patient (BCP 47).", directives=[phi(PhiKind.IDENTIFIER)]
    )
    emergency_contacts: list[EmergencyContact] = strawberry.field(description="Whom to call.", directives=[phi(PhiKind.CONTACT)])
    revision: int = strawberry.field(description="Counts the changes of the profile, from 1.", directives=[auth(*FRONT_DESK)])
    document: strawberry.Private[PatientDocument]

    @strawberry.field(
        description="Completed years; at death for those who died.",
        directives=[phi(PhiKind.DATE)],
        metadata={READS: ("birth_date", "deceased_at")},
    )
    def age(self, info: Info) -> int | None:
        if info.context.access.deidentifier is not None:
            return None
        died = self.document.deceased_at
        return age_on(self.document.birth_date, (died or info.context.access.instant).date())

    @strawberry.field(
        description="Five years wide, such as 40-44, or 90+: completed by the end of this year, or of the year of death.",
        metadata={READS: ("birth_date", "deceased_at")},
    )
    def age_group(self, info: Info) -> str | None:
        access = info.context.access
        if access.deidentifier is not None:
            return access.deidentifier.age_group(self.document)
        died = self.document.deceased_at
        return age_group(self.document.birth_date, (died or access.instant).date())

    @strawberry.field(
        description="Providers who look after the patient.", directives=[auth(*FRONT_DESK)], metadata={READS: ("care_team",)}
    )
    async def care_team(self, info: Info) -> list[Provider]:
        ids = [member.provider_id for member in self.document.care_team]
        found = await info.context.loaders.providers.load_many(ids)
        return [Provider.from_document(document) for document in found if document is not None]

    @strawberry.field(description="When the patient is reminded of visits.", directives=[auth(*FRONT_DESK)])
    def reminder_preferences(self) -> ReminderPreferences:
        return ReminderPreferences.of(self.document.reminder_preferences)

    @strawberry.field(
        description="Guardians and others who may act for the patient, those whose right has ended too.",
        directives=[auth(*FRONT_DESK)],
    )
    def proxies(self) -> list[Proxy]:
        return [proxy_of(proxy, self.document.id) for proxy in self.document.proxies]

    @strawberry.field(
        description="Allergies and intolerances, newest first.",
        directives=[auth(*CARE_AND_ANALYST)],
        metadata={READS: ("id",)},
    )
    async def allergies(
        self,
        info: Info,
        status: Annotated[AllergyStatus | None, strawberry.argument(description="Only those in this status.")] = None,
        as_of: AsOf = None,
    ) -> list[Allergy]:
        if as_of is not None:
            then = await entries_as_of(info, stored.Allergy, self.document.id, as_of)
            return [Allergy.from_document(found) for found in then if status in (None, found.clinical_status)]
        within = {"clinical_status": status.value} if status else {}
        found = await info.context.loaders.records_of_patient(stored.Allergy, within).load(self.document.id)
        return [Allergy.from_document(document) for document in found]

    @strawberry.field(
        description="The medical history, newest first.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)}
    )
    async def conditions(
        self,
        info: Info,
        status: Annotated[ConditionStatus | None, strawberry.argument(description="Only those in this status.")] = None,
        as_of: AsOf = None,
    ) -> list[Condition]:
        if as_of is not None:
            then = await entries_as_of(info, stored.Condition, self.document.id, as_of)
            return [Condition.from_document(found) for found in then if status in (None, found.clinical_status)]
        within = {"clinical_status": status.value} if status else {}
        found = await info.context.loaders.records_of_patient(stored.Condition, within).load(self.document.id)
        return [Condition.from_document(document) for document in found]

    @strawberry.field(description="Prescriptions, newest first.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)})
    async def medications(
        self,
        info: Info,
        active: Annotated[bool | None, strawberry.argument(description="Only those to be taken, or only the others.")] = None,
        as_of: AsOf = None,
    ) -> list[Medication]:
        if as_of is not None:
            then = await entries_as_of(info, stored.Medication, self.document.id, as_of)
            taken = MedicationStatus.ACTIVE
            return [Medication.from_document(found) for found in then if active in (None, found.request_status is taken)]
        operator = {True: "$eq", False: "$ne"}
        within: dict[str, Any] = {}
        if active is not None:
            within = {"request_status": {operator[active]: MedicationStatus.ACTIVE.value}}
        found = await info.context.loaders.records_of_patient(stored.Medication, within).load(self.document.id)
        return [Medication.from_document(document) for document in found]

    @strawberry.field(description="Vaccinations, newest first.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)})
    async def immunizations(self, info: Info) -> list[Immunization]:
        found = await info.context.loaders.records_of_patient(stored.Immunization, {}).load(self.document.id)
        return [Immunization.from_document(document) for document in found]

    @strawberry.field(description="The whole record.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)})
    async def records(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: record_arguments.Where = None,
        order_by: record_arguments.OrderBy = None,
    ) -> RecordConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else record_arguments.NEWEST_FIRST
        within = where.criteria().filter() if where else {}
        return RecordConnection.of(
            await related_page(info, stored.Record, "patient_id", self.document.id, within, order, request)
        )

    @strawberry.field(description="Laboratory reports.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ("id",)})
    async def lab_results(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: record_arguments.Where = None,
        order_by: record_arguments.OrderBy = None,
    ) -> LabReportConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else record_arguments.NEWEST_FIRST
        within = where.criteria().filter() if where else {}
        return LabReportConnection.of(
            await related_page(info, stored.LabReport, "patient_id", self.document.id, within, order, request)
        )

    @strawberry.field(description="Visits, past and coming.", metadata={READS: ("id",)})
    async def appointments(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: appointment_arguments.Where = None,
        order_by: appointment_arguments.OrderBy = None,
    ) -> AppointmentConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else appointment_arguments.BY_START
        within = where.criteria().filter() if where else {}
        return AppointmentConnection.of(
            await related_page(info, AppointmentDocument, "patient_id", self.document.id, within, order, request)
        )

    @strawberry.field(description="Insurance, in the order in which it pays.", metadata={READS: ("id",)})
    async def coverages(self, info: Info) -> list[Coverage]:
        found = await info.context.loaders.coverages_of_patient.load(self.document.id)
        return [Coverage.from_document(document) for document in found]

    @strawberry.field(description="What was asked of the patient.", metadata={READS: ("id",)})
    async def invoices(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: invoice_arguments.Where = None,
        order_by: invoice_arguments.OrderBy = None,
    ) -> InvoiceConnection:
        request = page_arguments(info, first, after, last, before)
        order: Order = order_by.order() if order_by else invoice_arguments.NEWEST_FIRST
        within = where.criteria().filter(info.context.access.instant.date()) if where else {}
        return InvoiceConnection.of(
            await related_page(info, InvoiceDocument, "patient_id", self.document.id, within, order, request)
        )

    @strawberry.field(
        description="What the patient owes over all invoices; below zero it is a credit.", metadata={READS: ("id",)}
    )
    async def balance(self, info: Info) -> Money:
        return cast("Money", await info.context.loaders.balances.load(self.document.id))

    @strawberry.field(
        description="Education matched to the patient's own active conditions, newest reasons first.",
        directives=[auth(*CARE)],
    )
    async def education_resources(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        unread: Annotated[bool | None, strawberry.argument(description="Only those not read yet, or only the others.")] = None,
    ) -> EducationResourceConnection:
        request = page_arguments(info, first, after, last, before)
        page = await matches_page(info.context, self.document.id, request, unread)
        nodes = [EducationResource.from_match(match) for match in page.matches]
        return EducationResourceConnection(nodes=nodes, page=cast("Page[Any]", page))

    @strawberry.field(
        description="What the patient was imported from, kept whole.", directives=[auth(*CARE)], metadata={READS: ("source",)}
    )
    def source(self) -> JSON | None:
        return shown(self.document.source.resource) if self.document.source else None

    @classmethod
    def from_document(cls, document: PatientDocument) -> "Patient":
        return node_of(cls, document)


@strawberry.type(description="Patients, a page at a time.", directives=[auth(*FRONT_DESK_AND_ANALYST)])
class PatientConnection(Connection[Patient]):
    @classmethod
    def of(cls, page: Page[PatientDocument]) -> "PatientConnection":
        return cls(nodes=nodes_of(page, Patient.from_document), page=page)
