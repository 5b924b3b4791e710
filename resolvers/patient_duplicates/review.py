"""Looking for the duplicates of a patient who is there already."""

from models.patient import Patient
from resolvers.context import RequestContext
from resolvers.patient_duplicates.candidates import Candidate, find_candidates, identity_of
from resolvers.queries import find_whole


async def duplicates_of(context: RequestContext, patient_id: str) -> list[Candidate] | None:
    """None for a patient who is not there, or not the caller's to see."""
    patient = await find_whole(Patient, context.access, patient_id)
    return None if patient is None else await find_candidates(context, identity_of(patient), but=patient_id)
