"""Checking what was measured: values, units, reference ranges, and how a value compares with its range."""

from collections.abc import Sequence
from decimal import Decimal

from models.record import Interpretation, ObservationValue, ReferenceRange
from models.values import Coding, Quantity
from resolvers.clinical_codes.checking import check_concept, check_unit
from resolvers.clinical_codes.vital_signs import units_of
from resolvers.complaints import Complaints

MAX_UNIT = 50
MAX_VALUE_TEXT = 2000
MAX_DIGITS = 30
"""MongoDB's decimals keep 34."""

_LARGEST = Decimal(10) ** 15
_KINDS = ("quantity", "concept", "text", "boolean", "at")


def check_value(complaints: Complaints, value: ObservationValue, codings: Sequence[Coding], path: list[str]) -> None:
    """``codings`` are those of what was measured: a vital sign has units of its own."""
    given = [name for name in _KINDS if getattr(value, name) is not None]
    if len(given) != 1:
        complaints.add(path, f"Has {len(given)} of {', '.join(_KINDS)}; exactly one is given.")
    if value.concept is not None:
        check_concept(complaints, value.concept, [*path, "concept"], text_alone=True)
    complaints.text([*path, "text"], value.text, most=MAX_VALUE_TEXT, required=True, lines=True)
    units = units_of(codings)
    if value.quantity is not None:
        _check_quantity(complaints, value.quantity, units, [*path, "quantity"])
    elif units:
        complaints.add([*path, "quantity"], f"This vital sign is measured in {' or '.join(units)}.")


def check_ranges(
    complaints: Complaints, ranges: Sequence[ReferenceRange], value: ObservationValue | None, path: list[str]
) -> None:
    complaints.items(path, ranges)
    quantity = None if value is None else value.quantity
    for place, reference in enumerate(ranges):
        here = [*path, str(place)]
        _check_number(complaints, reference.low, [*here, "low"])
        _check_number(complaints, reference.high, [*here, "high"])
        complaints.text([*here, "text"], reference.text)
        bounds = [bound for bound in (reference.low, reference.high) if bound is not None]
        if not bounds and reference.text is None:
            complaints.add(here, "Needs a bound or a text.")
        if len(bounds) == 2 and all(bound.is_finite() for bound in bounds) and bounds[1] < bounds[0]:
            complaints.add([*here, "high"], f"Is {bounds[1]}, below the low of {bounds[0]}.")
        if reference.unit is not None and quantity is not None and reference.unit not in (quantity.unit, quantity.code):
            complaints.add([*here, "unit"], "Must be the unit of the value.")


def interpreted(value: ObservationValue | None, ranges: Sequence[ReferenceRange]) -> list[Interpretation]:
    """L, H or N of a measured amount with one range to compare it with; nothing where there is more to know."""
    bounded = [reference for reference in ranges if reference.low is not None or reference.high is not None]
    if value is None or value.quantity is None or len(bounded) != 1:
        return []
    amount, reference = value.quantity.value, bounded[0]
    if not all(number.is_finite() for number in (amount, reference.low, reference.high) if number is not None):
        return []  # complained of
    if reference.contains(amount):
        return [Interpretation.N]
    return [Interpretation.L if reference.low is not None and amount < reference.low else Interpretation.H]


def check_interpretations(complaints: Complaints, found: Sequence[Interpretation], path: list[str]) -> None:
    if len(set(found)) != len(found) or (Interpretation.N in found and len(found) > 1):
        complaints.add(path, "Says two things that cannot both be, or one thing twice.")


def _check_quantity(complaints: Complaints, quantity: Quantity, units: tuple[str, ...], path: list[str]) -> None:
    _check_number(complaints, quantity.value, [*path, "value"])
    complaints.text([*path, "unit"], quantity.unit, most=MAX_UNIT, required=True)
    where = [*path, "unit" if quantity.code == quantity.unit else "code"]
    if units and quantity.code not in units:
        complaints.add(where, f"This vital sign is measured in {' or '.join(units)} (UCUM).")
    else:
        check_unit(complaints, quantity.code, where)


def _check_number(complaints: Complaints, number: Decimal | None, path: list[str]) -> None:
    if number is None:
        return
    if not number.is_finite() or number.copy_abs() >= _LARGEST or len(number.as_tuple().digits) > MAX_DIGITS or _is_tiny(number):
        complaints.add(path, f"Must be a number below 10^15 with at most {MAX_DIGITS} digits.")


def _is_tiny(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -MAX_DIGITS
