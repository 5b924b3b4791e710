"""Vital signs, with what is usual at each age."""

from dataclasses import dataclass

from ohms_graphql.demo.data.codes import loinc
from ohms_graphql.demo.data.laboratory import LabTest, row


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """What is usual up to an age. ``pressure`` is systolic and diastolic; nobody takes it of a healthy toddler."""

    up_to_age: int
    heart_rate: LabTest
    pressure: tuple[LabTest, LabTest] | None


def _heart_rate(normal: str, critical: str, mean: float) -> LabTest:
    return row("Heart rate", "8867-4", "/min", normal, critical, mean, 8)


def _pressure(systolic: str, diastolic: str, means: tuple[float, float], spread: float) -> tuple[LabTest, LabTest]:
    return (
        row("Systolic blood pressure", "8480-6", "mm[Hg]", systolic, "60..200", means[0], spread),
        row("Diastolic blood pressure", "8462-4", "mm[Hg]", diastolic, "35..120", means[1], spread * 0.7),
    )


BY_AGE: tuple[VitalSigns, ...] = (
    VitalSigns(0, _heart_rate("100..160", "70..220", 130), None),
    VitalSigns(2, _heart_rate("90..150", "60..210", 115), None),
    VitalSigns(12, _heart_rate("70..120", "45..180", 92), _pressure("80..120", "45..80", (100, 62), 6)),
    VitalSigns(200, _heart_rate("60..100", "35..150", 74), _pressure("90..129", "60..84", (117, 74), 8)),
)


def usual_at(age: int) -> VitalSigns:
    return next(signs for signs in BY_AGE if age <= signs.up_to_age)


BLOOD_PRESSURE = loinc("Blood pressure panel with all children optional", "85354-9")
BODY_WEIGHT = loinc("Body weight", "29463-7")
BODY_HEIGHT = loinc("Body height", "8302-2")
BODY_TEMPERATURE = row("Body temperature", "8310-5", "Cel", "36.1..37.7", "33.0..41.0", 36.7, 0.25, 1)
SMOKING_STATUS = loinc("Tobacco smoking status NHIS", "72166-2")
PHQ9 = row("Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]", "44261-6", "{score}", "..4", "..", 8, 3)
