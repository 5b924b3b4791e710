"""Insurance plans of insurers that do not exist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Amounts in US cents a plan year; ``discount`` is the contractual adjustment in percent of the charge.

    An out-of-pocket maximum of 0 is none.
    """

    payer: str
    name: str
    discount: int
    copay: int
    deductible: int
    coinsurance: int
    out_of_pocket_maximum: int


PLANS: tuple[Plan, ...] = (
    Plan("Halcyon Health Plan", "PPO Silver", 18, 2500, 0, 0, 400000),
    Plan("Halcyon Health Plan", "High Deductible Bronze", 18, 0, 60000, 20, 500000),
    Plan("Lanternlight Mutual", "HMO Basic", 24, 1500, 0, 10, 300000),
    Plan("Lanternlight Mutual", "PPO Gold", 24, 2000, 15000, 10, 250000),
)
SENIOR = Plan("Evergrove Senior Cover", "Part B style", 28, 0, 24000, 20, 800000)
SUPPLEMENT = Plan("Evergrove Senior Cover", "Supplement G", 0, 0, 0, 0, 0)
"""Pays all that the senior plan leaves."""
SECOND = Plan("Quillstone Benefits", "Secondary 80", 0, 0, 0, 20, 0)
"""Pays all but a fifth of what is allowed, at most what the first plan leaves."""
