"""The units that vital signs are measured in, by LOINC code (FHIR R4, Vital Signs Profile)."""

from collections.abc import Iterable

from models.values import Coding
from resolvers.clinical_codes.systems import LOINC

_PRESSURE = ("mm[Hg]",)
_LENGTH = ("cm", "[in_i]")
_UNITS: dict[str, tuple[str, ...]] = {
    "9279-1": ("/min",),  # respiratory rate
    "8867-4": ("/min",),  # heart rate
    "2708-6": ("%",),  # oxygen saturation
    "59408-5": ("%",),  # oxygen saturation by pulse oximetry
    "8310-5": ("Cel", "[degF]"),  # body temperature
    "8302-2": _LENGTH,  # body height
    "9843-4": _LENGTH,  # head circumference
    "29463-7": ("g", "kg", "[lb_av]"),  # body weight
    "39156-5": ("kg/m2",),  # body mass index
    "8480-6": _PRESSURE,  # systolic
    "8462-4": _PRESSURE,  # diastolic
    "8478-0": _PRESSURE,  # mean
}


def units_of(codings: Iterable[Coding]) -> tuple[str, ...]:
    """The UCUM codes that a measurement with these codes may have; empty for what is no vital sign."""
    return next((_UNITS[coding.code] for coding in codings if coding.system == LOINC and coding.code in _UNITS), ())
