"""What the demo's histories are made of: coded concepts, values and their ranges. No CPT: its descriptors are licensed."""

from dataclasses import dataclass
from decimal import Decimal

from models.record import Interpretation
from models.values import CodeableConcept, Coding

SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"


def concept(text: str, system: str, code: str, *others: tuple[str, str]) -> CodeableConcept:
    """``others`` are further (system, code) pairs of the same meaning."""
    codings = [Coding(system=system, code=code, display=text), *(Coding(system=s, code=c) for s, c in others)]
    return CodeableConcept(text=text, codings=codings)


def loinc(text: str, code: str) -> CodeableConcept:
    return concept(text, LOINC, code)


@dataclass(frozen=True, slots=True)
class Illness:
    """A condition, what is taken for it, and the least age that it is seen at."""

    code: CodeableConcept
    medication: CodeableConcept | None
    dosage: str = ""
    least_age: int = 0
    passes: bool = False


ILLNESSES: tuple[Illness, ...] = (
    Illness(
        concept("Type 2 diabetes mellitus", SNOMED, "44054006", (ICD10, "E11.9")),
        concept("Metformin hydrochloride 500 MG Oral Tablet", RXNORM, "861007"),
        "One tablet twice a day with meals",
        30,
    ),
    Illness(
        concept("Essential hypertension", SNOMED, "59621000", (ICD10, "I10")),
        concept("Lisinopril 10 MG Oral Tablet", RXNORM, "314076"),
        "One tablet every morning",
        25,
    ),
    Illness(
        concept("Asthma", SNOMED, "195967001", (ICD10, "J45.909")),
        concept("Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", RXNORM, "745679"),
        "Two puffs when short of breath",
        4,
    ),
    Illness(
        concept("Hyperlipidemia", SNOMED, "55822004", (ICD10, "E78.5")),
        concept("Atorvastatin 20 MG Oral Tablet", RXNORM, "617310"),
        "One tablet every evening",
        35,
    ),
    Illness(
        concept("Seasonal allergic rhinitis", SNOMED, "367498001", (ICD10, "J30.2")),
        concept("Loratadine 10 MG Oral Tablet", RXNORM, "311372"),
        "One tablet a day in the season",
        5,
    ),
    Illness(
        concept("Hypothyroidism", SNOMED, "40930008", (ICD10, "E03.9")),
        concept("Levothyroxine sodium 0.05 MG Oral Tablet", RXNORM, "966224"),
        "One tablet before breakfast",
        20,
    ),
    Illness(concept("Low back pain", SNOMED, "279039007", (ICD10, "M54.50")), None, least_age=18, passes=True),
    Illness(concept("Acute upper respiratory infection", SNOMED, "54398005", (ICD10, "J06.9")), None, passes=True),
    Illness(
        concept("Migraine", SNOMED, "37796009", (ICD10, "G43.909")),
        concept("Sumatriptan 50 MG Oral Tablet", RXNORM, "313165"),
        "One tablet at the first sign",
        12,
    ),
    Illness(
        concept("Gastroesophageal reflux disease", SNOMED, "235595009", (ICD10, "K21.9")),
        concept("Omeprazole 20 MG Delayed Release Oral Capsule", RXNORM, "198051"),
        "One capsule before breakfast",
        18,
    ),
    Illness(concept("Osteoarthritis of knee", SNOMED, "239873007", (ICD10, "M17.9")), None, least_age=45),
    Illness(concept("Acute otitis media", SNOMED, "3110003", (ICD10, "H66.90")), None, passes=True),
)

NO_KNOWN_ALLERGIES = concept("No known allergy", SNOMED, "716186003")
ALLERGENS: tuple[tuple[CodeableConcept, str], ...] = (
    (concept("Allergy to penicillin", SNOMED, "91936005"), "MEDICATION"),
    (concept("Allergy to peanut", SNOMED, "91935009"), "FOOD"),
    (concept("Allergy to sulfonamide", SNOMED, "91939003"), "MEDICATION"),
    (concept("Allergy to bee venom", SNOMED, "424213003"), "ENVIRONMENT"),
    (concept("Allergy to shellfish", SNOMED, "300913006"), "FOOD"),
)
REACTIONS: tuple[CodeableConcept, ...] = (
    concept("Urticaria", SNOMED, "126485001"),
    concept("Anaphylaxis", SNOMED, "39579001"),
    concept("Eruption of skin", SNOMED, "271807003"),
    concept("Swelling", SNOMED, "65124004"),
)
VACCINES: tuple[CodeableConcept, ...] = (
    concept("Influenza, seasonal, injectable, preservative free", CVX, "140"),
    concept("Tdap", CVX, "115"),
    concept("COVID-19, mRNA, bivalent", CVX, "300"),
    concept("Hepatitis B, adult", CVX, "43"),
    concept("Zoster recombinant", CVX, "187"),
)
PROCEDURES: tuple[CodeableConcept, ...] = (
    concept("Electrocardiographic procedure", SNOMED, "29303009"),
    concept("Spirometry", SNOMED, "127783003"),
    concept("Foot examination", SNOMED, "401191002"),
)


