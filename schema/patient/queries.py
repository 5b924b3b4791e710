"""Root fields of patients."""

import strawberry

from models.patient import Patient as PatientDocument
from resolvers.patients import PatientCriteria, find_patients
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.node import Id, id_of
from schema.patient import arguments
from schema.patient.types import Patient, PatientConnection
from schema.rights import FRONT_DESK_AND_ANALYST
from schema.shown_document import READS


@strawberry.type
class PatientQueries:
    @strawberry.field(
        description="A patient by id; null when there is none, or none to see.",
        directives=[auth(*FRONT_DESK_AND_ANALYST)],
        metadata={READS: ()},
    )
    async def patient(self, info: Info, id: Id) -> Patient | None:
        document_id = id_of("Patient", id, ["id"]) or ""
        found: PatientDocument | None = await info.context.loaders.patients.load(document_id)
        return None if found is None else Patient.from_document(found)

    @strawberry.field(
        description="Patients the caller may see.", directives=[auth(*FRONT_DESK_AND_ANALYST)], metadata={READS: ()}
    )
    async def patients(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> PatientConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.BY_REGISTRATION
        criteria = where.criteria() if where else PatientCriteria()
        page = await find_patients(info.context, criteria, order, request)
        return PatientConnection.of(page)
