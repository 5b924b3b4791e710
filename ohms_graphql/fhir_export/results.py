"""Observations and laboratory reports."""

from collections.abc import Sequence
from typing import Any

from models.record import Interpretation, LabReport, Observation, ObservationValue, RecordStatus
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir_export.names import Names
from ohms_graphql.fhir_export.parts import Part, Parts, choice
from ohms_graphql.fhir_export.values import bound, code_of, coded, concept, concepts, instant, present, quantity

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def observation_parts(observation: Observation, names: Names) -> Parts:
    yield Part(("status",), {"status": code_of(observation.status)})
    yield Part(("categories",), {"category": concepts(observation.categories)})
    yield Part(("code",), {"code": concept(observation.code)})
    yield Part(("effective_at",), choice("effective", "DateTime", instant(observation.effective_at)))
    yield Part(("recorded_at",), {"issued": instant(observation.recorded_at)})
    yield Part(("value",), _value(observation.value))
    yield Part(("interpretations",), {"interpretation": _interpretations(observation.interpretations)})
    components = [
        present(
            {
                "code": concept(each.code),
                **_value(each.value),
                "interpretation": _interpretations(each.interpretations),
            }
        )
        for each in observation.components
    ]
    yield Part(("components",), {"component": components})
    ranges = [
        present({"low": bound(each.low, each.unit), "high": bound(each.high, each.unit), "text": each.text and str(each.text)})
        for each in observation.reference_ranges
    ]
    yield Part(("reference_ranges",), {"referenceRange": ranges})
    yield Part(("patient_id",), {"subject": names.reference(observation.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(observation.appointment_id, "Encounter")})
    author = names.reference(observation.author_id, "Practitioner")
    yield Part(("author_id",), {"performer": [author] if author else None})


def report_parts(report: LabReport, names: Names, results: Sequence[Key] = ()) -> Parts:
    """``results`` are its observations in their order."""
    # FHIR's reports know "cancelled" and the like as observations do, and have no other words.
    status = "registered" if report.status is RecordStatus.REGISTERED else code_of(report.status)
    yield Part(("status",), {"status": status})
    yield Part(("categories",), {"category": concepts(report.categories)})
    yield Part(("code",), {"code": concept(report.code)})
    yield Part(("effective_at",), choice("effective", "DateTime", instant(report.effective_at)))
    yield Part(("recorded_at",), {"issued": instant(report.recorded_at)})
    yield Part(("conclusion",), {"conclusion": str(report.conclusion) if report.conclusion else None})
    yield Part(("patient_id",), {"subject": names.reference(report.patient_id, "Patient")})
    yield Part(("appointment_id",), {"encounter": names.reference(report.appointment_id, "Encounter")})
    author = names.reference(report.author_id, "Practitioner")
    yield Part(("author_id",), {"performer": [author] if author else None, "resultsInterpreter": None})
    if results:
        yield Part((), {"result": [{"reference": str(key)} for key in results]})


def _value(value: ObservationValue | None) -> dict[str, Any]:
    if value is None:
        return choice("value", None, None)
    if value.quantity is not None:
        return choice("value", "Quantity", quantity(value.quantity))
    if value.concept is not None:
        return choice("value", "CodeableConcept", concept(value.concept))
    if value.boolean is not None:
        return choice("value", "Boolean", value.boolean)
    if value.at is not None:
        return choice("value", "DateTime", instant(value.at))
    return choice("value", "String", str(value.text) if value.text else None)


def _interpretations(found: Sequence[Interpretation]) -> list[dict[str, Any]]:
    return [coded(INTERPRETATION, each.value) for each in found]
