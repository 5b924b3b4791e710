"""What all new entries of the record have in common, checked, and inserting one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic_core import to_jsonable_python

from models.confidentiality import Confidentiality
from models.record import ClinicalNote, DocumentRecord, Record, RecordStatus, Release, ReleaseHold, ReleaseHoldReason
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.record_writing.new_record import insert_record
from resolvers.record_writing.treating import levels_of, must_treat
from resolvers.release.holding import new_hold
from resolvers.user_errors import InvalidInput, NotFound, Rejected

R = TypeVar("R", bound=Record)
Content = Mapping[str, Any]
"""The fields that a kind of entry adds to ``Record``, and its ``code``, by their stored names."""

Check = Callable[[Complaints, R, list[str], datetime], None]
"""Complains about an entry's content: where it stands in the input, and what time it is."""

Before = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAsked:
    reason: ReleaseHoldReason
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """``effective_at`` None: now. ``hold`` keeps it from the patient from the start. ``key``: idempotency."""

    patient_id: str
    appointment_id: str | None = None
    effective_at: datetime | None = None
    status: RecordStatus = RecordStatus.FINAL
    confidentiality: Confidentiality = Confidentiality.NORMAL
    hold: HoldAsked | None = None
    key: str | None = None

    def noted(self, content: Content) -> dict[str, Any]:
        """What tells one input from another (``resolvers.idempotency``)."""
        own = {name: getattr(self, name) for name in self.__slots__ if name not in {"key", "hold"}}
        hold = None if self.hold is None else [self.hold.reason, self.hold.until]
        found: dict[str, Any] = to_jsonable_python({**own, "hold": hold, "content": dict(content)})
        return found


async def begin(context: RequestContext, kind: type[R], entry: NewEntry, content: Content, check: Check[R]) -> R:
    """The entry as it would be stored, all of it checked.

    Raises Forbidden for accounts without a provider. Raises Rejected: NotFound for a patient not under the caller's care;
    else everything that is wrong, at once.
    """
    provider_id = await must_treat(context, entry.patient_id, ["patient"])
    instant = context.access.instant
    record = kind(
        patient_id=entry.patient_id,
        author_id=provider_id,
        appointment_id=entry.appointment_id,
        effective_at=entry.effective_at or instant,
        recorded_at=instant,
        version_at=instant,
        status=entry.status,
        confidentiality=entry.confidentiality,
        **content,
    )
    complaints = Complaints()
    await _check_entry(context, entry, kind, complaints)
    check(complaints, record, [], instant)
    hold = _hold(context, entry, complaints)
    complaints.check()
    record.release = Release(hold=hold)
    return record


async def insert(
    context: RequestContext, mutation: str, entry: NewEntry, record: Record, content: Content, before: Before | None = None
) -> str:
    """Inserts what ``begin`` made, in one transaction with what ``before`` does; its id. Raises Rejected."""

    async def work(session: Session) -> Answer:
        if before is not None:
            await before(session)
        await insert_record(context, session, record, sorted({"status", *content}))
        return {"record_id": record.id}

    answer = await once(context, mutation, entry.key, entry.noted(content), work)
    return str(answer["record_id"])


async def _check_entry(context: RequestContext, entry: NewEntry, kind: type[Record], complaints: Complaints) -> None:
    await check_level(context, complaints, kind, entry.patient_id, entry.confidentiality, ["confidentiality"])
    not_ahead(complaints, entry.effective_at, ["effectiveAt"], context.access.instant)
    if entry.appointment_id is not None:
        visit = await context.loaders.appointments.load(entry.appointment_id)
        if visit is None or visit.patient_id != entry.patient_id:
            complaints.found.append(NotFound(message="The patient has no such visit.", path=["appointment"]))


async def check_level(
    context: RequestContext, complaints: Complaints, kind: type[Record], patient_id: str, level: Confidentiality, path: list[str]
) -> None:
    if level is Confidentiality.VERY_RESTRICTED and kind not in (ClinicalNote, DocumentRecord):
        # Results, medications and diagnoses are no part of psychotherapy notes (45 CFR 164.501).
        complaints.add(path, "Only notes and documents are VERY_RESTRICTED: others who treat the patient need the rest.")
    elif level not in await levels_of(context, patient_id):
        message = f"You cannot write what is {level.value}."
        complaints.found.append(InvalidInput(message=message, code="CONFIDENTIALITY_NOT_YOURS", path=path))


def _hold(context: RequestContext, entry: NewEntry, complaints: Complaints) -> ReleaseHold | None:
    if entry.hold is None:
        return None
    try:
        return new_hold(context, entry.hold.reason, entry.hold.until, ["hold", "until"])
    except Rejected as rejection:
        complaints.found.extend(rejection.errors)
        return None


def not_ahead(complaints: Complaints, at: datetime | None, path: list[str], instant: datetime) -> None:
    if at is not None and at > instant:
        complaints.add(path, f"Is {at.isoformat()}; it cannot be in the future.")


def in_order(complaints: Complaints, start: datetime | None, end: datetime | None, path: list[str]) -> None:
    if start is not None and end is not None and end < start:
        complaints.add(path, "Ends before it begins.")
