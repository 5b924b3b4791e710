"""Root fields of records."""

import strawberry

from resolvers.records import RecordCriteria, find_records
from schema.authorization import auth
from schema.connection import After, Before, First, Last, page_arguments
from schema.info import Info
from schema.node import Id, read_global_id
from schema.record import arguments
from schema.record.as_of import AsOf, entry_as_of
from schema.record.base import Record
from schema.record.types import RecordConnection, as_record
from schema.rights import CARE_AND_ANALYST
from schema.shown_document import READS


@strawberry.type
class RecordQueries:
    @strawberry.field(
        description="An entry of the record by id; null when there is none, or none to see.", directives=[auth(*CARE_AND_ANALYST)]
    )
    async def record(self, info: Info, id: Id, as_of: AsOf = None) -> Record | None:
        type_name, document_id = read_global_id(id, ["id"])
        if as_of is None:
            found = await info.context.loaders.records.load(document_id)
        else:
            found = await entry_as_of(info, document_id, as_of)
        record = None if found is None else as_record(found)
        return record if record is not None and type(record).__name__ == type_name else None

    @strawberry.field(
        description="Entries of the record the caller may see.", directives=[auth(*CARE_AND_ANALYST)], metadata={READS: ()}
    )
    async def records(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: arguments.Where = None,
        order_by: arguments.OrderBy = None,
    ) -> RecordConnection:
        request = page_arguments(info, first, after, last, before)
        order = order_by.order() if order_by else arguments.NEWEST_FIRST
        criteria = where.criteria() if where else RecordCriteria()
        page = await find_records(info.context, criteria, order, request)
        return RecordConnection.of(page)
