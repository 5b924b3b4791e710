"""Keeping an entry of the record from its patient for a time, and ending that early (21st Century Cures Act, 45 CFR 171).

A hold has a typed reason, a provider and an end, and ends by itself. What has reached the patient may have been read: it is held
again only where reading it could do harm (45 CFR 171.201). Why: docs/decisions/0032-release-and-holds.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.confidentiality import Confidentiality
from models.record import Record, RecordStatus, Release, ReleaseHold, ReleaseHoldReason
from models.role import Role
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.idempotency import Answer, once
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.release.acting import seen_as
from resolvers.release.announcing import ANNOUNCED, announce
from resolvers.release.rows import part_of_report, write_release
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

LONGEST_HOLD = timedelta(days=90)
"""From now. Who has a reason to wait longer looks at it again by then, and renews the hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWish:
    record_id: str
    reason: ReleaseHoldReason
    until: datetime


async def hold_release(context: RequestContext, wish: HoldWish, key: str | None) -> str:
    """Holds an entry, or changes the hold that stands. The entry's id.

    Raises Forbidden for services and for accounts without a provider. Raises Rejected: InvalidInput for an end that is not ahead,
    or further than ``LONGEST_HOLD``, and for what has no release of its own; NotFound for what the caller does not see as a
    provider; Conflict for what the patient could read already, unless the reason is RISK_OF_HARM.
    """
    hold = new_hold(context, wish.reason, wish.until, ["until"])
    await _must_see(context, wish.record_id)

    async def work(session: Session) -> Answer:
        record = await stored_record(session, wish.record_id)
        _check_record(record, wish, context.access.instant)
        await write_release(session, record, Release(hold=hold), context.access.instant)
        context.trail.changed(type(record).__name__, record.id, record.patient_id, ["release"])
        return {"record_id": record.id}

    noted = {"record": wish.record_id, "reason": wish.reason, "until": wish.until}
    answer = await once(context, "holdRelease", key, noted, work)
    return str(answer["record_id"])


def new_hold(context: RequestContext, reason: ReleaseHoldReason, until: datetime, path: list[str]) -> ReleaseHold:
    """By the calling provider: for an entry that is about to be inserted (``prepare_release`` keeps it), too.

    ``path`` leads to the input's end of the hold. Raises as ``hold_release``.
    """
    provider_id = _provider(context)
    _check_end(until, context.access.instant, path)
    return ReleaseHold(reason=reason, until=until, by_id=provider_id)


async def end_hold(context: RequestContext, record_id: str, key: str | None) -> str:
    """Ends a hold before its time, by any provider who sees the entry. The entry's id.

    Raises as ``hold_release``; Conflict where no hold stands.
    """
    _provider(context)
    await _must_see(context, record_id)

    async def work(session: Session) -> Answer:
        record = await stored_record(session, record_id)
        if part_of_report(record) is not None:
            raise Rejected(_of_a_report())
        await end_now(context, session, record)
        return {"record_id": record.id}

    answer = await once(context, "endHold", key, {"record": record_id}, work)
    return str(answer["record_id"])


async def end_now(context: RequestContext, session: Session, record: Record) -> None:
    """The hold leaves its mark: who, why, and that it ended now. Raises Rejected: Conflict where none stands."""
    hold, instant = record.release.hold, context.access.instant
    if hold is None or record.release.released(instant):
        raise Rejected(Conflict(message="No hold stands.", path=["record"]))
    ended = ReleaseHold(reason=hold.reason, until=instant, by_id=hold.by_id)
    await write_release(session, record, Release(hold=ended), instant)
    context.trail.changed(type(record).__name__, record.id, record.patient_id, ["release"])
    await announce(context, session, record)


async def stored_record(session: Session, record_id: str) -> Record:
    """As it is inside the transaction. Raises Rejected: NotFound."""
    record = await Record.find_one({"_id": record_id}, with_children=True, session=session)
    if record is None:
        raise Rejected(_not_found())
    return record


def _provider(context: RequestContext) -> str:
    must_be_a_person(context)
    if context.principal.provider_id is None:
        raise Forbidden("The account is not linked to a provider.")
    return context.principal.provider_id


async def _must_see(context: RequestContext, record_id: str) -> None:
    if await seen_as(context, Role.PROVIDER, record_id) is None:
        raise Rejected(_not_found())


def _check_end(until: datetime, instant: datetime, path: list[str]) -> None:
    if until <= instant:
        message = f"until is {until.isoformat()}; it must be ahead."
        raise Rejected(InvalidInput(message=message, path=path))
    if until > instant + LONGEST_HOLD:
        message = f"until is {until.isoformat()}; a hold ends at most {LONGEST_HOLD.days} days from now, and can be renewed."
        raise Rejected(InvalidInput(message=message, path=path))


def _check_record(record: Record, wish: HoldWish, instant: datetime) -> None:
    if part_of_report(record) is not None:
        raise Rejected(_of_a_report())
    if record.status is RecordStatus.ENTERED_IN_ERROR or record.confidentiality is Confidentiality.VERY_RESTRICTED:
        raise Rejected(InvalidInput(message="This entry is not released to the patient at all.", path=["record"]))
    reached = record.status in ANNOUNCED and record.release.released(instant)
    if reached and wish.reason is not ReleaseHoldReason.RISK_OF_HARM:
        message = "The patient could read this already: it is held again only for RISK_OF_HARM."
        raise Rejected(Conflict(message=message, code="ALREADY_RELEASED", path=["record"]))


def _of_a_report() -> InvalidInput:
    return InvalidInput(message="An observation of a report is held and released with it: name the report.", path=["record"])


def _not_found() -> NotFound:
    return NotFound(message="No such entry of the record.", path=["record"])
