"""What a patient's coverages would pay of a service: their benefits as they are known, less what later invoices have used up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from beanie import SortDirection

from models.coverage import BenefitRow, Coverage, CoverageOrder, CoverageStatus, EligibilityCheck
from models.invoice import Invoice, InvoiceStatus
from models.money import Money
from models.payer import Payer, name_key
from resolvers.billing.responsibility import PlanTerms
from resolvers.eligibility.knowledge import is_stale, known_benefits
from resolvers.ports import Session

_HELD = [CoverageStatus.ACTIVE.value, CoverageStatus.CANCELLED.value]
_ORDERS = list(CoverageOrder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is to be paid for: X12 service type, on a day, in a currency."""

    patient_id: str
    service_type: str
    on: date
    currency: str


async def terms_for(session: Session, service: Service, instant: datetime) -> list[PlanTerms]:
    """Of the coverages that hold on the day, in the order of benefits; an ended one holds until its end. Four commands."""
    held = [each for each in await _coverages(session, service.patient_id) if _holds(each, service.on)]
    held.sort(key=lambda coverage: (_ORDERS.index(coverage.order), coverage.id))
    ids = [coverage.id for coverage in held]
    checks: dict[str, list[EligibilityCheck]] = defaultdict(list)
    for check in await EligibilityCheck.find({"coverage_id": {"$in": ids}}, session=session).to_list():
        checks[check.coverage_id].append(check)
    keys = [name_key(coverage.payer) for coverage in held]
    payers = {payer.name_key: payer for payer in await Payer.find({"name_key": {"$in": keys}}, session=session).to_list()}
    used = await _used(session, ids)
    return [
        _terms(coverage, checks[coverage.id], payers.get(name_key(coverage.payer)), used.get(coverage.id, []), service, instant)
        for coverage in held
    ]


async def _coverages(session: Session, patient_id: str) -> list[Coverage]:
    within = {"patient_id": patient_id, "status": {"$in": _HELD}}
    return await Coverage.find(within, session=session).sort([("_id", SortDirection.ASCENDING)]).to_list()


def _holds(coverage: Coverage, on: date) -> bool:
    """A cancelled coverage of which nobody knows when it ended holds no more."""
    ended = coverage.status is CoverageStatus.CANCELLED and coverage.period.end is None
    return not ended and coverage.period.contains(datetime.combine(on, time(12), UTC))


async def _used(session: Session, coverage_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What issued invoices used up: as stored, with when they were issued."""
    within = {
        "plan_uses.coverage_id": {"$in": list(coverage_ids)},
        "status": {"$in": [InvoiceStatus.ISSUED.value, InvoiceStatus.BALANCED.value]},
    }
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = Invoice.get_pymongo_collection().find(within, {"plan_uses": 1, "issued_at": 1}, session=session)
    async for row in rows:
        for use in row["plan_uses"]:
            found[use["coverage_id"]].append({**use, "issued_at": row["issued_at"]})
    return found


def _terms(
    coverage: Coverage,
    checks: list[EligibilityCheck],
    payer: Payer | None,
    used: list[dict[str, Any]],
    service: Service,
    instant: datetime,
) -> PlanTerms:
    discount = payer.discount_percent if payer is not None and payer.in_network else Decimal(0)
    in_network = payer is None or payer.in_network
    known = known_benefits(checks, service.service_type, in_network=in_network)
    if known is None:
        return PlanTerms(coverage_id=coverage.id, payer=coverage.payer, discount_percent=discount)
    check, row = known
    left = _Left(check, row, used, service)
    return PlanTerms(
        coverage_id=coverage.id,
        payer=coverage.payer,
        check_id=check.id,
        in_force=check.in_force,
        covered=row.covered,
        discount_percent=discount,
        deductible_left=left.of("deductible", row.benefits.deductible_remaining, row.benefits.deductible),
        copay=left.units(row.benefits.copay),
        coinsurance_percent=row.benefits.coinsurance_percent,
        out_of_pocket_left=left.of("out_of_pocket", row.benefits.out_of_pocket_remaining, row.benefits.out_of_pocket_maximum),
        as_of=check.checked_at.date(),
        stale=is_stale(check, instant),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    check: EligibilityCheck
    row: BenefitRow
    used: list[dict[str, Any]]
    service: Service

    def units(self, amount: Money | None) -> int | None:
        """None also for another currency: it cannot be worked with."""
        return None if amount is None or amount.currency != self.service.currency else amount.minor_units

    def of(self, kind: str, remaining: Money | None, whole: Money | None) -> int | None:
        """What is left of a limit: as told, less what was issued since.

        In another plan year than the answer's it is the whole, less all that was issued for that year.
        """
        year, told_at = self.service.on.year, self.check.checked_at
        asked_that_year = year == told_at.year
        told = self.units(remaining if asked_that_year and remaining is not None else whole)
        if told is None:
            return None
        used = 0
        for use in self.used:
            if use["plan_year"] == year and (use["issued_at"] >= told_at or not asked_that_year):
                used += int(use[kind]["minor_units"]) if use[kind]["currency"] == self.service.currency else 0
        return max(0, told - used)
