"""Parts of amounts, in whole minor units: rounded once, and nothing lost."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

_HUNDRED = Decimal(100)


def percent_of(minor_units: int, percent: Decimal) -> int:
    """Half a unit is rounded away from zero, so that what is taken back equals what was given."""
    with localcontext(prec=60):
        return int((Decimal(minor_units) * percent / _HUNDRED).to_integral_value(ROUND_HALF_UP))


def split(minor_units: int, weights: Sequence[int]) -> list[int]:
    """``minor_units`` in proportion to ``weights``, by the largest remainder; the parts sum to it exactly.

    Weights are not negative. All zero: everything goes to the first. Raises ValueError when there is none.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be given and not be negative")
    whole = sum(weights)
    if whole == 0:
        return [minor_units] + [0] * (len(weights) - 1)
    sign = -1 if minor_units < 0 else 1
    parts = [abs(minor_units) * weight // whole for weight in weights]
    left = abs(minor_units) - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(abs(minor_units) * weights[place] % whole), place))
    for place in by_remainder[:left]:
        parts[place] += 1
    return [sign * part for part in parts]
