"""Who owes what of a charge, worked out from verified benefits, step by step. Pure.

In this order (../shared/RULES.md, "Money"): contractual adjustment, deductible, copay, coinsurance, out-of-pocket maximum; the
primary plan before the others. A later plan pays what it would have paid as the first one, at most what is left to the patient
(NAIC Coordination of Benefits Model Regulation, standard method).

Each step adds to a running total that begins with the charge and ends with the patient's part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.invoice import ResponsibilityStep
from models.money import Money
from resolvers.billing.splitting import percent_of

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What a coverage pays of one service, as far as it is known. Amounts in minor units; None is not known.

    ``in_force`` None: nobody has answered. ``covered`` false: the plan does not pay this service at all. ``as_of`` is when the
    payer was asked; ``deductible_left`` and ``out_of_pocket_left`` are less what later invoices have used up.
    """

    coverage_id: str
    payer: str
    check_id: str | None = None
    in_force: bool | None = None
    covered: bool | None = None
    discount_percent: Decimal = _ZERO
    deductible_left: int | None = None
    copay: int | None = None
    coinsurance_percent: Decimal | None = None
    out_of_pocket_left: int | None = None
    as_of: date | None = None
    stale: bool = False

    @property
    def known(self) -> bool:
        """Whether there is an answer that can be worked with: also that it pays nothing."""
        if self.in_force is False or self.covered is False:
            return True
        told = (self.deductible_left, self.copay, self.coinsurance_percent)
        return self.in_force is True and any(part is not None for part in told)

    @property
    def pays(self) -> bool:
        return self.known and self.in_force is True and self.covered is not False


@dataclass(frozen=True, slots=True)
class Use:
    """What a charge uses up of a plan year, in minor units."""

    terms: PlanTerms
    deductible: int
    out_of_pocket: int


@dataclass(frozen=True, slots=True)
class Shares:
    """``adjustment + insurance + patient`` is the charge, in minor units.

    ``known``: every plan that may pay has told its terms. ``stale``: one of them long ago.
    """

    adjustment: int
    insurance: int
    patient: int
    steps: tuple[ResponsibilityStep, ...]
    uses: tuple[Use, ...]
    known: bool
    stale: bool


@dataclass
class _Account:
    """The running total and the steps that led to it."""

    currency: str
    left: int = 0
    steps: list[ResponsibilityStep] = field(default_factory=list)

    def add(self, label: str, rule: str, minor_units: int) -> None:
        self.left += minor_units
        step = ResponsibilityStep(label=label, rule=rule, amount=self.money(minor_units), running_total=self.money(self.left))
        self.steps.append(step)

    def money(self, minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=self.currency)


@dataclass(frozen=True, slots=True)
class _Part:
    """The patient's part under one plan, were it the only one."""

    deductible: int
    copay: int
    coinsurance: int
    over: int
    """What the out-of-pocket maximum spares the patient."""

    @property
    def whole(self) -> int:
        return self.deductible + self.copay + self.coinsurance - self.over


def share(charge: int, plans: Sequence[PlanTerms], currency: str, *, insured: bool = True) -> Shares:
    """``plans`` in the order of benefits. ``charge`` is not negative. ``insured`` false: it is nothing that plans pay."""
    account = _Account(currency)
    account.add("Charge", "sum of the lines", charge)
    paying = [plan for plan in plans if plan.pays]
    unknown = [plan for plan in plans if not plan.known]
    for plan in plans:
        if not plan.pays:
            account.add(plan.payer, _why_not(plan), 0)
    if not paying or unknown:
        # A later plan cannot be worked out before the one in front of it.
        if not plans:
            why = "no coverage holds on that day" if insured else "plans do not pay this"
            account.add("No insurance", why, 0)
        return Shares(0, 0, charge, tuple(account.steps), (), not unknown, False)
    first, *later = paying
    adjustment = percent_of(charge, first.discount_percent)
    if adjustment:
        account.add("Contractual adjustment", f"{_percent(first.discount_percent)} by contract with {first.payer}", -adjustment)
    allowed = charge - adjustment
    part = _part(allowed, first)
    uses = [Use(first, part.deductible, part.whole)]
    account.add(f"Allowed by {first.payer}", _told(first), -allowed)
    for label, rule, amount in _parts(first, part, allowed, account):
        account.add(label, rule, amount)
    for plan in later:
        own = _part(allowed, plan)
        paid = min(allowed - own.whole, account.left)
        uses.append(Use(plan, own.deductible, own.whole))
        account.add(f"Paid by {plan.payer}", f"what it would pay as the first plan, at most what is left; {_told(plan)}", -paid)
    patient = account.left
    stale = any(plan.stale for plan in paying)
    return Shares(adjustment, allowed - patient, patient, tuple(account.steps), tuple(uses), True, stale)


def _part(allowed: int, plan: PlanTerms) -> _Part:
    deductible = min(allowed, plan.deductible_left or 0)
    copay = min(allowed - deductible, plan.copay or 0)
    coinsurance = percent_of(allowed - deductible - copay, plan.coinsurance_percent or _ZERO)
    whole = deductible + copay + coinsurance
    most = whole if plan.out_of_pocket_left is None else min(whole, plan.out_of_pocket_left)
    return _Part(deductible, copay, coinsurance, whole - most)


def _parts(plan: PlanTerms, part: _Part, allowed: int, account: _Account) -> Iterator[tuple[str, str, int]]:
    if part.deductible:
        left = account.money(plan.deductible_left or 0).formatted
        yield "Deductible", f"{left} of the plan year's is left to pay first", part.deductible
    if part.copay:
        yield "Copay", "a fixed amount for the visit", part.copay
    if part.coinsurance:
        base = account.money(allowed - part.deductible - part.copay).formatted
        percent = plan.coinsurance_percent or _ZERO
        yield "Coinsurance", f"{_percent(percent)} of {base}", part.coinsurance
    if part.over:
        left = account.money(plan.out_of_pocket_left or 0).formatted
        yield "Out-of-pocket maximum", f"at most {left} more in this plan year", -part.over


def _why_not(plan: PlanTerms) -> str:
    if plan.in_force is False:
        return "not in force, says the payer"
    if plan.covered is False:
        return "this service is not covered, says the payer"
    if plan.in_force is None:
        return "the payer has not answered: nothing is assumed"
    return "the payer has not told its benefits: nothing is assumed"


def _told(plan: PlanTerms) -> str:
    when = f"benefits as of {plan.as_of.isoformat()}" if plan.as_of else "benefits as told"
    return f"{when}, which is long ago" if plan.stale else when


def _percent(percent: Decimal) -> str:
    return f"{percent.normalize():f}%"
