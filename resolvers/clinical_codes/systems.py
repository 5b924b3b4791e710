"""The code systems that OHMS knows, by the URIs of FHIR R4, and what a code of each looks like."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from models.npi import npi_is_valid
from resolvers.clinical_codes.check_digits import mod_10, verhoeff_holds
from resolvers.clinical_codes.ucum import is_ucum

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
CPT = "http://www.ama-assn.org/go/cpt"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"
UNII = "http://fdasis.nlm.nih.gov"
HL7 = "http://terminology.hl7.org/CodeSystem/"
"""Beginning of the systems that HL7 itself defines: categories and the like."""

_ICD = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", re.ASCII)
_SNOMED = re.compile(r"[1-9][0-9]{5,17}", re.ASCII)
_CONCEPT_PARTITIONS = frozenset({"00", "10"})
_CPT = re.compile(r"[0-9]{4}[0-9A-Z]", re.ASCII)
_NDC = re.compile(r"[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}|[0-9]{10,11}", re.ASCII)
_UNII = re.compile(r"[0-9A-Z]{10}", re.ASCII)
_RXNORM = re.compile(r"[1-9][0-9]{0,7}", re.ASCII)
_CVX = re.compile(r"[0-9]{1,3}", re.ASCII)
_FHIR_CODE = re.compile(r"[^\s]+( [^\s]+)*")
_LOINC = re.compile(r"([0-9]{1,7})-([0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """``shape`` says in words what ``is_code`` holds a code to."""

    name: str
    is_code: Callable[[str], bool]
    shape: str


def is_loinc(code: str) -> bool:
    """Up to seven digits, a hyphen, and their check digit."""
    found = _LOINC.fullmatch(code)
    return found is not None and mod_10(found[1]) == found[2]


def is_snomed_ct(code: str) -> bool:
    """A concept's identifier: 6 to 18 digits, the partition of concepts, and a check digit."""
    return _SNOMED.fullmatch(code) is not None and code[-3:-1] in _CONCEPT_PARTITIONS and verhoeff_holds(code)


def is_icd_10_cm(code: str) -> bool:
    return _ICD.fullmatch(code) is not None


SYSTEMS: dict[str, CodeSystem] = {
    LOINC: CodeSystem("LOINC", is_loinc, "digits, a hyphen and their check digit, such as 4548-4"),
    SNOMED_CT: CodeSystem("SNOMED CT", is_snomed_ct, "6 to 18 digits with a check digit, such as 44054006"),
    ICD_10_CM: CodeSystem("ICD-10-CM", is_icd_10_cm, "a letter and digits with a point after three, such as E11.9"),
    RXNORM: CodeSystem("RxNorm", lambda code: _RXNORM.fullmatch(code) is not None, "up to 8 digits, such as 723"),
    CVX: CodeSystem("CVX", lambda code: _CVX.fullmatch(code) is not None, "up to 3 digits, such as 140"),
    UCUM: CodeSystem("UCUM", is_ucum, "a unit such as mg/dL"),
    CPT: CodeSystem("CPT", lambda code: _CPT.fullmatch(code) is not None, "5 characters, such as 99213"),
    NPI: CodeSystem("NPI", npi_is_valid, "10 digits with a check digit"),
    NDC: CodeSystem("NDC", lambda code: _NDC.fullmatch(code) is not None, "10 or 11 digits, such as 0071-0155-23"),
    UNII: CodeSystem("UNII", lambda code: _UNII.fullmatch(code) is not None, "10 characters"),
}

_OF_HL7 = CodeSystem("HL7", lambda code: _FHIR_CODE.fullmatch(code) is not None, "words without leading or double spaces")


def system_of(uri: str) -> CodeSystem | None:
    """None for one that is not known."""
    return _OF_HL7 if uri.startswith(HL7) and len(uri) > len(HL7) else SYSTEMS.get(uri)
