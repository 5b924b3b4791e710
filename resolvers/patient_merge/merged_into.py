"""Of whom a patient has been made."""

from collections.abc import Sequence

from models.patient_merge import PatientMerge


async def merged_into(patient_ids: Sequence[str]) -> list[str]:
    """The patients that were merged into these, over several merges, too. No command for nobody."""
    if not patient_ids:
        return []
    made_of = {"patient_id": {"$in": list(patient_ids)}, "undo": None}
    found: list[str] = await PatientMerge.get_pymongo_collection().distinct("merged_id", made_of)
    return found
