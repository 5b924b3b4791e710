"""Where resources of each type go, and in which order.

A resource is written after those that its document links to: people before visits, visits before what happened at them.
Everything without a document of its own is kept whole: in the patient's record, or apart when it has no patient.
"""

from models.appointment import Appointment
from models.base import StoredDocument
from models.coverage import Coverage
from models.imported_resource import ImportedResource
from models.invoice import Invoice
from models.organization import Organization
from models.patient import Patient
from models.provider import Provider
from models.record import Record

TIERS = 6

_TIER = {
    "Organization": 0,
    "Practitioner": 0,
    "Patient": 1,
    "PractitionerRole": 1,
    "Encounter": 2,
    "Coverage": 2,
    "Observation": 4,
    "MedicationRequest": 5,
    "Procedure": 5,
}
_HOMES: dict[str, tuple[type[StoredDocument], ...]] = {
    "Organization": (Organization,),
    "Practitioner": (Provider,),
    "Patient": (Patient,),
    # An encounter of nobody's is no appointment: see mapping.encounters.
    "Encounter": (Appointment, Record),
    "Coverage": (Coverage,),
    # What is no bill (a request for authorization) is kept in the record.
    "Claim": (Invoice, Record),
    "ExplanationOfBenefit": (Invoice, Record),
    **dict.fromkeys(
        ["Condition", "AllergyIntolerance", "MedicationRequest", "Immunization", "Observation", "DiagnosticReport", "Procedure"],
        (Record,),
    ),
}
BILLING = frozenset({"Claim", "ExplanationOfBenefit"})


def tier_of(resource_type: str) -> int:
    """From 0; a document links only to documents of lower tiers."""
    return _TIER.get(resource_type, 3)


def homes_of(resource_type: str) -> tuple[type[StoredDocument], ...]:
    """The collections that documents of a resource type can be in, by their root class."""
    return _HOMES.get(resource_type, (Record, ImportedResource))
