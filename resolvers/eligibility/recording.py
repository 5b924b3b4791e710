"""What staff were told of a coverage, on the telephone or a payer's own pages."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pydantic_core import to_jsonable_python

from models.coverage import BenefitRow, Benefits, Coverage, EligibilityCheck, EligibilityOutcome, EligibilitySource, Network
from models.money import Money
from resolvers.billing.working_out import work_out_drafts
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.coverage_writing.book import open_book
from resolvers.coverage_writing.rights import no_coverage, visible_coverage
from resolvers.eligibility.asking import check_service_type
from resolvers.eligibility.knowledge import GENERAL
from resolvers.idempotency import Answer, once
from resolvers.payers import check_percent
from resolvers.ports import Session
from resolvers.user_errors import Rejected

_MOST_MINOR_UNITS = 10**9
_MOST_MESSAGE = 2000
_LIMITS = (
    ("deductible", "deductibleRemaining", "deductible_remaining"),
    ("out_of_pocket_maximum", "outOfPocketRemaining", "out_of_pocket_remaining"),
)
_SHOWN_AS = {
    "deductible": "deductible",
    "deductible_remaining": "deductibleRemaining",
    "copay": "copay",
    "out_of_pocket_maximum": "outOfPocketMaximum",
    "out_of_pocket_remaining": "outOfPocketRemaining",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitsTold:
    """None is not told, which is not zero."""

    deductible: Money | None = None
    deductible_remaining: Money | None = None
    copay: Money | None = None
    coinsurance_percent: Decimal | None = None
    out_of_pocket_maximum: Money | None = None
    out_of_pocket_remaining: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``checked_at`` None: now."""

    coverage_id: str
    in_force: bool
    service_type: str = GENERAL
    network: Network = Network.ANY
    benefits: BenefitsTold | None = None
    reference: str | None = None
    message: str | None = None
    checked_at: datetime | None = None


async def record_verification(context: RequestContext, told: Told, key: str | None) -> str:
    """The id of the check. Raises Rejected: NotFound, InvalidInput for each field."""
    await visible_coverage(context, told.coverage_id, ["coverage"])
    _check(context, told)

    async def work(session: Session) -> Answer:
        return {"id": await _store(context, session, told)}

    noted = to_jsonable_python(told)
    answer = await once(context, "recordCoverageVerification", key, noted, work)
    return str(answer["id"])


async def _store(context: RequestContext, session: Session, told: Told) -> str:
    coverage = await Coverage.get(told.coverage_id, session=session)
    if coverage is None:
        raise Rejected(no_coverage(["coverage"]))
    await open_book(session, coverage.patient_id)
    benefits = _benefits(told.benefits)
    row = BenefitRow(service_type=told.service_type, network=told.network, covered=None, benefits=benefits or Benefits())
    check = EligibilityCheck(
        coverage_id=coverage.id,
        patient_id=coverage.patient_id,
        outcome=EligibilityOutcome.COMPLETE,
        in_force=told.in_force,
        answered_by=EligibilitySource.STAFF,
        service_type=told.service_type,
        checked_at=told.checked_at or context.ports.clock(),
        checked_by_id=context.principal.account_id,
        benefits=benefits,
        benefit_rows=[] if benefits is None else [row],
        message=told.message,
        reference=told.reference,
    )
    await check.insert(session=session)
    await work_out_drafts(session, coverage.patient_id, context.access.instant)
    context.trail.changed("EligibilityCheck", check.id, coverage.patient_id, ["outcome", "in_force", "benefits"])
    return check.id


def _benefits(told: BenefitsTold | None) -> Benefits | None:
    found = None if told is None else Benefits(**{name: getattr(told, name) for name in told.__slots__})
    return None if found == Benefits() else found


def _check(context: RequestContext, told: Told) -> None:
    complaints = Complaints()
    check_service_type(complaints, ["serviceType"], told.service_type)
    complaints.text(["reference"], told.reference, required=True)
    complaints.text(["message"], told.message, most=_MOST_MESSAGE, required=True, lines=True)
    if told.checked_at is not None and told.checked_at > context.access.instant:
        complaints.add(["checkedAt"], f"{told.checked_at.isoformat()} is in the future.")
    if told.benefits is not None:
        _check_benefits(complaints, told.benefits, context.loaders.currency)
        if not told.in_force and _benefits(told.benefits) is not None:
            complaints.add(["benefits"], "A coverage that is not in force has none.")
    complaints.check()


def _check_benefits(complaints: Complaints, told: BenefitsTold, currency: str) -> None:
    for name, shown in _SHOWN_AS.items():
        money: Money | None = getattr(told, name)
        if money is None:
            continue
        complaints.number(["benefits", shown, "minorUnits"], money.minor_units, 0, _MOST_MINOR_UNITS)
        if money.currency != currency:
            complaints.add(["benefits", shown, "currency"], f"Is {money.currency}; the clinic's is {currency}.")
    check_percent(complaints, ["benefits", "coinsurancePercent"], told.coinsurance_percent)
    for whole, shown, remaining in _LIMITS:
        limit, left = getattr(told, whole), getattr(told, remaining)
        if limit is not None and left is not None and left.minor_units > limit.minor_units:
            complaints.add(["benefits", shown], f"Is more than the whole, {limit.formatted}.")
