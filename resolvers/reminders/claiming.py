"""Who sends a reminder: decided by the database, so that any number of processes can look for due ones at once.

A claim is a conditional write on the reminder's one id. It is held for a lease: when its process is killed, another takes it over
after that. What was delivered is noted per account, so that who takes over goes on where the first one stopped.
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from models.identity import new_id
from models.reminder import Reminder, ReminderOutcome
from resolvers.ports import Session
from resolvers.reminders.finding import DueReminder

LEASE = timedelta(minutes=2)
"""Far longer than a mail server is waited for."""

_KEPT = timedelta(days=30)
_PAUSES = (1, 2, 5, 10, 30)
"""Minutes until the next try after a mail server said "later"."""


async def claim(due: DueReminder, instant: datetime) -> Reminder | None:
    """The reminder, to be sent by the caller alone until ``lease_until``; None where it is another's, or done."""
    free: dict[str, Any] = {"_id": due.id, "finished_at": None, "lease_until": {"$lte": instant}}
    made = {
        "revision": 1,
        "created_at": instant,
        "appointment_id": due.appointment_id,
        "patient_id": due.patient_id,
        "start": due.start,
        "minutes_before": due.minutes_before,
        "told": [],
        "refused": [],
        "outcome": None,
        "expires_at": due.start + _KEPT,
    }
    taken = {"claim": new_id(), "lease_until": instant + LEASE, "updated_at": instant}
    try:
        row = await _rows().find_one_and_update(
            free,
            {"$set": taken, "$setOnInsert": made, "$inc": {"attempts": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
    except DuplicateKeyError:  # it is there, and not free
        return None
    reminder: Reminder = Reminder.model_validate(row)
    return reminder


async def keep(reminder: Reminder, instant: datetime) -> bool:
    """Before each mail: whether the claim still is the caller's, from now for another lease. A process may have slept."""
    kept = await _rows().update_one(_held(reminder), {"$set": {"lease_until": instant + LEASE, "updated_at": instant}})
    return kept.matched_count == 1


async def note_delivery(reminder: Reminder, account_id: str, instant: datetime, *, taken: bool) -> None:
    """``taken``: the mail server has it; otherwise it does not want it, ever."""
    field = "told" if taken else "refused"
    await _rows().update_one(_held(reminder), {"$addToSet": {field: account_id}, "$set": {"updated_at": instant}})


async def put_off(reminder: Reminder, instant: datetime) -> None:
    """For another try, by anybody, after a pause."""
    pause = timedelta(minutes=_PAUSES[min(reminder.attempts, len(_PAUSES)) - 1])
    await _rows().update_one(_held(reminder), {"$set": {"lease_until": instant + pause, "updated_at": instant}})


async def finish(reminder: Reminder, outcome: ReminderOutcome, instant: datetime, session: Session) -> bool:
    """For good. False where the claim is not the caller's any more."""
    done = {"outcome": outcome.value, "finished_at": instant, "updated_at": instant}
    finished = await _rows().update_one(_held(reminder), {"$set": done, "$inc": {"revision": 1}}, session=session)
    return finished.matched_count == 1


def _held(reminder: Reminder) -> dict[str, Any]:
    return {"_id": reminder.id, "claim": reminder.claim, "finished_at": None}


def _rows() -> AsyncCollection[dict[str, Any]]:
    return Reminder.get_pymongo_collection()
