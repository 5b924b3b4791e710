"""What kind of document it is: LOINC's document types (document ontology)."""

from models.values import CodeableConcept, Coding
from resolvers.clinical_codes.systems import LOINC

USUAL_CODE = "34133-9"
"""What a document is where nobody says."""

# The few that come over the desk; LOINC knows thousands, and any of them is taken.
_NAMES = {
    USUAL_CODE: "Summary of episode note",
    "11488-4": "Consult note",
    "11502-2": "Laboratory report",
    "11503-0": "Medical records",
    "11506-3": "Progress note",
    "18748-4": "Diagnostic imaging study",
    "18842-5": "Discharge summary",
    "42348-3": "Advance directives",
    "57133-1": "Referral note",
    "59284-0": "Consent document",
    "64290-0": "Health insurance card",
    "64297-5": "Death certificate",
    "11369-6": "History of immunization",
}


def document_type(code: str) -> CodeableConcept:
    name = _NAMES.get(code)
    return CodeableConcept(text=name or "Document", codings=[Coding(system=LOINC, code=code, display=name)])
