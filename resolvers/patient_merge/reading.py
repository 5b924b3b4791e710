"""The merges of a patient."""

from beanie import SortDirection

from models.patient_merge import PatientMerge
from resolvers.context import RequestContext
from resolvers.queries import find_visible


async def merges_of(context: RequestContext, patient_id: str) -> list[PatientMerge]:
    """What a patient was made of and is made of no more, newest first."""
    newest = [("_id", SortDirection.DESCENDING)]
    either = {"$or": [{"patient_id": patient_id}, {"kept_id": patient_id}, {"merged_id": patient_id}]}
    return await find_visible(PatientMerge, context.access, either, newest)
