"""What the demo's plans pay: its numbers, worked out as every invoice's are (``resolvers.billing.responsibility``)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ohms_graphql.demo.billing.coverages import Insured
from ohms_graphql.demo.data.plans import Plan
from resolvers.billing.responsibility import PlanTerms, Use


@dataclass
class PlanYear:
    """What is left of a plan's limits in one calendar year; visits use it up in their order."""

    deductible_left: int
    out_of_pocket_left: int | None

    @classmethod
    def begun(cls, plan: Plan) -> "PlanYear":
        return cls(plan.deductible, plan.out_of_pocket_maximum or None)

    def terms(self, insured: Insured, on: date, *, preventive: bool) -> PlanTerms:
        """Preventive care is paid in full (45 CFR 147.130)."""
        plan = insured.plan
        return PlanTerms(
            coverage_id=insured.coverage.id,
            payer=plan.payer,
            in_force=True,
            covered=True,
            discount_percent=Decimal(plan.discount),
            deductible_left=0 if preventive else self.deductible_left,
            copay=0 if preventive else plan.copay,
            coinsurance_percent=Decimal(0 if preventive else plan.coinsurance),
            out_of_pocket_left=self.out_of_pocket_left,
            as_of=on,
        )

    def use(self, use: Use) -> None:
        self.deductible_left -= use.deductible
        if self.out_of_pocket_left is not None:
            self.out_of_pocket_left -= use.out_of_pocket
