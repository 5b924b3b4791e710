"""The trail of a patient who was merged with others, and the merges themselves."""

from beanie import SortDirection

from models.audit_event import AuditEvent
from models.patient_merge import PatientMerge
from resolvers.context import RequestContext
from resolvers.pagination import Order, Page, PageRequest
from resolvers.patient_merge.merged_into import merged_into
from resolvers.queries import Filter, find_page, find_visible


async def whole_access_log(
    context: RequestContext, patient_id: str, within: Filter, order: Order, request: PageRequest
) -> Page[AuditEvent] | None:
    """The patient's trail with that of those who were merged into them, for the trail itself is never rewritten.

    None where nobody was.
    """
    others = await merged_into([patient_id])
    if not others:
        return None
    return await find_page(AuditEvent, context.access, {"patient_id": {"$in": [patient_id, *others]}, **within}, order, request)


async def merges_of(context: RequestContext, patient_id: str) -> list[PatientMerge]:
    """What a patient was made of and is made of no more, newest first."""
    newest = [("_id", SortDirection.DESCENDING)]
    either = {"$or": [{"patient_id": patient_id}, {"kept_id": patient_id}, {"merged_id": patient_id}]}
    return await find_visible(PatientMerge, context.access, either, newest)
