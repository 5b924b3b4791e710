"""What hangs on all coverages of a patient together: the order of benefits."""

from models.coverage import Coverage, CoverageBook, CoverageStatus
from models.values import Period
from resolvers.ports import Session
from resolvers.rows import ONE_BATCH
from resolvers.user_errors import Conflict, Rejected


async def open_book(session: Session, patient_id: str) -> None:
    """From here on whoever else opens the same patient's book waits, or is run again."""
    books = CoverageBook.get_pymongo_collection()
    await books.update_one({"_id": patient_id}, {"$inc": {"writes": 1}}, upsert=True, session=session)


async def must_have_room(session: Session, coverage: Coverage) -> None:
    """No other one of the same order holds at a time that this one does. The book must be open.

    What was there before is not looked at: imports and merges bring what they bring. Raises Rejected: Conflict.
    """
    if coverage.status is not CoverageStatus.ACTIVE:
        return
    within = {
        "patient_id": coverage.patient_id,
        "status": CoverageStatus.ACTIVE.value,
        "order": coverage.order.value,
        "_id": {"$ne": coverage.id},
    }
    others = await Coverage.find(within, session=session, batch_size=ONE_BATCH).to_list()
    if any(overlap(coverage.period, other.period) for other in others):
        message = f"Another {coverage.order.value.lower()} coverage holds at this time: end it, or choose another order."
        raise Rejected(Conflict(message=message, code="COVERAGE_OVERLAP", path=["order"]))


def overlap(left: Period, right: Period) -> bool:
    """Half-open: one may begin where the other ends."""
    return _begins_before_end(left, right) and _begins_before_end(right, left)


def _begins_before_end(one: Period, other: Period) -> bool:
    return one.start is None or other.end is None or one.start < other.end
