"""Whether two codes mean the same ingredient: by code, never by name.

RxNorm ingredients (of the National Library of Medicine's prescribable content) beside SNOMED CT's substances and findings of
allergy. A small map of what people are most often allergic to; where a code is not in it, only the same code is the same.
"""

from collections.abc import Iterable

from models.values import Coding
from resolvers.clinical_codes.systems import RXNORM, SNOMED_CT

# RxNorm ingredient: SNOMED CT codes, the substance first, then the finding "allergy to ...", where it is a common one.
_SAME: dict[str, tuple[str, ...]] = {
    "161": ("387517004",),  # acetaminophen
    "519": ("387135004",),  # allopurinol
    "723": ("372687004", "294505008"),  # amoxicillin
    "733": ("387170002",),  # ampicillin
    "1191": ("387458008", "293586001"),  # aspirin
    "2002": ("387222003",),  # carbamazepine
    "2193": ("372670001",),  # ceftriaxone
    "2551": ("372840008",),  # ciprofloxacin
    "2582": ("372786004",),  # clindamycin
    "2670": ("387494007",),  # codeine
    "3640": ("372478003",),  # doxycycline
    "4053": ("372694001",),  # erythromycin
    "5224": ("372877000",),  # heparin
    "5489": ("372671002",),  # hydrocodone
    "5640": ("387207008",),  # ibuprofen
    "6387": ("387480006",),  # lidocaine
    "6922": ("372602008",),  # metronidazole
    "7052": ("373529000",),  # morphine
    "7258": ("372588000",),  # naproxen
    "7804": ("55452001",),  # oxycodone
    "7980": ("323389000",),  # penicillin G
    "7984": ("372725003",),  # penicillin V
    "8183": ("387220006",),  # phenytoin
    "10180": ("363528007",),  # sulfamethoxazole
    "10689": ("386858008",),  # tramadol
    "11124": ("372735009",),  # vancomycin
    "11289": ("372756006",),  # warfarin
    "18631": ("387531004",),  # azithromycin
    "21212": ("387487009",),  # clarithromycin
    "29046": ("386873009",),  # lisinopril
    "82122": ("387552007",),  # levofloxacin
}

_PENICILLINS = ("723", "733", "7980", "7984")

# What is an allergy to several at once: penicillin as a substance and as a finding of allergy.
_GROUPS: dict[str, tuple[str, ...]] = {
    "764146007": _PENICILLINS,
    "373270004": _PENICILLINS,
    "91936005": _PENICILLINS,
}

_INGREDIENT: dict[str, str] = {code: ingredient for ingredient, codes in _SAME.items() for code in codes}


def ingredients_of(codings: Iterable[Coding]) -> frozenset[tuple[str, str]]:
    """System and code of each ingredient that the codes mean, RxNorm's where it is known; a code not known is its own."""
    return frozenset(found for coding in codings for found in _of(coding))


def _of(coding: Coding) -> list[tuple[str, str]]:
    if coding.system == SNOMED_CT and coding.code in _GROUPS:
        return [(SNOMED_CT, coding.code), *((RXNORM, ingredient) for ingredient in _GROUPS[coding.code])]
    if coding.system == SNOMED_CT and coding.code in _INGREDIENT:
        return [(RXNORM, _INGREDIENT[coding.code])]
    return [(coding.system, coding.code)]