@dataclass(frozen=True, slots=True)
class Test:
    """A measurement: unit in UCUM, reference range, critical bounds, the spread of values seen, and digits after the point."""

    code: CodeableConcept
    unit: str
    low: Decimal
    high: Decimal
    critical_low: Decimal
    critical_high: Decimal
    mean: float
    spread: float
    digits: int

    def interpretation(self, value: Decimal) -> Interpretation:
        if value <= self.critical_low:
            return Interpretation.LL
        if value >= self.critical_high:
            return Interpretation.HH
        if value < self.low:
            return Interpretation.L
        return Interpretation.H if value > self.high else Interpretation.N


def _test(text: str, code: str, unit: str, bounds: str, mean: float, spread: float, digits: int = 0) -> Test:
    low, high, critical_low, critical_high = (Decimal(bound) for bound in bounds.split())
    return Test(loinc(text, code), unit, low, high, critical_low, critical_high, mean, spread, digits)


@dataclass(frozen=True, slots=True)
class Panel:
    code: CodeableConcept
    tests: tuple[Test, ...]


PANELS: tuple[Panel, ...] = (
    Panel(
        loinc("Basic metabolic panel", "51990-0"),
        (
            _test("Glucose", "2345-7", "mg/dL", "70 99 40 400", 105, 30),
            _test("Creatinine", "2160-0", "mg/dL", "0.60 1.30 0.20 5.00", 1.0, 0.25, 2),
            _test("Sodium", "2951-2", "mmol/L", "136 145 120 160", 140, 3),
            _test("Potassium", "2823-3", "mmol/L", "3.5 5.1 2.5 6.5", 4.2, 0.5, 1),
            _test("Calcium", "17861-6", "mg/dL", "8.6 10.3 6.0 13.0", 9.4, 0.5, 1),
        ),
    ),
    Panel(
        loinc("Lipid panel", "57698-3"),
        (
            _test("Total cholesterol", "2093-3", "mg/dL", "100 199 0 1000", 195, 35),
            _test("Triglycerides", "2571-8", "mg/dL", "0 149 -1 1000", 140, 50),
            _test("HDL cholesterol", "2085-9", "mg/dL", "40 90 0 200", 52, 12),
            _test("LDL cholesterol", "13457-7", "mg/dL", "0 99 -1 500", 115, 30),
        ),
    ),
    Panel(
        loinc("Hemoglobin A1c panel", "55454-3"),
        (_test("Hemoglobin A1c", "4548-4", "%", "4.0 5.6 2.0 14.0", 6.1, 1.1, 1),),
    ),
    Panel(
        loinc("CBC panel", "58410-2"),
        (
            _test("Hemoglobin", "718-7", "g/dL", "12.0 17.5 7.0 20.0", 14.2, 1.5, 1),
            _test("Leukocytes", "6690-2", "10*3/uL", "4.5 11.0 1.0 50.0", 7.2, 2.0, 1),
            _test("Platelets", "777-3", "10*3/uL", "150 400 20 1000", 250, 60),
        ),
    ),
)
SYSTOLIC = _test("Systolic blood pressure", "8480-6", "mm[Hg]", "90 129 60 200", 126, 14)
DIASTOLIC = _test("Diastolic blood pressure", "8462-4", "mm[Hg]", "60 84 40 120", 79, 9)
HEART_RATE = _test("Heart rate", "8867-4", "/min", "60 100 35 160", 76, 11)
BLOOD_PRESSURE = loinc("Blood pressure panel", "85354-9")
NOTE = loinc("Progress note", "11506-3")
LABORATORY = concept("Laboratory", "http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")
VITAL_SIGNS = concept("Vital signs", "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")
