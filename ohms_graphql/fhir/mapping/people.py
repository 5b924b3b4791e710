"""Patients, practitioners and organizations."""

from datetime import datetime

from pymongo import UpdateOne

from models.npi import npi_is_valid
from models.organization import Organization
from models.patient import EmergencyContact, Patient
from models.provider import Provider
from models.values import AdministrativeGender, ContactSystem
from ohms_graphql.fhir.datatypes import (
    GENDERS,
    addresses,
    calendar_date,
    coded,
    concept,
    concepts,
    contacts,
    human_name,
    instant,
)
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.plan import Also, Frame, Plan

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"


def map_patient(resource: Element, frame: Frame) -> Plan:
    """General practitioners join the care team; who joined it otherwise stays."""
    given = {"emergency_contacts": _emergency_contacts(resource)} if resource.has("contact") else {}
    patient = Patient(
        **frame.identity,
        mrn=_identifier(resource, "MR") or _identifier(resource) or frame.key.id,
        name=human_name(resource),
        birth_date=calendar_date(resource, "birthDate"),
        gender=resource.code("gender", GENDERS) or AdministrativeGender.UNKNOWN,
        contacts=contacts(resource),
        address=next(iter(addresses(resource)), None),
        preferred_language=_language(resource),
        # `deceased: true` without a time stays in the source.
        deceased_at=instant(resource, "deceasedDateTime"),
        extensions={"fhir": resource.raw("extension")} if resource.elements("extension") else {},
        **given,
    )
    practitioners = [
        frame.links.optional(element, "Practitioner", "care_team") for element in resource.elements("generalPractitioner")
    ]
    also = [joins_care_team(patient.id, found, "general practitioner", None) for found in practitioners if found]
    return Plan(patient, also)


def joins_care_team(patient_id: str, provider_id: str, role: str, since: datetime | None) -> Also:
    """Once: who is in the team already stays as they are."""
    member = {"provider_id": provider_id, "role": role, "since": since}
    not_yet = {"_id": patient_id, "care_team.provider_id": {"$ne": provider_id}}
    return Also(Patient, UpdateOne(not_yet, {"$push": {"care_team": member}}))


def map_practitioner(resource: Element, frame: Frame) -> Plan:
    """An NPI that fails its check digit is kept as the source has it, unverified.

    Nothing says when an imported practitioner is there, so nobody is offered as accepting new patients until the clinic says so.
    """
    npi = _identifier_in(resource, NPI_SYSTEM) or _identifier(resource, "NPI") or _identifier(resource) or frame.key.id
    name = human_name(resource)
    qualifications = [concept(element.element("code")) for element in resource.elements("qualification")]
    credentials = [*name.suffix, *(found.text for found in qualifications if found)]
    active = resource.boolean("active")
    provider = Provider(
        **frame.identity,
        npi=npi,
        npi_verified=npi_is_valid(npi),
        name=name,
        credentials=list(dict.fromkeys(credentials)),
        languages=[coding.code for found in concepts(resource, "communication") for coding in found.codings],
        gender=resource.code("gender", GENDERS) or AdministrativeGender.UNKNOWN,
        contacts=contacts(resource),
        address=next(iter(addresses(resource)), None),
        active=True if active is None else active,
        time_zone=frame.options.time_zone,
        accepting_new_patients=False,
    )
    return Plan(provider, first_only=frozenset({"time_zone", "accepting_new_patients"}))


def map_organization(resource: Element, frame: Frame) -> Plan:
    """FHIR asks for a name or an identifier."""
    active = resource.boolean("active")
    organization = Organization(
        **frame.identity,
        name=resource.text("name") or _identifier(resource) or "Unnamed organization",
        active=True if active is None else active,
        types=concepts(resource, "type"),
        contacts=contacts(resource),
        addresses=addresses(resource),
    )
    return Plan(organization)


def _identifier(resource: Element, kind: str | None = None) -> str | None:
    """The value of the first identifier of a kind (HL7 v2 table 0203), or of any."""
    for element in resource.elements("identifier"):
        value = element.text("value")
        if value and (kind is None or coded(concept(element.element("type")), {kind: True})):
            return value
    return None


def _identifier_in(resource: Element, system: str) -> str | None:
    found = (element.text("value") for element in resource.elements("identifier") if element.text("system") == system)
    return next((value for value in found if value), None)


def _language(resource: Element) -> str | None:
    """The preferred language, else the first: its code (BCP 47), or its name when it has none."""
    spoken = sorted(resource.elements("communication"), key=lambda element: not element.boolean("preferred"))
    language = concept(spoken[0].element("language")) if spoken else None
    if language is None:
        return None
    return language.codings[0].code if language.codings else language.text


def _emergency_contacts(resource: Element) -> list[EmergencyContact]:
    """Those who can be called: a contact without a telephone number stays in the source."""
    found = []
    for element in resource.elements("contact"):
        phones = [contact.value for contact in contacts(element) if contact.system in {ContactSystem.PHONE, ContactSystem.SMS}]
        name = element.element("name")
        if phones and name is not None:
            shown = name.text("text") or " ".join([*name.texts("given"), name.text("family") or ""]).strip()
            relationship = next((found.text for found in concepts(element, "relationship")), "contact")
            found.append(EmergencyContact(name=shown, relationship=relationship, phone=phones[0]))
    return found
