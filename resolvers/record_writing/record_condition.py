"""recordCondition."""

from datetime import datetime

from models.record import Condition, ConditionStatus
from resolvers.clinical_codes.checking import check_concept
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.record_writing.entry import Content, NewEntry, begin, in_order, insert, not_ahead

_PRESENT = frozenset({ConditionStatus.ACTIVE, ConditionStatus.RECURRENCE, ConditionStatus.RELAPSE})


def check_condition(complaints: Complaints, condition: Condition, at: list[str], instant: datetime) -> None:
    check_concept(complaints, condition.code, [*at, "code"], text_alone=True)
    if condition.severity is not None:
        check_concept(complaints, condition.severity, [*at, "severity"], text_alone=True)
    not_ahead(complaints, condition.onset_at, [*at, "onsetAt"], instant)
    not_ahead(complaints, condition.abated_at, [*at, "abatedAt"], instant)
    in_order(complaints, condition.onset_at, condition.abated_at, [*at, "abatedAt"])
    if condition.abated_at is not None and condition.clinical_status in _PRESENT:
        message = f"Is {condition.clinical_status.value}; a condition that has abated is INACTIVE, REMISSION or RESOLVED."
        complaints.add([*at, "clinicalStatus"], message)  # FHIR con-4


async def record_condition(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new entry. Raises as ``begin``."""
    condition = await begin(context, Condition, entry, content, check_condition)
    return await insert(context, "recordCondition", entry, condition, content)
