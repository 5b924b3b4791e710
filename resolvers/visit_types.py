"""Making and changing visit types."""

from dataclasses import dataclass
from typing import Any

from models.confidentiality import Confidentiality
from models.money import Money
from models.value_object import ValueObject
from models.values import CodeableConcept
from models.visit_type import CancellationPolicy, VisitMode, VisitType
from resolvers.availability_rules import MOST_HORIZON_DAYS, MOST_NOTICE_MINUTES
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected

DURATION_MINUTES = (5, 1440)
INTERVAL_MINUTES = (5, 1440)
MOST_BUFFER_MINUTES = 240
MOST_MINOR_UNITS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTypeWish:
    """What was given; None is "not given". ``clear`` names fields that shall be empty again."""

    name: str | None = None
    duration_minutes: int | None = None
    buffer_before_minutes: int | None = None
    buffer_after_minutes: int | None = None
    slot_interval_minutes: int | None = None
    minimum_notice_minutes: int | None = None
    booking_horizon_days: int | None = None
    cancellation_policy: CancellationPolicy | None = None
    modes: list[VisitMode] | None = None
    price: Money | None = None
    code: CodeableConcept | None = None
    confidentiality: Confidentiality | None = None
    active: bool | None = None
    clear: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        """The fields given, as the document names them."""
        names = [name for name in self.__slots__ if name != "clear"]
        return {name: value for name in names if (value := getattr(self, name)) is not None} | dict.fromkeys(self.clear)


async def create_visit_type(context: RequestContext, wish: VisitTypeWish, key: str | None) -> VisitType:
    """Raises Rejected with InvalidInput for each field that cannot be used."""
    _check(wish)

    async def work(session: Session) -> Answer:
        visit_type = VisitType(**wish.given())
        await visit_type.insert(session=session)
        context.trail.changed("VisitType", visit_type.id, None, sorted(wish.given()))
        return {"id": visit_type.id}

    answer = await once(context, "createVisitType", key, _noted(wish), work)
    return await _read(answer["id"])


async def update_visit_type(
    context: RequestContext, visit_type_id: str, wish: VisitTypeWish, expected_revision: int | None, key: str | None
) -> VisitType:
    """Only what is given is written; visits that are booked stay as they are.

    Raises Rejected: NotFound, InvalidInput for each field, Conflict when it is no longer at ``expected_revision``.
    """
    if not wish.given():
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))
    _check(wish)

    async def work(session: Session) -> Answer:
        before = await VisitType.get(visit_type_id, session=session)
        if before is None:
            raise Rejected(_not_found())
        stored = stored_changes(VisitType, wish.given())
        revision = before.revision if expected_revision is None else expected_revision
        updated = await VisitType.get_pymongo_collection().update_one(
            {"_id": visit_type_id, "revision": revision},
            {"$set": {**stored, "revision": revision + 1, "updated_at": context.access.instant}},
            session=session,
        )
        if updated.matched_count == 0:
            message = f"The visit type is no longer at revision {revision}: read it again."
            raise Rejected(Conflict(message=message, path=["expectedRevision"]))
        context.trail.changed("VisitType", visit_type_id, None, sorted(stored))
        return {"id": visit_type_id}

    noted = {"id": visit_type_id, "revision": expected_revision, **_noted(wish)}
    await once(context, "updateVisitType", key, noted, work)
    return await _read(visit_type_id)


async def _read(visit_type_id: str) -> VisitType:
    visit_type = await VisitType.get(visit_type_id)
    if visit_type is None:
        raise Rejected(_not_found())
    return visit_type


def _noted(wish: VisitTypeWish) -> dict[str, Any]:
    return {name: value.model_dump() if isinstance(value, ValueObject) else value for name, value in wish.given().items()}


def _check(wish: VisitTypeWish) -> None:
    complaints = Complaints()
    complaints.text(["name"], wish.name, required=True)
    complaints.number(["durationMinutes"], wish.duration_minutes, *DURATION_MINUTES)
    complaints.number(["bufferBeforeMinutes"], wish.buffer_before_minutes, 0, MOST_BUFFER_MINUTES)
    complaints.number(["bufferAfterMinutes"], wish.buffer_after_minutes, 0, MOST_BUFFER_MINUTES)
    complaints.number(["slotIntervalMinutes"], wish.slot_interval_minutes, *INTERVAL_MINUTES)
    complaints.number(["minimumNoticeMinutes"], wish.minimum_notice_minutes, 0, MOST_NOTICE_MINUTES)
    complaints.number(["bookingHorizonDays"], wish.booking_horizon_days, 1, MOST_HORIZON_DAYS)
    if wish.modes is not None and (not wish.modes or len(set(wish.modes)) < len(wish.modes)):
        complaints.add(["modes"], "Give at least one, and each once.")
    _check_money(complaints, ["price", "minorUnits"], wish.price)
    if wish.cancellation_policy is not None:
        policy, path = wish.cancellation_policy, ["cancellationPolicy"]
        complaints.number([*path, "noticeMinutes"], policy.notice_minutes, 0, MOST_NOTICE_MINUTES)
        _check_money(complaints, [*path, "lateFee", "minorUnits"], policy.late_fee)
        _check_money(complaints, [*path, "noShowFee", "minorUnits"], policy.no_show_fee)
    if wish.code is not None:
        check_concept(complaints, wish.code, ["code"])
    complaints.check()


def check_concept(complaints: Complaints, concept: CodeableConcept, path: list[str]) -> None:
    complaints.text([*path, "text"], concept.text, required=True)
    complaints.items([*path, "codings"], concept.codings)
    for number, coding in enumerate(concept.codings):
        at = [*path, "codings", str(number)]
        complaints.text([*at, "system"], coding.system, required=True)
        complaints.text([*at, "code"], coding.code, required=True)
        complaints.text([*at, "display"], coding.display)


def _check_money(complaints: Complaints, path: list[str], money: Money | None) -> None:
    if money is not None:
        complaints.number(path, money.minor_units, 0, MOST_MINOR_UNITS)


def _not_found() -> NotFound:
    return NotFound(message="No such visit type.", path=["id"])
