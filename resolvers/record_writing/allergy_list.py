"""What hangs on all allergies of a patient together: "no known allergies", and medications against an allergy."""

from models.record import Allergy, AllergyList, AllergyStatus, RecordStatus
from resolvers.clinical_codes.systems import SNOMED_CT
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.record_writing.next_version import ENDS, next_version
from resolvers.rows import ONE_BATCH
from resolvers.user_errors import Conflict, Rejected

NO_KNOWN_ALLERGY = "716186003"
"""SNOMED CT: a positive statement, not an empty list."""

_DRAFTS = frozenset({RecordStatus.REGISTERED, RecordStatus.PRELIMINARY})


def says_none_known(allergy: Allergy) -> bool:
    return any(coding.system == SNOMED_CT and coding.code == NO_KNOWN_ALLERGY for coding in allergy.code.codings)


async def standing_allergies(session: Session, patient_id: str) -> list[Allergy]:
    """The active ones, "no known allergies" with them. Other transactions that ask the same wait, or are run again."""
    lists = AllergyList.get_pymongo_collection()
    await lists.update_one({"_id": patient_id}, {"$inc": {"writes": 1}}, upsert=True, session=session)
    within = {
        "patient_id": patient_id,
        "clinical_status": AllergyStatus.ACTIVE.value,
        "status": {"$nin": sorted(status.value for status in ENDS)},
    }
    found: list[Allergy] = await Allergy.find(within, session=session, batch_size=ONE_BATCH).to_list()
    return found


async def make_room(context: RequestContext, session: Session, allergy: Allergy, path: list[str]) -> None:
    """Before an allergy is written that is active: "no known allergies" is resolved by it, and is refused where one stands.

    Raises Rejected: Conflict.
    """
    if allergy.clinical_status is not AllergyStatus.ACTIVE:
        return
    others = [other for other in await standing_allergies(session, allergy.patient_id) if other.id != allergy.id]
    if not says_none_known(allergy):
        for none_known in filter(says_none_known, others):
            status = none_known.status if none_known.status in _DRAFTS else RecordStatus.AMENDED
            changes = {"clinical_status": AllergyStatus.RESOLVED}
            await next_version(context, session, none_known, status, changes, "An allergy was recorded.")
    elif others:
        told = "already recorded" if says_none_known(others[0]) else "not so: an active allergy stands"
        message = f"No known allergies is {told}."
        raise Rejected(Conflict(message=message, code="ALLERGY_STANDS", path=path))
