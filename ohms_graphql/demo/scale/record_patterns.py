"""Patterns of records: of each kind, and of each illness, vaccine and test that there are."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from random import Random

from models.record import (
    Allergy,
    AllergyStatus,
    ClinicalNote,
    Condition,
    ConditionStatus,
    Immunization,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    ObservationComponent,
    ObservationValue,
)
from models.record.results import ComponentValue
from models.values import AdministrativeGender, CodeableConcept, Quantity
from ohms_graphql.demo.cast import chance
from ohms_graphql.demo.data import prevention
from ohms_graphql.demo.data import vital_signs as known
from ohms_graphql.demo.data.codes import LABORATORY, PROGRESS_NOTE, TELEPHONE_NOTE, VITAL_SIGNS
from ohms_graphql.demo.data.illnesses import CHRONIC
from ohms_graphql.demo.data.laboratory import PANELS, LabTest
from ohms_graphql.demo.scale.patterns import pattern
from ohms_graphql.fhir.storage import Raw

_MEASUREMENTS = 40
"""Different values of a test, women's and men's each."""
_GROWN_UP = 40
_ADULT = known.usual_at(_GROWN_UP)
PANEL = PANELS["lipids"]
VITAL_SIGN_TESTS = (_ADULT.heart_rate, known.BODY_TEMPERATURE)
_TESTS = {test.key: test for test in (*PANEL.tests, *VITAL_SIGN_TESTS)}
_ILLNESSES = {illness.key: illness for illness in CHRONIC}
VACCINES = (prevention.INFLUENZA, prevention.TDAP, prevention.HEPATITIS_B_ADULT)


def _values(test: LabTest, gender: AdministrativeGender) -> list[Decimal]:
    luck = chance("scale", test.key, gender)
    return [Decimal(f"{max(luck.gauss(test.mean, test.spread), test.mean * 0.3):.{test.digits}f}") for _ in range(_MEASUREMENTS)]


def _measurement(test: LabTest, category: CodeableConcept, value: Decimal, gender: AdministrativeGender) -> Observation:
    return Observation(
        patient_id="",
        code=test.code,
        categories=[category],
        value=ObservationValue(quantity=Quantity(value=value, unit=test.unit, code=test.unit)),
        interpretations=[test.interpretation(value, gender)],
        reference_ranges=[test.range(gender)],
    )


@lru_cache(maxsize=64)
def measurements(key: str, gender: AdministrativeGender) -> Sequence[Raw]:
    """The same test, by its code, with many values."""
    test = _TESTS[key]
    category = VITAL_SIGNS if test in VITAL_SIGN_TESTS else LABORATORY
    made = [_measurement(test, category, value, gender) for value in _values(test, gender)]
    return [pattern(one) for one in made if not one.critical]


@lru_cache(maxsize=8)
def pressures(gender: AdministrativeGender) -> Sequence[Raw]:
    tests = _ADULT.pressure or ()
    made = []
    for pair in zip(*(_values(test, gender) for test in tests), strict=True):
        parts = [
            ObservationComponent(
                code=test.code,
                value=ComponentValue(quantity=Quantity(value=value, unit=test.unit, code=test.unit)),
                interpretations=[test.interpretation(value, gender)],
            )
            for test, value in zip(tests, pair, strict=True)
        ]
        made.append(Observation(patient_id="", code=known.BLOOD_PRESSURE, categories=[VITAL_SIGNS], components=parts))
    return [pattern(one) for one in made if not one.critical]


def vital_sign(gender: AdministrativeGender, luck: Random) -> Raw:
    """A pulse or a temperature."""
    return luck.choice(measurements(luck.choice(VITAL_SIGN_TESTS).key, gender))


@lru_cache(maxsize=1)
def lab_report() -> Raw:
    return pattern(LabReport(patient_id="", code=PANEL.code, categories=[LABORATORY]))


@lru_cache(maxsize=2)
def note(*, by_telephone: bool) -> Raw:
    return pattern(ClinicalNote(patient_id="", code=TELEPHONE_NOTE if by_telephone else PROGRESS_NOTE, text=""))


@lru_cache(maxsize=64)
def condition(key: str) -> Raw:
    """By the key of the illness."""
    illness = _ILLNESSES[key]
    active = ConditionStatus.ACTIVE
    return pattern(Condition(patient_id="", code=illness.code, clinical_status=active, confidentiality=illness.confidentiality))


@lru_cache(maxsize=64)
def medication(key: str, *, penicillin_allergy: bool) -> tuple[Raw, str] | None:
    """What is taken for an illness, by its key, and how."""
    illness = _ILLNESSES[key]
    drug = illness.first_choice(_GROWN_UP, penicillin_allergy=penicillin_allergy)
    if drug is None:
        return None
    made = Medication(
        patient_id="",
        code=drug.code,
        request_status=MedicationStatus.ACTIVE,
        reasons=[illness.code],
        confidentiality=illness.confidentiality,
    )
    return pattern(made), drug.dosage


@lru_cache(maxsize=8)
def immunization(vaccine: int) -> Raw:
    return pattern(Immunization(patient_id="", code=VACCINES[vaccine]))


@lru_cache(maxsize=2)
def allergy(*, to_penicillin: bool) -> Raw:
    code = prevention.PENICILLIN.code if to_penicillin else prevention.NO_KNOWN_ALLERGIES
    categories = [prevention.PENICILLIN.category] if to_penicillin else []
    return pattern(Allergy(patient_id="", code=code, clinical_status=AllergyStatus.ACTIVE, categories=categories))
