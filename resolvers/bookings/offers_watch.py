"""What the waiting list needs done beside the requests: offers that have ended go on to the next, and people hear of theirs.

Any number of processes may do it at once: each step is a conditional update.
"""

from functools import partial

from models.account import Account, AccountStatus
from models.appointment import Appointment, AppointmentStatus, CancelledBy
from resolvers.bookings.existing import read_visit
from resolvers.bookings.waiting_line import withdraw
from resolvers.busy_time import Taken
from resolvers.context import RequestContext
from resolvers.ports import Mail, Session
from resolvers.transactions import transact
from resolvers.user_errors import Rejected

_AT_ONCE = 100


async def pass_on_expired(context: RequestContext) -> int:
    """Gives slots whose hold has ended to the next in line. The number of them."""
    expired = {"waitlist.offer.expires_at": {"$type": "date", "$lte": context.access.instant}}
    found = await Appointment.find(expired).limit(_AT_ONCE).to_list()
    passed = 0
    for visit in found:
        try:
            passed += await transact(context, partial(_pass_on, context, visit.id))
        except (Rejected, Taken):
            continue  # somebody else was at it; the next round sees what is left
    return passed


async def _pass_on(context: RequestContext, appointment_id: str, session: Session) -> int:
    visit = await read_visit(session, appointment_id, None)
    offer = visit.waitlist.offer if visit.waitlist else None
    if visit.status is not AppointmentStatus.WAITLISTED or offer is None or offer.expires_at > context.access.instant:
        return 0
    await withdraw(context, session, visit, CancelledBy.SYSTEM)
    return 1


async def tell_of_offers(context: RequestContext) -> int:
    """Mails those to whom something is offered: that there is something, not what. The number of mails."""
    told = 0
    while told < _AT_ONCE:
        visit = await Appointment.get_pymongo_collection().find_one_and_update(
            {"waitlist.offer.expires_at": {"$type": "date", "$gt": context.access.instant}, "waitlist.offer.told": False},
            {"$set": {"waitlist.offer.told": True}},
            projection={"patient_id": 1},
        )
        if visit is None:
            break
        account = await Account.find_one({"patient_id": visit["patient_id"], "status": AccountStatus.ACTIVE.value})
        if account is not None:
            await context.ports.mailer.send(_mail(account.email))
        told += 1
    return told


def _mail(email: str) -> Mail:
    text = "A time has become free for you at the clinic. It is held for you for a while: sign in to the portal to take it."
    return Mail(to=email, subject="A time has become free", text=text)
