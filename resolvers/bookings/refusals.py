"""Why a time cannot be booked, and what can be booked instead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from resolvers.bookings.free_slots import next_free
from resolvers.bookings.ground import Ground
from resolvers.busy_time import busy_spans
from resolvers.context import RequestContext
from resolvers.scheduling.span import Span
from resolvers.user_errors import InvalidInput, Rejected, SlotUnavailable, UserError

_WITH_ALTERNATIVES = 5
"""So many refused visits of a series come with other slots; the rest with their reason only."""


async def must_be_free(
    context: RequestContext,
    ground: Ground,
    starts: Sequence[datetime],
    *,
    over_rules: bool = False,
    over_others: bool = False,
    but: str | None = None,
) -> None:
    """Raises Rejected, with an error for every start that cannot be booked. ``but`` is the visit that is moved away.

    ``over_rules``: at any time that is to come. ``over_others``: whatever is in the way.

    A courtesy: it says what is in the way. What decides is the claim that follows (``resolvers.busy_time``).
    """
    instant = context.access.instant
    blocked = {} if over_others else await _blocked(ground, starts, instant, but)
    errors: list[UserError] = []
    for number, start in enumerate(starts):
        path = ["start"] if len(starts) == 1 else ["recurrence", str(number)]
        error = _against_the_rules(ground, start, instant, path, over_rules=over_rules)
        if error is None and start in blocked:
            error = SlotUnavailable(message="This time is not free.", path=path, blocked_by=blocked[start])
        if isinstance(error, SlotUnavailable) and len(errors) < _WITH_ALTERNATIVES:
            error = replace(error, alternatives=await next_free(ground, start, instant, but))
        if error is not None:
            errors.append(error)
    if errors:
        raise Rejected(*errors)


async def _blocked(ground: Ground, starts: Sequence[datetime], instant: datetime, but: str | None) -> dict[datetime, Span]:
    """What is in the way of each start, of provider or patient: one command."""
    rules, day = ground.rules, timedelta(days=1)
    around = Span(min(starts) - day, max(starts) + day)
    taken = await busy_spans([ground.provider.id, ground.patient.id], around, instant, but)
    found: dict[datetime, Span] = {}
    for start in starts:
        wanted = [(rules.busy(start), taken.get(ground.provider.id, [])), (rules.visit(start), taken.get(ground.patient.id, []))]
        blocking = [busy for span, others in wanted for busy in others if busy.overlaps(span)]
        if blocking:
            found[start] = min(blocking)
    return found


def _against_the_rules(
    ground: Ground, start: datetime, instant: datetime, path: list[str], *, over_rules: bool
) -> UserError | None:
    """The past is nobody's. Patients keep to notice, horizon and the offered starts; the desk to opening hours, or overrides."""
    told = start.isoformat()
    if start.second or start.microsecond:
        return InvalidInput(message=f"{told} is not on a whole minute.", path=path)
    if start < instant:
        return InvalidInput(message=f"{told} is in the past.", code="IN_THE_PAST", path=path)
    if over_rules:
        return None
    return _not_offered(ground, start, instant, path) if ground.by_patient else _outside_hours(ground, start, path)


def _outside_hours(ground: Ground, start: datetime, path: list[str]) -> UserError | None:
    if ground.rules.within_hours(start):
        return None
    message = "The provider is not there at this time. Staff may override."
    return SlotUnavailable(message=message, code="OUTSIDE_HOURS", path=path)


def _not_offered(ground: Ground, start: datetime, instant: datetime, path: list[str]) -> UserError | None:
    told, bookable = start.isoformat(), ground.rules.bookable(instant)
    if start < bookable.start:
        message = f"{told} is too soon: {bookable.start.isoformat()} is the earliest."
        return InvalidInput(message=message, code="TOO_SOON", path=path)
    if start >= bookable.end:
        message = f"{told} is too far ahead: visits can be booked until {bookable.end.isoformat()}."
        return InvalidInput(message=message, code="TOO_FAR", path=path)
    if not ground.rules.offers(start):
        return SlotUnavailable(message="No slot begins at this time.", code="NOT_OFFERED", path=path)
    return None
