"""De-identified copies of coded records. Notes and documents have none: they are words."""

from collections.abc import Callable
from typing import Any

from models.record import (
    Allergy,
    Condition,
    Immunization,
    LabReport,
    Medication,
    Observation,
    Procedure,
    Reaction,
    Record,
    Release,
)
from resolvers.deidentification.concepts import all_coded, coded, coded_or_none, component_of, range_of, value_of
from resolvers.deidentification.copies import Kept, stored_parts
from resolvers.deidentification.references import References
from resolvers.deidentification.years import Years


def _shared(record: Record, references: References, years: Years) -> Kept:
    return {
        **stored_parts(record, references, years),
        "status": record.status,
        "code": coded(record.code),
        "patient_id": references.hidden("patient_id", record.patient_id),
        "author_id": record.author_id,
        "appointment_id": references.hidden("appointment_id", record.appointment_id),
        "effective_at": years.of(record.effective_at),
        "recorded_at": years.at_least(record.recorded_at),
        "confidentiality": record.confidentiality,
        "release": Release(),
        "version": 1,
    }


def _condition(record: Condition, _references: References, years: Years) -> Kept:
    return {
        "clinical_status": record.clinical_status,
        "onset_at": years.of(record.onset_at),
        "abated_at": years.of(record.abated_at),
        "severity": coded_or_none(record.severity),
    }


def _allergy(record: Allergy, _references: References, years: Years) -> Kept:
    reactions = [
        Reaction.model_construct(
            manifestations=all_coded(reaction.manifestations), severity=reaction.severity, onset_at=years.of(reaction.onset_at)
        )
        for reaction in record.reactions
    ]
    return {
        "clinical_status": record.clinical_status,
        "criticality": record.criticality,
        "categories": list(record.categories),
        "reactions": reactions,
        "onset_at": years.of(record.onset_at),
    }


def _medication(record: Medication, _references: References, _years: Years) -> Kept:
    return {"request_status": record.request_status, "dosage": None, "reasons": all_coded(record.reasons)}


def _immunization(record: Immunization, _references: References, _years: Years) -> Kept:
    return {"given": record.given, "lot_number": None}


def _procedure(record: Procedure, _references: References, years: Years) -> Kept:
    return {"performed": years.of_period(record.performed), "reasons": all_coded(record.reasons)}


def _observation(record: Observation, references: References, years: Years) -> Kept:
    return {
        "categories": all_coded(record.categories),
        "value": value_of(record.code, record.value, years),
        "components": [component_of(component, years) for component in record.components],
        "interpretations": list(record.interpretations),
        "reference_ranges": [range_of(reference) for reference in record.reference_ranges],
        "lab_report_id": references.hidden("lab_report_id", record.lab_report_id),
        "position": 0,
    }


def _lab_report(record: LabReport, _references: References, _years: Years) -> Kept:
    return {"categories": all_coded(record.categories), "conclusion": None}


_PARTS: dict[type[Record], Callable[[Any, References, Years], Kept]] = {
    Condition: _condition,
    Observation: _observation,
    LabReport: _lab_report,
    Medication: _medication,
    Immunization: _immunization,
    Allergy: _allergy,
    Procedure: _procedure,
}

CODED_KINDS: tuple[type[Record], ...] = tuple(_PARTS)
"""The kinds of records that analysts may read."""


def record_copy(record: Record, references: References, years: Years) -> Record:
    """Raises KeyError for a kind that has no de-identified form."""
    kind = type(record)
    made: Record = kind.model_construct(**_shared(record, references, years), **_PARTS[kind](record, references, years))
    return made
