"""Patients, practitioners and organizations."""

from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from ohms_graphql.fhir.mapping.people import NPI_SYSTEM
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts, choice
from ohms_graphql.fhir_export.values import address, coded, concepts, contact, human_name, instant, present

IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
MRN_SYSTEM = "urn:ohms:mrn"
LANGUAGE = "urn:ietf:bcp:47"


def patient_parts(patient: Patient, _names: Names) -> Parts:
    number = {"type": coded(IDENTIFIER_TYPE, "MR"), "system": MRN_SYSTEM, "value": str(patient.mrn)}
    yield Part(("mrn",), {"identifier": [number]})
    yield Part(("name",), {"name": [human_name(patient.name)]})
    yield Part(("birth_date",), {"birthDate": patient.birth_date.isoformat() if patient.birth_date else None})
    yield Part(("gender",), {"gender": patient.gender.value.lower()})
    yield Part(("contacts",), {"telecom": [contact(each) for each in patient.contacts]})
    yield Part(("address",), {"address": [address(patient.address)] if patient.address else None})
    language = patient.preferred_language
    spoken = [{"language": coded(LANGUAGE, str(language)), "preferred": True}] if language else None
    yield Part(("preferred_language",), {"communication": spoken})
    yield Part(("deceased_at",), choice("deceased", "DateTime", instant(patient.deceased_at)))
    emergency = [
        present(
            {
                "relationship": [coded("http://terminology.hl7.org/CodeSystem/v2-0131", "C", each.relationship)],
                "name": {"text": each.name},
                "telecom": [{"system": "phone", "value": each.phone}],
            }
        )
        for each in patient.emergency_contacts
    ]
    yield Part(("emergency_contacts",), {"contact": emergency})


def practitioner_parts(provider: Provider, _names: Names) -> Parts:
    number = {"type": coded(IDENTIFIER_TYPE, "NPI"), "system": NPI_SYSTEM, "value": provider.npi}
    yield Part(("npi", "npi_verified"), {"identifier": [number]})
    yield Part(("active",), {"active": provider.active})
    yield Part(("name",), {"name": [human_name(provider.name)]})
    yield Part(("gender",), {"gender": provider.gender.value.lower()})
    yield Part(("contacts",), {"telecom": [contact(each) for each in provider.contacts]})
    yield Part(("address",), {"address": [address(provider.address)] if provider.address else None})
    stated = [each for each in provider.credentials if each not in provider.name.suffix]
    yield Part(("credentials",), {"qualification": [{"code": {"text": each}} for each in stated]})
    yield Part(("languages",), {"communication": [coded(LANGUAGE, each) for each in provider.languages]})


def organization_parts(organization: Organization, _names: Names) -> Parts:
    yield Part(("active",), {"active": organization.active})
    yield Part(("types",), {"type": concepts(organization.types)})
    yield Part(("name",), {"name": organization.name})
    yield Part(("contacts",), {"telecom": [contact(each) for each in organization.contacts]})
    yield Part(("addresses",), {"address": [address(each) for each in organization.addresses]})
