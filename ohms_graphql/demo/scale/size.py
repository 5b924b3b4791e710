"""How large the clinic is."""

from dataclasses import dataclass
from math import isfinite

from ohms_graphql.errors import OhmsError

PROVIDERS = 500
"""Of the whole clinic, factor 1: with 100,000 patients, 1,000,000 appointments and 3,000,000 records."""
PATIENTS_EACH = 200
APPOINTMENTS_EACH = 2000
RECORDS_EACH = 6000
LEAST, MOST = 0.002, 10.0
_BUSY_DAYS_EACH = 1980
_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class Size:
    """Everything follows from the number of providers."""

    providers: int

    @classmethod
    def of(cls, factor: float) -> "Size":
        """Raises OhmsError for what is no size of a clinic."""
        if not isfinite(factor) or not LEAST <= factor <= MOST:
            raise OhmsError(f"--scale is {factor:g}; it must be from {LEAST:g} (one provider) to {MOST:g}.")
        return cls(max(1, round(PROVIDERS * factor)))

    @property
    def patients(self) -> int:
        return self.providers * PATIENTS_EACH

    @property
    def appointments(self) -> int:
        return self.providers * APPOINTMENTS_EACH

    @property
    def records(self) -> int:
        return self.providers * RECORDS_EACH

    @property
    def about(self) -> int:
        """How many documents there will be, nearly: how many busy days, chance tells."""
        return self.providers * (2 * PATIENTS_EACH + APPOINTMENTS_EACH + RECORDS_EACH + _BUSY_DAYS_EACH)

    @property
    def practices(self) -> int:
        return -(-self.providers // _TOGETHER)

    def practice(self, number: int) -> range:
        """The numbers of the providers of a practice, who see each other's patients."""
        return range(number * _TOGETHER, min(self.providers, (number + 1) * _TOGETHER))
