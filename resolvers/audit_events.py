"""Reading the audit trail: page by page, an entry's part for each patient as a row of its own.

A page reads whole entries, two more than it has rows: all but the one that its cursor is in have something for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.audit_event import AuditEvent, AuditOutcome, part_of
from models.purpose_of_use import PurposeOfUse
from resolvers.access import Access
from resolvers.audit.log import Verification
from resolvers.audit_parts import about, own_trail, patients_shown
from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.pagination import Order, Page, PageRequest, decode_cursor, keyset, page_of
from resolvers.patient_merge.merged_into import merged_into
from resolvers.policy import restrict
from resolvers.queries import Filter, shown_page
from resolvers.rows import WHOLE, both, read_many


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCriteria:
    """``from_ <= at < to``."""

    patient: str | None = None
    """Of a patient, with what is about those who were merged into them."""
    actor: str | None = None
    action: str | None = None
    outcome: list[AuditOutcome] | None = None
    purpose: list[PurposeOfUse] | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        named = {"actor_id": self.actor, "action": self.action}
        within.update({name: value for name, value in named.items() if value is not None})
        if self.outcome is not None:
            within["outcome"] = {"$in": [outcome.value for outcome in self.outcome]}
        if self.purpose is not None:
            within["purpose"] = {"$in": [purpose.value for purpose in self.purpose]}
        bounds = {"$gte": self.from_, "$lt": self.to}
        given = {operator: instant for operator, instant in bounds.items() if instant is not None}
        return {**within, "at": given} if given else within


async def find_audit_events(
    context: RequestContext, criteria: AuditCriteria, order: Order, request: PageRequest
) -> Page[AuditEvent]:
    """Part by part, what the caller may see of the trail."""
    patient = criteria.patient
    asked = None if patient is None else [patient, *await merged_into([patient])]
    patients = await patients_shown(context.access, asked)
    return await _page(context.access, criteria.filter(), patients, order, request)


async def find_own_log(
    context: RequestContext, patient_id: str, criteria: AuditCriteria, order: Order, request: PageRequest
) -> Page[AuditEvent]:
    """The log of the patient that the caller is; of nobody else there is anything in it.

    Raises BadInput for ``action``, by which they could find what is not shown to them.
    """
    if criteria.action is not None:
        raise BadInput("The log is not filtered by action for patients.", ["where", "action"])
    access = context.access
    if patient_id not in access.own:
        return page_of([], order, request, _none)
    patients = frozenset(await own_trail(access))
    if criteria.patient is not None:
        patients &= {criteria.patient}
    return await _page(access, criteria.filter(), patients, order, request)


async def _page(
    access: Access, within: Filter, patients: frozenset[str] | None, order: Order, request: PageRequest
) -> Page[AuditEvent]:
    """``patients`` as ``patients_shown`` gives them."""
    if patients is not None:
        if not patients:
            return page_of([], order, request, _none)
        within = both(about(patients), within)
    visible = await restrict(AuditEvent, access, within)

    async def count() -> int:
        access.trail.counted(AuditEvent, patients if patients is not None and len(patients) == 1 else ())
        return await _count(visible, patients)

    walk, cursor = _start(order, request)
    if request.size == 0:
        return page_of([], order, request, count)
    skip = {} if cursor is None else keyset(walk, cursor.at, cursor.entry, inclusive=True)
    found = await read_many(AuditEvent, access, both(visible, skip), WHOLE, sort=walk.sort, limit=request.size + 2)
    step = -1 if walk.descending else 1
    parts = (part for event in found for part in event.parts(patients)[::step])
    rows = [part for part in parts if cursor is None or cursor.is_before(part, walk)]
    return shown_page(AuditEvent, access, page_of(rows[: request.size + 1], order, request, count))


@dataclass(frozen=True, slots=True)
class _Cursor:
    at: datetime
    entry: str
    index: int

    def is_before(self, part: AuditEvent, walk: Order) -> bool:
        entry, index = part_of(part.id)
        if entry != self.entry:
            return True  # the query has skipped the others
        return index < self.index if walk.descending else index > self.index


def _start(order: Order, request: PageRequest) -> tuple[Order, _Cursor | None]:
    """The direction to walk in, and after which part. Raises BadInput for what is no cursor of this connection."""
    walk = order.reversed() if request.backward else order
    if request.cursor is None:
        return walk, None
    argument = "before" if request.backward else "after"
    at, id_ = decode_cursor(order, request.cursor, argument)
    try:
        entry, index = part_of(id_)
    except ValueError as error:
        raise BadInput(f"{argument} is not a cursor of this connection.", [argument]) from error
    return walk, _Cursor(at, entry, index)


async def _count(visible: Filter, patients: frozenset[str] | None) -> int:
    if patients is not None and len(patients) == 1:  # of a patient an entry has one part
        return await AuditEvent.find(visible).count()
    parts = {"$ifNull": ["$about.patient_id", ["$patient_id"]]}
    those = {"$ifNull": ["$about", [None]]} if patients is None else {"$setIntersection": [parts, sorted(patients)]}
    stages: Sequence[dict[str, Any]] = [{"$match": visible}, {"$group": {"_id": None, "parts": {"$sum": {"$size": those}}}}]
    cursor = await AuditEvent.get_pymongo_collection().aggregate(stages)
    return sum([row["parts"] async for row in cursor])


async def _none() -> int:
    return 0


async def verify_trail(context: RequestContext, first: int | None, last: int | None) -> Verification:
    """Raises BadInput for bounds that hold nothing."""
    if first is not None and first < 0:
        raise BadInput(f"from is {first}; it must be at least 0.", ["from"])
    if last is not None and last < (first or 0):
        raise BadInput(f"to is {last}; it must be at least {first or 0}.", ["to"])
    return await context.ports.audit.verify(first, last)
