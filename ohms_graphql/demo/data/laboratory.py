"""Laboratory tests: units, reference ranges, critical bounds, and the spread of values that is seen."""

from dataclasses import dataclass
from decimal import Decimal

from models.record import Interpretation, ReferenceRange
from models.values import AdministrativeGender, CodeableConcept
from ohms_graphql.demo.data.codes import loinc

_Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class LabTest:
    """A measurement in the UCUM unit ``unit``. ``critical`` are the bounds beyond which somebody has to be called at once."""

    code: CodeableConcept
    unit: str
    normal: _Bounds
    critical: _Bounds
    mean: float
    spread: float
    digits: int = 0
    womens: _Bounds | None = None

    @property
    def key(self) -> str:
        """The LOINC code."""
        return self.code.codings[0].code

    def bounds(self, gender: AdministrativeGender) -> _Bounds:
        return self.womens if self.womens is not None and gender is AdministrativeGender.FEMALE else self.normal

    def range(self, gender: AdministrativeGender) -> ReferenceRange:
        low, high = self.bounds(gender)
        return ReferenceRange(low=low, high=high, unit=self.unit)

    def interpretation(self, value: Decimal, gender: AdministrativeGender) -> Interpretation:
        """LL and HH lie beyond the critical bounds, L and H outside the range; a bound itself is still inside."""
        (low, high), (least, most) = self.bounds(gender), self.critical
        if least is not None and value < least:
            return Interpretation.LL
        if most is not None and value > most:
            return Interpretation.HH
        if low is not None and value < low:
            return Interpretation.L
        return Interpretation.H if high is not None and value > high else Interpretation.N


def bounds(text: str) -> _Bounds:
    """``70..99``; either side may be missing."""
    low, _, high = text.partition("..")
    return (Decimal(low) if low else None, Decimal(high) if high else None)


def row(  # noqa: PLR0913  # of a table
    text: str, code: str, unit: str, normal: str, critical: str, mean: float, spread: float, digits: int = 0, *, womens: str = ""
) -> LabTest:
    return LabTest(
        loinc(text, code), unit, bounds(normal), bounds(critical), mean, spread, digits, bounds(womens) if womens else None
    )


@dataclass(frozen=True, slots=True)
class Panel:
    """``cents`` is what the clinic charges for it."""

    code: CodeableConcept
    cents: int
    tests: tuple[LabTest, ...]


POTASSIUM = row("Potassium [Moles/volume] in Serum or Plasma", "2823-3", "mmol/L", "3.5..5.1", "2.5..6.5", 4.2, 0.35, 1)
HEMOGLOBIN = row(
    "Hemoglobin [Mass/volume] in Blood", "718-7", "g/dL", "13.5..17.5", "7.0..20.0", 14.2, 1.1, 1, womens="12.0..15.5"
)
GLUCOSE = row("Glucose [Mass/volume] in Serum or Plasma", "2345-7", "mg/dL", "70..99", "45..450", 92, 9)
SODIUM = row("Sodium [Moles/volume] in Serum or Plasma", "2951-2", "mmol/L", "136..145", "120..160", 140, 2)
CREATININE = row(
    "Creatinine [Mass/volume] in Serum or Plasma", "2160-0", "mg/dL", "0.70..1.30", "..7.40", 0.95, 0.14, 2, womens="0.50..1.10"
)

PANELS: dict[str, Panel] = {
    "metabolic": Panel(
        loinc("Basic metabolic panel - Blood", "51990-0"),
        4800,
        (
            GLUCOSE,
            row("Urea nitrogen [Mass/volume] in Serum or Plasma", "3094-0", "mg/dL", "7..20", "..100", 14, 3.5),
            CREATININE,
            SODIUM,
            POTASSIUM,
            row("Chloride [Moles/volume] in Serum or Plasma", "2075-0", "mmol/L", "98..107", "80..120", 103, 2),
            row("Carbon dioxide, total [Moles/volume] in Serum or Plasma", "2028-9", "mmol/L", "22..29", "10..40", 25, 2),
            row("Calcium [Mass/volume] in Serum or Plasma", "17861-6", "mg/dL", "8.6..10.3", "6.0..13.0", 9.5, 0.35, 1),
        ),
    ),
    "lipids": Panel(
        loinc("Lipid panel with direct LDL - Serum or Plasma", "57698-3"),
        5200,
        (
            row("Cholesterol [Mass/volume] in Serum or Plasma", "2093-3", "mg/dL", "..199", "..", 182, 24),
            row("Triglyceride [Mass/volume] in Serum or Plasma", "2571-8", "mg/dL", "..149", "..1000", 115, 32),
            row("Cholesterol in HDL [Mass/volume] in Serum or Plasma", "2085-9", "mg/dL", "40..", "..", 53, 9, 0, womens="50.."),
            row(
                "Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay", "18262-6", "mg/dL", "..129", "..", 106, 20
            ),
        ),
    ),
    "a1c": Panel(
        loinc("Hemoglobin A1c panel - Blood", "55454-3"),
        3900,
        (row("Hemoglobin A1c/Hemoglobin.total in Blood", "4548-4", "%", "4.0..5.6", "..14.0", 5.3, 0.25, 1),),
    ),
    "blood-count": Panel(
        loinc("CBC panel - Blood by Automated count", "58410-2"),
        3600,
        (
            row("Leukocytes [#/volume] in Blood by Automated count", "6690-2", "10*3/uL", "4.5..11.0", "1.0..50.0", 7.1, 1.4, 1),
            row("Erythrocytes [#/volume] in Blood by Automated count", "789-8", "10*6/uL", "4.0..5.9", "..", 4.8, 0.35, 2),
            HEMOGLOBIN,
            row("Platelets [#/volume] in Blood by Automated count", "777-3", "10*3/uL", "150..400", "20..1000", 255, 45),
        ),
    ),
    "thyroid": Panel(
        loinc("Thyrotropin [Units/volume] in Serum or Plasma", "3016-3"),
        4200,
        (row("Thyrotropin [Units/volume] in Serum or Plasma", "3016-3", "m[IU]/L", "0.40..4.50", "..100.00", 2.1, 0.7, 2),),
    ),
    "iron": Panel(
        loinc("Ferritin [Mass/volume] in Serum or Plasma", "2276-4"),
        4100,
        (row("Ferritin [Mass/volume] in Serum or Plasma", "2276-4", "ng/mL", "24..336", "..", 105, 35, 0, womens="11..307"),),
    ),
    "urine-albumin": Panel(
        loinc("Microalbumin/Creatinine [Mass Ratio] in Urine", "14959-1"),
        4400,
        (row("Microalbumin/Creatinine [Mass Ratio] in Urine", "14959-1", "mg/g", "..29", "..", 12, 5),),
    ),
}
PHYSICAL_PANELS = ("metabolic", "lipids", "blood-count")

STREP_TEST = loinc("Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay", "78012-2")
STREP_TEST_CENTS = 2800
