"""What the National Library of Medicine says of a code: MedlinePlus Connect, web application, by its documented request form."""

from collections.abc import Sequence
from urllib.parse import urlencode

from models.values import Coding
from resolvers.clinical_codes.systems import CPT, ICD_10_CM, LOINC, NDC, RXNORM, SNOMED_CT, system_of

_ADDRESS = "https://connect.medlineplus.gov/application"
# In the order of what MedlinePlus knows best.
_PROBLEMS = {ICD_10_CM: "2.16.840.1.113883.6.90", SNOMED_CT: "2.16.840.1.113883.6.96"}
_DRUGS = {RXNORM: "2.16.840.1.113883.6.88", NDC: "2.16.840.1.113883.6.69"}
_TESTS = {LOINC: "2.16.840.1.113883.6.1", CPT: "2.16.840.1.113883.6.12"}
_SYSTEMS = {**_PROBLEMS, **_DRUGS, **_TESTS}
_SPANISH = "es"


def connect_url(codings: Sequence[Coding], language: str | None) -> str | None:
    """Of the first code that MedlinePlus Connect takes; None where there is none.

    The code alone is told, never words: what a clinic calls something may say more. MedlinePlus speaks English and Spanish.
    """
    for system, oid in _SYSTEMS.items():
        for coding in codings:
            known = system_of(coding.system)
            if coding.system == system and known is not None and known.is_code(coding.code):
                spanish = (language or "").partition("-")[0].lower() == _SPANISH
                asked = {
                    "mainSearchCriteria.v.cs": oid,
                    "mainSearchCriteria.v.c": coding.code,
                    "informationRecipient.languageCode.c": _SPANISH if spanish else "en",
                }
                return f"{_ADDRESS}?{urlencode(asked)}"
    return None
