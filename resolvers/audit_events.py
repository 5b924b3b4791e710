"""Reading the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from models.audit_event import AuditEvent, AuditOutcome
from models.purpose_of_use import PurposeOfUse
from resolvers.audit.log import Verification
from resolvers.context import RequestContext
from resolvers.errors import BadInput
from resolvers.pagination import Order, Page, PageRequest
from resolvers.patient_merge.merged_into import merged_into
from resolvers.queries import Filter, find_page


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCriteria:
    """``from_ <= at < to``."""

    patient: str | None = None
    actor: str | None = None
    action: str | None = None
    outcome: list[AuditOutcome] | None = None
    purpose: list[PurposeOfUse] | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        named = {"patient_id": self.patient, "actor_id": self.actor, "action": self.action}
        within.update({name: value for name, value in named.items() if value is not None})
        if self.outcome is not None:
            within["outcome"] = {"$in": [outcome.value for outcome in self.outcome]}
        if self.purpose is not None:
            within["purpose"] = {"$in": [purpose.value for purpose in self.purpose]}
        bounds = {"$gte": self.from_, "$lt": self.to}
        given = {operator: instant for operator, instant in bounds.items() if instant is not None}
        return {**within, "at": given} if given else within


def own_log(criteria: AuditCriteria) -> Filter:
    """The filter of a patient's own log. Raises BadInput for ``action``, by which they could find what is not shown to them."""
    if criteria.action is not None:
        raise BadInput("The log is not filtered by action for patients.", ["where", "action"])
    return criteria.filter()


async def find_audit_events(
    context: RequestContext, criteria: AuditCriteria, order: Order, request: PageRequest
) -> Page[AuditEvent]:
    """Of a patient, with the entries of those who were merged into them."""
    within = criteria.filter()
    others = [] if criteria.patient is None else await merged_into([criteria.patient])
    if others:
        within["patient_id"] = {"$in": [criteria.patient, *others]}
    return await find_page(AuditEvent, context.access, within, order, request)


async def verify_trail(context: RequestContext, first: int | None, last: int | None) -> Verification:
    """Raises BadInput for bounds that hold nothing."""
    if first is not None and first < 0:
        raise BadInput(f"from is {first}; it must be at least 0.", ["from"])
    if last is not None and last < (first or 0):
        raise BadInput(f"to is {last}; it must be at least {first or 0}.", ["to"])
    return await context.ports.audit.verify(first, last)
