"""Who owes what of a charge.

In this order: contractual adjustment, deductible, copay and coinsurance, out-of-pocket maximum, and then the second plan.
"""

from dataclasses import dataclass

from models.invoice import ResponsibilityStep
from models.money import Money
from ohms_graphql.demo.data.plans import Plan


@dataclass
class PlanYear:
    """What is left of a plan's limits in one calendar year; visits use it up in their order."""

    deductible_left: int
    out_of_pocket_left: int


@dataclass(frozen=True, slots=True)
class Shares:
    """``adjustment + insurance + patient`` is the charge, in minor units."""

    adjustment: int
    insurance: int
    patient: int
    steps: tuple[ResponsibilityStep, ...]


def share(charge: int, plan: Plan | None, second: Plan | None, year: PlanYear, *, preventive: bool) -> Shares:
    steps = [_step("Charge", "sum of the lines", charge, charge)]
    if plan is None:
        return Shares(0, 0, charge, tuple(steps))
    adjustment = _percent(charge, plan.discount)
    allowed = charge - adjustment
    steps.append(_step("Contractual adjustment", f"{plan.discount}% by contract with {plan.payer}", -adjustment, allowed))
    patient, deductible, rule = (0, 0, "preventive care is paid in full") if preventive else _first_plan(allowed, plan, year)
    steps.append(_step(f"Paid by {plan.payer}", rule, patient - allowed, patient))
    if second is not None and patient > deductible:
        paid = patient - deductible - _percent(patient - deductible, second.coinsurance)
        patient -= paid
        rule = f"{100 - second.coinsurance}% of what the first plan leaves, but for its deductible"
        steps.append(_step(f"Paid by {second.payer}", rule, -paid, patient))
    return Shares(adjustment, allowed - patient, patient, tuple(steps))


def _first_plan(allowed: int, plan: Plan, year: PlanYear) -> tuple[int, int, str]:
    """The patient's part, the deductible within it, and why."""
    deductible = min(allowed, year.deductible_left)
    copay = min(allowed - deductible, plan.copay)
    coinsurance = _percent(allowed - deductible - copay, plan.coinsurance)
    patient = min(deductible + copay + coinsurance, year.out_of_pocket_left)
    year.deductible_left -= deductible
    year.out_of_pocket_left -= patient
    parts = [("deductible", deductible), ("copay", copay), (f"coinsurance of {plan.coinsurance}%", coinsurance)]
    told = ", ".join(f"{label} {_usd(cents).formatted}" for label, cents in parts if cents)
    if patient < deductible + copay + coinsurance:
        told += ", up to the out-of-pocket maximum"
    return patient, min(deductible, patient), f"all but {told}" if told else "all of it"


def _percent(cents: int, percent: int) -> int:
    """Rounded half up, once."""
    return (cents * percent + 50) // 100


def _usd(cents: int) -> Money:
    return Money(minor_units=cents)


def _step(label: str, rule: str, amount: int, left: int) -> ResponsibilityStep:
    return ResponsibilityStep(label=label, rule=rule, amount=_usd(amount), running_total=_usd(left))
