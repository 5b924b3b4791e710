"""From resources to documents: one function for each type that has a document of its own."""

from collections.abc import Callable

from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.mapping.clinical import (
    map_allergy,
    map_condition,
    map_immunization,
    map_medication_request,
    map_procedure,
)
from ohms_graphql.fhir.mapping.coverages import map_coverage
from ohms_graphql.fhir.mapping.documents import map_document
from ohms_graphql.fhir.mapping.encounters import map_encounter
from ohms_graphql.fhir.mapping.people import map_organization, map_patient, map_practitioner
from ohms_graphql.fhir.mapping.results import map_observation, map_report
from ohms_graphql.fhir.plan import Frame, Plan

_MAPPERS: dict[str, Callable[[Element, Frame], Plan]] = {
    "AllergyIntolerance": map_allergy,
    "Condition": map_condition,
    "Coverage": map_coverage,
    "DiagnosticReport": map_report,
    "Encounter": map_encounter,
    "Immunization": map_immunization,
    "MedicationRequest": map_medication_request,
    "Observation": map_observation,
    "Organization": map_organization,
    "Patient": map_patient,
    "Practitioner": map_practitioner,
    "Procedure": map_procedure,
}


def map_resource(resource: Element, frame: Frame) -> Plan:
    """Claims and explanations of benefit are put together first: see mapping.invoices.

    Raises Refusal when the resource cannot go in, PutOff when it has to wait for another of this import.
    """
    return _MAPPERS.get(frame.key.type, map_document)(resource, frame)
