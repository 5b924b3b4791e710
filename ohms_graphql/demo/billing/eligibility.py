"""What insurers answered when they were asked. No answer is not "not covered"."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from models.coverage import (
    Benefits,
    Coverage,
    CoverageStatus,
    EligibilityCheck,
    EligibilityOutcome,
    EligibilitySource,
)
from models.money import Money
from ohms_graphql.demo.billing.coverages import Insured
from ohms_graphql.demo.cast import STAFF, chance, demo_id
from ohms_graphql.demo.data.plans import Plan

_OUTCOMES = (
    EligibilityOutcome.COMPLETE,
    EligibilityOutcome.ERROR,
    EligibilityOutcome.PARTIAL,
    EligibilityOutcome.QUEUED,
)
_MESSAGES = {
    EligibilityOutcome.ERROR: "The payer's system did not answer.",
    EligibilityOutcome.PARTIAL: "The payer confirms the coverage and says nothing about benefits.",
    EligibilityOutcome.QUEUED: "The payer will answer later.",
}


def checks(insured: Insured, anchor: datetime) -> Iterator[EligibilityCheck]:
    """Up to three, oldest first; some coverages were never asked about, some too long ago to rely on."""
    luck = chance("eligibility", insured.coverage.id)
    days = luck.choice([(), (3,), (12,), (25, 2), (48,), (75,), (130, 60, 9), (95, 20)])
    for number, ago in enumerate(days):
        at = (anchor - timedelta(days=ago)).replace(hour=15, minute=luck.randrange(60), second=luck.randrange(60), microsecond=0)
        if at > insured.coverage.created_at:
            yield _check(luck, insured, number, at)


def _check(luck: Random, insured: Insured, number: int, at: datetime) -> EligibilityCheck:
    coverage = insured.coverage
    outcome = luck.choices(_OUTCOMES, weights=[80, 10, 7, 3])[0]
    by_staff = outcome is EligibilityOutcome.COMPLETE and luck.random() < 0.15
    answered = outcome in {EligibilityOutcome.COMPLETE, EligibilityOutcome.PARTIAL}
    in_force = _in_force(coverage, at) if answered else None
    told = outcome is EligibilityOutcome.COMPLETE and in_force
    return EligibilityCheck(
        id=demo_id("EligibilityCheck", f"{coverage.id}-{number}"),
        created_at=at,
        updated_at=at,
        coverage_id=coverage.id,
        patient_id=coverage.patient_id,
        outcome=outcome,
        in_force=in_force,
        answered_by=EligibilitySource.STAFF if by_staff else EligibilitySource.PAYER,
        checked_at=at,
        checked_by_id=STAFF.account_id,
        benefits=_benefits(luck, insured.plan) if told else None,
        message="Told by telephone." if by_staff else _MESSAGES.get(outcome),
    )


def _in_force(coverage: Coverage, at: datetime) -> bool:
    return coverage.status is not CoverageStatus.ENTERED_IN_ERROR and coverage.period.contains(at)


def _benefits(luck: Random, plan: Plan) -> Benefits:
    left = luck.uniform(0, 1)
    return Benefits(
        deductible=Money(minor_units=plan.deductible),
        deductible_remaining=Money(minor_units=int(plan.deductible * left) // 100 * 100),
        copay=Money(minor_units=plan.copay),
        coinsurance_percent=Decimal(plan.coinsurance),
        out_of_pocket_maximum=Money(minor_units=plan.out_of_pocket_maximum),
        out_of_pocket_remaining=Money(minor_units=int(plan.out_of_pocket_maximum * (0.5 + left / 2)) // 100 * 100),
    )
