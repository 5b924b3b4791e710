"""What two patients both have and one cannot: settled with a note of what was there, or refused with what is to be done first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from beanie.odm.operators.find.comparison import In

from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.coverage import Coverage, CoverageOrder, CoverageStatus
from models.patient_merge import ChangedField
from models.values import Period
from resolvers.patient_merge.moving import Move, named
from resolvers.patient_merge.taken_time import overlaps
from resolvers.scheduling.span import Span
from resolvers.user_errors import Conflict, InvalidInput, OverlappingVisits, Rejected

MOST_SHOWN = 20
_ORDERS = list(CoverageOrder)


class AccountOf(StrEnum):
    """Whose account signs in for the patient afterwards."""

    KEEP = "KEEP"
    MERGE = "MERGE"


@dataclass(frozen=True, slots=True)
class Waiting:
    provider_id: str
    visit_type_id: str | None


async def settle(move: Move, account_of: AccountOf | None) -> list[ChangedField]:
    """Before anything moves. What was changed, to be set back. Raises Rejected."""
    await _must_not_overlap(move)
    await _must_not_wait_twice(move)
    return [*await _one_account(move, account_of), *await _one_open_grant(move), *await _coverages_in_order(move)]


async def set_back(move: Move, changed: list[ChangedField]) -> None:
    """After everything has moved back: where it is still as the merge made it."""
    documents: dict[str, type[StoredDocument]] = {
        each.get_collection_name(): each for each in (Account, BreakGlassGrant, Coverage)
    }
    for change in changed:
        rows = documents[change.collection].get_pymongo_collection()
        within = {"_id": change.document_id, change.field: change.after}
        update = {"$set": {change.field: change.before, "updated_at": move.instant}, "$inc": {"revision": 1}}
        await rows.update_one(within, update, session=move.session)


async def _must_not_overlap(move: Move) -> None:
    found: list[Span] = await overlaps(move.session, move.target, move.source, move.instant)
    if found:
        message = f"Both have visits at the same time, {len(found)} of them not over yet: cancel or move one of each first."
        raise Rejected(OverlappingVisits(message=message, path=["merge"], periods=found[:MOST_SHOWN]))


async def _must_not_wait_twice(move: Move) -> None:
    both = In(Appointment.patient_id, [move.source, move.target])
    waiting = await Appointment.find(both, {"status": AppointmentStatus.WAITLISTED.value}, session=move.session).to_list()
    wanted = {
        patient_id: {Waiting(each.provider_id, each.visit_type_id) for each in waiting if each.patient_id == patient_id}
        for patient_id in (move.source, move.target)
    }
    twice = len(wanted[move.source] & wanted[move.target])
    if twice:
        message = f"Both are on the waiting list for the same, {twice} times: cancel one of each first."
        raise Rejected(Conflict(message=message, code="BOTH_WAITING", path=["merge"]))


async def _one_account(move: Move, account_of: AccountOf | None) -> list[ChangedField]:
    accounts = await Account.find(named(move.source, move.target), session=move.session).to_list()
    if len(accounts) < 2:
        return []
    if account_of is None:
        message = "Both have an account: say whose signs in for the patient from now on."
        raise Rejected(InvalidInput(message=message, code="BOTH_HAVE_ACCOUNTS", path=["keepAccountOf"]))
    loser_of = move.source if account_of is AccountOf.KEEP else move.target
    loser = next(account for account in accounts if account.patient_id == loser_of)
    return [await _change(move, Account, loser.id, "patient_id", loser_of, None)]


async def _one_open_grant(move: Move) -> list[ChangedField]:
    """A provider who broke the glass for both has one open grant; both stay on the list for review."""
    grants = await BreakGlassGrant.find(
        In(BreakGlassGrant.patient_id, [move.source, move.target]), {"open_slot": {"$type": "string"}}, session=move.session
    ).to_list()
    taken = {grant.provider_id for grant in grants if grant.patient_id == move.target}
    changed = []
    for grant in grants:
        if grant.patient_id == move.source:
            slot = None if grant.provider_id in taken else f"{grant.provider_id}:{move.target}"
            changed.append(await _change(move, BreakGlassGrant, grant.id, "open_slot", grant.open_slot, slot))
    return changed


async def _coverages_in_order(move: Move) -> list[ChangedField]:
    """The kept patient's coverages keep their places; the merged one's of the same time go behind, as far as there are orders."""
    both = In(Coverage.patient_id, [move.source, move.target])
    found = await Coverage.find(both, {"status": CoverageStatus.ACTIVE.value}, session=move.session).to_list()
    placed = [coverage for coverage in found if coverage.patient_id == move.target]
    changed = []
    theirs = [coverage for coverage in found if coverage.patient_id == move.source]
    for coverage in sorted(theirs, key=lambda each: (_ORDERS.index(each.order), each.id)):
        taken = {other.order for other in placed if _overlap(other.period, coverage.period)}
        behind = _ORDERS[_ORDERS.index(coverage.order) :]
        order = next((each for each in behind if each not in taken), _ORDERS[-1])
        if order is not coverage.order and any(other.patient_id == move.target for other in placed):
            changed.append(await _change(move, Coverage, coverage.id, "order", coverage.order.value, order.value))
        placed.append(coverage.model_copy(update={"order": order}))
    return changed


def _overlap(left: Period, right: Period) -> bool:
    def before(end: Any, start: Any) -> bool:
        return end is not None and start is not None and end <= start

    return not before(left.end, right.start) and not before(right.end, left.start)


async def _change(
    move: Move, document: type[StoredDocument], document_id: str, field: str, before: str | None, after: str | None
) -> ChangedField:
    rows = document.get_pymongo_collection()
    await rows.update_one({"_id": document_id}, {"$set": {field: after}, "$inc": {"revision": 1}}, session=move.session)
    return ChangedField(
        collection=document.get_collection_name(), document_id=document_id, field=field, before=before, after=after
    )
