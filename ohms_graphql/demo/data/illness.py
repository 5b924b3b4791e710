"""The shape of an illness in the demo, and the drugs and examinations that belong to illnesses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.record import Confidentiality
from models.values import CodeableConcept
from ohms_graphql.demo.data.codes import RXNORM, concept, snomed


@dataclass(frozen=True, slots=True)
class Drug:
    code: CodeableConcept
    dosage: str
    penicillin: bool = False
    least_age: int = 0


@dataclass(frozen=True, slots=True)
class Illness:
    """``share`` of the people between the ages have it; ``shifts`` move a test's mean (by LOINC code) or a vital sign's.

    ``first_choice`` of ``drugs`` is the first that the patient may take. ``asks``, ``finds`` and ``plans`` make the note.
    """

    key: str
    code: CodeableConcept
    reason: str
    asks: str
    finds: str
    plans: str
    share: float = 0.0
    least_age: int = 18
    most_age: int = 120
    specialty: str | None = None
    drugs: tuple[Drug, ...] = ()
    panels: tuple[str, ...] = ()
    procedure: CodeableConcept | None = None
    shifts: Mapping[str, float] = field(default_factory=dict)
    confidentiality: Confidentiality = Confidentiality.NORMAL
    heals_in_days: int | None = None
    fever: bool = False

    def first_choice(self, age: int, *, penicillin_allergy: bool) -> Drug | None:
        fitting = (drug for drug in self.drugs if age >= drug.least_age and not (drug.penicillin and penicillin_allergy))
        return next(fitting, None)


def _drug(text: str, code: str, dosage: str, *, penicillin: bool = False, least_age: int = 0) -> Drug:
    return Drug(concept(text, RXNORM, code), dosage, penicillin, least_age)


METFORMIN = _drug("metformin hydrochloride 500 MG Oral Tablet", "861007", "One tablet twice a day with meals")
LISINOPRIL = _drug("lisinopril 10 MG Oral Tablet", "314076", "One tablet every morning")
ATORVASTATIN = _drug("atorvastatin 20 MG Oral Tablet", "617310", "One tablet every evening")
LEVOTHYROXINE = _drug("levothyroxine", "10582", "50 micrograms every morning, half an hour before breakfast")
ALBUTEROL = _drug("200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "745679", "Two puffs when short of breath")
SALMETEROL = _drug(
    "60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler",
    "896209",
    "One puff morning and evening, then rinse the mouth",
)
LORATADINE = _drug("loratadine 10 MG Oral Tablet", "311372", "One tablet a day in the season", least_age=6)
OMEPRAZOLE = _drug("omeprazole 20 MG Delayed Release Oral Capsule", "198051", "One capsule before breakfast")
SUMATRIPTAN = _drug("sumatriptan", "37418", "50 mg at the first sign of an attack; once more after two hours if needed")
SERTRALINE = _drug("sertraline 50 MG Oral Tablet", "312941", "One tablet every morning")
APIXABAN = _drug("apixaban 5 MG Oral Tablet", "1364445", "One tablet morning and evening")
ALENDRONATE = _drug("alendronic acid 10 MG Oral Tablet", "904419", "One tablet a day, upright, with a full glass of water")
IRON = _drug("ferrous sulfate 325 MG Oral Tablet", "310325", "One tablet every other day with orange juice")
HYDROCORTISONE = _drug("hydrocortisone 10 MG/ML Topical Cream", "106258", "Thinly on the patches twice a day for a week")
ACETAMINOPHEN = _drug("acetaminophen 325 MG Oral Tablet", "313782", "Two tablets up to four times a day for pain", least_age=12)
AMOXICILLIN = _drug(
    "amoxicillin 500 MG Oral Capsule", "308191", "One capsule twice a day for ten days", penicillin=True, least_age=12
)
AZITHROMYCIN = _drug(
    "azithromycin 250 MG Oral Tablet", "308460", "Two tablets on the first day, then one a day for four days", least_age=12
)
NITROFURANTOIN = _drug(
    "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule",
    "1648755",
    "One capsule twice a day for five days",
)

ELECTROCARDIOGRAM = snomed("Electrocardiographic procedure", "29303009")
SPIROMETRY = snomed("Spirometry", "127783003")
FOOT_EXAMINATION = snomed("Diabetic foot examination", "401191002")
