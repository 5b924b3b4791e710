"""Who is insured, by whom, through whom."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.coverage import Coverage, CoverageOrder, CoverageStatus, SubscriberRelationship
from models.patient import Patient
from models.values import Period
from ohms_graphql.demo.cast import PARENT_NUMBER, chance, demo_id
from ohms_graphql.demo.data.plans import PLANS, SECOND, SENIOR, SUPPLEMENT, Plan
from ohms_graphql.demo.households import Person

_UNINSURED = 0.07
_CANCELLED, _DRAFT, _WRONG = (17, 58), 29, 44


@dataclass(frozen=True, slots=True)
class Insured:
    """A coverage and the plan behind it."""

    coverage: Coverage
    plan: Plan


def insurance(person: Person, patients: list[Patient], anchor: datetime) -> list[Insured]:
    """The primary coverage first. A child is covered through the parent."""
    holder = person.number if person.parent is None else person.parent
    plans = _plans(holder, senior=person.age >= 65)
    return [_insured(person, plan, order, patients, anchor) for plan, order in zip(plans, CoverageOrder, strict=False)]


def _plans(holder: int, *, senior: bool) -> list[Plan]:
    luck = chance("plan", holder)
    if holder == 0:
        return [PLANS[3], SECOND]
    if luck.random() < _UNINSURED and holder != PARENT_NUMBER and holder not in {*_CANCELLED, _DRAFT, _WRONG}:
        return []
    if senior:
        return [SENIOR, SUPPLEMENT] if luck.random() < 0.4 else [SENIOR]
    first = luck.choice(PLANS)
    return [first, SECOND] if luck.random() < 0.06 else [first]


def _insured(person: Person, plan: Plan, order: CoverageOrder, patients: list[Patient], anchor: datetime) -> Insured:
    holder = patients[person.number if person.parent is None else person.parent]
    luck = chance("coverage", holder.mrn, order)
    member = f"{plan.payer[0]}{luck.randrange(10**8):08d}"
    start = datetime(anchor.year - luck.randrange(1, 5), 1, 1, tzinfo=UTC)
    cancelled = person.number in _CANCELLED
    added = max(person.registered, start) + timedelta(minutes=45)
    status = CoverageStatus.CANCELLED if cancelled else CoverageStatus.ACTIVE
    status = {_DRAFT: CoverageStatus.DRAFT, _WRONG: CoverageStatus.ENTERED_IN_ERROR}.get(person.number, status)
    end = (anchor - timedelta(days=70)).replace(day=1) if cancelled else None
    return Insured(
        Coverage(
            id=demo_id("Coverage", f"{person.number}-{order}"),
            created_at=added,
            updated_at=end or added,
            status=status,
            order=order,
            patient_id=person.id,
            payer=plan.payer,
            plan_name=plan.name,
            member_id=f"{member}-{1 if person.parent is None else 2 + person.number % 2:02d}",
            group_number=f"G{luck.randrange(10**5):05d}",
            subscriber=holder.name.text,
            relationship=SubscriberRelationship.CHILD if person.parent is not None else SubscriberRelationship.SELF,
            period=Period(start=start, end=end),
        ),
        plan,
    )
