"""People, visits and the clinical record."""

from typing import Any

Resource = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
V3 = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NPI = "1234567893"
WHEN = "2024-03-05T09:30:00-05:00"


def concept(code: str, text: str, system: str = SNOMED) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def to(reference: str) -> Resource:
    return {"reference": reference}


ANN = to("Patient/ann")
VISIT = to("Encounter/visit")
DOC = to("Practitioner/doc")


def organization(**fields: Any) -> Resource:
    return {"resourceType": "Organization", "id": "clinic", "name": "Clinic on the Hill", "active": True, **fields}


def practitioner(**fields: Any) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": "doc",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": NPI}],
        "name": [{"family": "Marsh", "given": ["Dora"], "suffix": ["MD"]}],
        "gender": "female",
        "communication": [concept("en", "English", "urn:ietf:bcp:47")],
        "qualification": [{"code": {"text": "Family physician"}}],
        **fields,
    }


def patient(**fields: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "ann",
        "identifier": [
            {"system": "http://other.example", "value": "other-1"},
            {"type": concept("MR", "Medical record number", "http://terminology.hl7.org/CodeSystem/v2-0203"), "value": "MRN-1"},
        ],
        "name": [
            {"use": "nickname", "given": ["Annie"], "family": "W"},
            {"use": "official", "prefix": ["Ms."], "given": ["Ann", "B."], "family": "Winter", "suffix": ["Jr."]},
        ],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}, {"system": "pager", "value": "12"}],
        "gender": "female",
        "birthDate": "1980-02-29",
        "deceasedBoolean": False,
        "address": [
            {"use": "old", "line": ["1 Past Rd"], "city": "Then"},
            {"use": "home", "line": ["2 Now St"], "city": "Boston", "state": "MA", "postalCode": "02108", "country": "US"},
        ],
        "communication": [
            {"language": {"text": "French"}},
            {"language": concept("es", "Spanish", "urn:ietf:bcp:47"), "preferred": True},
        ],
        "contact": [
            {"relationship": [{"text": "Sister"}], "name": {"given": ["Eve"], "family": "Winter"}},
            {
                "relationship": [{"text": "Father"}],
                "name": {"text": "Otto Winter"},
                "telecom": [{"system": "phone", "value": "555-0101"}],
            },
        ],
        "generalPractitioner": [DOC],
        "extension": [{"url": "http://example.org/weight", "valueDecimal": 1.50}],
        "photo": [{"contentType": "image/png", "data": "AA=="}],
        **fields,
    }


def encounter(**fields: Any) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": "visit",
        "status": "finished",
        "class": {"system": V3, "code": "AMB"},
        "type": [concept("185349003", "Check up")],
        "reasonCode": [concept("44054006", "Diabetes")],
        "subject": ANN,
        "participant": [{"individual": DOC}],
        "period": {"start": WHEN, "end": "2024-03-05T10:00:00-05:00"},
        "serviceProvider": to("Organization/clinic"),
        **fields,
    }


def condition(**fields: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": "diabetes",
        "clinicalStatus": concept("active", "Active", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
        "verificationStatus": concept("confirmed", "Confirmed", "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
        "severity": {"text": "Moderate"},
        "code": concept("44054006", "Diabetes"),
        "subject": ANN,
        "encounter": VISIT,
        "recorder": DOC,
        "onsetDateTime": "2019",
        "recordedDate": "2019-06-01",
        **fields,
    }


def allergy(**fields: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "peanut",
        "clinicalStatus": concept("active", "Active"),
        "verificationStatus": concept("confirmed", "Confirmed"),
        "category": ["food", "medication"],
        "criticality": "high",
        "code": concept("91935009", "Peanut"),
        "patient": ANN,
        "recordedDate": "2018-01-02T03:04:05Z",
        "reaction": [{"manifestation": [concept("247472004", "Hives")], "severity": "severe", "onset": "2017-05"}],
        **fields,
    }


def medication_request(**fields: Any) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": "metformin",
        "status": "active",
        "intent": "order",
        "medicationReference": to("Medication/met500"),
        "subject": ANN,
        "encounter": VISIT,
        "requester": DOC,
        "authoredOn": WHEN,
        "dosageInstruction": [{"text": "1 tablet twice a day"}, {"sequence": 2}],
        "reasonReference": [to("Condition/diabetes")],
        **fields,
    }


def immunization(**fields: Any) -> Resource:
    return {
        "resourceType": "Immunization",
        "id": "flu",
        "status": "completed",
        "vaccineCode": concept("140", "Influenza", "http://hl7.org/fhir/sid/cvx"),
        "patient": ANN,
        "encounter": VISIT,
        "occurrenceDateTime": WHEN,
        "lotNumber": "L-7",
        "performer": [{"actor": to("Organization/clinic")}, {"actor": DOC}],
        **fields,
    }


def observation(**fields: Any) -> Resource:
    found = {
        "resourceType": "Observation",
        "id": "hba1c",
        "status": "final",
        "category": [concept("laboratory", "Laboratory")],
        "code": concept("4548-4", "HbA1c", LOINC),
        "subject": ANN,
        "encounter": VISIT,
        "performer": [DOC],
        "effectiveDateTime": WHEN,
        "issued": "2024-03-06T08:00:00.1234567Z",
        "valueQuantity": {"value": 7.10, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
        "interpretation": [concept("H", "High"), concept("HX", "Above the scale")],
        "referenceRange": [{"low": {"value": 4.0, "unit": "%"}, "high": {"value": 5.60, "unit": "%"}, "text": "4.0 to 5.6"}],
    }
    if any(name.startswith("value") for name in fields):
        del found["valueQuantity"]
    return found | fields


def report(**fields: Any) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": "labs",
        "status": "final",
        "category": [concept("LAB", "Laboratory")],
        "code": concept("58410-2", "Panel", LOINC),
        "subject": ANN,
        "encounter": VISIT,
        "effectivePeriod": {"start": WHEN, "end": "2024-03-05T12:00:00-05:00"},
        "issued": "2024-03-06T08:00:00Z",
        "performer": [DOC],
        "result": [to("Observation/glucose"), to("Observation/hba1c")],
        "conclusion": "As expected.",
        **fields,
    }


def procedure(**fields: Any) -> Resource:
    return {
        "resourceType": "Procedure",
        "id": "foot",
        "status": "completed",
        "code": concept("401191002", "Foot examination"),
        "subject": ANN,
        "encounter": VISIT,
        "performedPeriod": {"start": WHEN, "end": "2024-03-05T09:40:00-05:00"},
        "performer": [{"actor": DOC}],
        "reasonReference": [{"display": "Diabetes"}],
        **fields,
    }


def care_plan(**fields: Any) -> Resource:
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": "completed",
        "intent": "plan",
        "title": "Walk more",
        "category": [concept("698360004", "Diabetes self management plan")],
        "subject": ANN,
        "encounter": VISIT,
        "author": DOC,
        "period": {"start": "2024-03-05"},
        **fields,
    }
