"""Vaccines and allergies."""

from dataclasses import dataclass

from models.record import AllergyCategory
from models.values import CodeableConcept
from ohms_graphql.demo.data.codes import CVX, concept, snomed


def _vaccine(text: str, code: str) -> CodeableConcept:
    return concept(text, CVX, code)


INFLUENZA = _vaccine("Influenza, seasonal, injectable, preservative free", "140")
TDAP = _vaccine("Tdap", "115")
ZOSTER = _vaccine("Zoster recombinant", "187")
PNEUMOCOCCAL = _vaccine("Pneumococcal conjugate PCV20", "216")
HEPATITIS_B_ADULT = _vaccine("Hep B, adult", "43")
HPV = _vaccine("HPV9", "165")
MENINGOCOCCAL = _vaccine("Meningococcal MCV4P", "114")
VACCINE_CENTS = 3500

CHILDHOOD: tuple[tuple[CodeableConcept, tuple[int, ...]], ...] = (
    (_vaccine("Hep B, adolescent or pediatric", "08"), (0, 1, 6)),
    (_vaccine("DTaP", "20"), (2, 4, 6, 15, 50)),
    (_vaccine("IPV", "10"), (2, 4, 6, 50)),
    (_vaccine("Pneumococcal conjugate PCV 13", "133"), (2, 4, 6, 12)),
    (_vaccine("MMR", "03"), (12, 50)),
    (_vaccine("Varicella", "21"), (13, 51)),
    (_vaccine("Hep A, ped/adol, 2 dose", "83"), (12, 19)),
)
"""Vaccines and the months of age at which they are given."""


@dataclass(frozen=True, slots=True)
class Allergen:
    """``reactions`` are manifestations; ``severe`` says that the worst of them can come."""

    code: CodeableConcept
    category: AllergyCategory
    reactions: tuple[CodeableConcept, ...]
    severe: bool = False
    outgrown: bool = False


_HIVES = snomed("Urticaria", "126485001")
_ANAPHYLAXIS = snomed("Anaphylaxis", "39579001")
_RASH = snomed("Eruption of skin", "271807003")
_SWELLING = snomed("Swelling", "65124004")
_WHEEZING = snomed("Wheezing", "56018004")
_SNEEZING = snomed("Sneezing", "76067001")

NO_KNOWN_ALLERGIES = snomed("No known allergy", "716186003")
PENICILLIN = Allergen(snomed("Allergy to penicillin", "91936005"), AllergyCategory.MEDICATION, (_HIVES, _RASH), severe=True)
EGG = Allergen(snomed("Allergy to egg", "91930004"), AllergyCategory.FOOD, (_HIVES,), outgrown=True)
ALLERGENS: tuple[Allergen, ...] = (
    PENICILLIN,
    Allergen(snomed("Allergy to sulfonamide", "91939003"), AllergyCategory.MEDICATION, (_RASH,)),
    Allergen(snomed("Allergy to peanut", "91935009"), AllergyCategory.FOOD, (_ANAPHYLAXIS, _SWELLING), severe=True),
    Allergen(snomed("Allergy to shellfish", "300913006"), AllergyCategory.FOOD, (_SWELLING, _HIVES), severe=True),
    Allergen(snomed("Allergy to bee venom", "424213003"), AllergyCategory.ENVIRONMENT, (_SWELLING, _ANAPHYLAXIS), severe=True),
    Allergen(snomed("House dust mite allergy", "232350006"), AllergyCategory.ENVIRONMENT, (_SNEEZING, _WHEEZING)),
    Allergen(snomed("Allergy to grass pollen", "418689008"), AllergyCategory.ENVIRONMENT, (_SNEEZING,)),
    EGG,
)
