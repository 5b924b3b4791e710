"""Coded concepts. No CPT: its descriptors are licensed."""

from models.values import CodeableConcept, Coding

SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
NUCC = "http://nucc.org/provider-taxonomy"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"


def concept(text: str, system: str, code: str, *others: tuple[str, str, str]) -> CodeableConcept:
    """``others`` are further (system, code, display) of the same meaning."""
    codings = [Coding(system=system, code=code, display=text)]
    codings += [Coding(system=other, code=its_code, display=display) for other, its_code, display in others]
    return CodeableConcept(text=text, codings=codings)


def diagnosis(text: str, snomed: str, icd10: str, icd10_display: str = "") -> CodeableConcept:
    """A condition in both systems that the graph matches on."""
    return concept(text, SNOMED, snomed, (ICD10, icd10, icd10_display or text))


def loinc(text: str, code: str) -> CodeableConcept:
    return concept(text, LOINC, code)


def snomed(text: str, code: str) -> CodeableConcept:
    return concept(text, SNOMED, code)


LABORATORY = concept("Laboratory", _CATEGORIES, "laboratory")
VITAL_SIGNS = concept("Vital signs", _CATEGORIES, "vital-signs")
SOCIAL_HISTORY = concept("Social history", _CATEGORIES, "social-history")
SURVEY = concept("Survey", _CATEGORIES, "survey")

PROGRESS_NOTE = loinc("Progress note", "11506-3")
TELEPHONE_NOTE = loinc("Telephone encounter note", "34748-4")
CONTRACEPTIVE_ADVICE = concept("Encounter for other general counseling and advice on contraception", ICD10, "Z30.09")
