"""markEducationRead: by patients for themselves, by proxies for those whose record they may read."""

from models.education import EducationReading, EducationResource
from models.patient import ProxyScope
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Session
from resolvers.user_errors import NotFound, Rejected


async def mark_read(context: RequestContext, resource_id: str, patient_id: str | None, key: str | None) -> str:
    """The patient's id. ``patient_id`` None: the caller's own. Marking again changes nothing.

    Raises Forbidden for accounts without a patient that name none. Raises Rejected: NotFound for an article or a patient that is
    not there, or not the caller's.
    """
    access = context.access
    if patient_id is None:
        if not access.own:
            raise Forbidden("The account is not linked to a patient: name whose reading it is.")
        patient_id = access.own[0]
    if patient_id not in access.own and patient_id not in await access.proxied(ProxyScope.RECORDS):
        raise Rejected(NotFound(message="No such patient.", path=["patient"]))
    visible = await restrict(EducationResource, access, {"_id": resource_id})
    if not await EducationResource.find(visible).exists():
        raise Rejected(NotFound(message="No such education resource.", path=["resource"]))

    async def work(session: Session) -> Answer:
        reading = EducationReading(patient_id=patient_id, resource_id=resource_id, read_at=access.instant)
        stored = reading.model_dump()
        document_id = stored.pop("id")
        updated = await EducationReading.get_pymongo_collection().update_one(
            {"patient_id": patient_id, "resource_id": resource_id},
            {"$setOnInsert": {**stored, "_id": document_id}},
            upsert=True,
            session=session,
        )
        if updated.upserted_id is not None:
            context.trail.changed("EducationReading", document_id, patient_id, ["read_at"])
        return {"patient_id": patient_id}

    answer = await once(context, "markEducationRead", key, {"resource": resource_id, "patient": patient_id}, work)
    return str(answer["patient_id"])
