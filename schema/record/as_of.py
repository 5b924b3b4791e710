"""`asOf`: the record as it stood."""

from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from models.record import Record
from resolvers.loaders.as_of import check_as_of
from schema.info import Info

R = TypeVar("R", bound=Record)

AsOf = Annotated[
    datetime | None, strawberry.argument(description="As the record stood at this instant; what is hidden now stays hidden.")
]


async def entries_as_of(info: Info, kind: type[R], patient_id: str, instant: datetime) -> list[R]:
    """Raises BadInput for an instant that has not been, and for analysts."""
    check_as_of(info.context.access, instant)
    return await info.context.loaders.records_as_of(kind, instant).load(patient_id)


async def entry_as_of(info: Info, record_id: str, instant: datetime) -> Record | None:
    """Raises as ``entries_as_of``."""
    check_as_of(info.context.access, instant)
    return await info.context.loaders.record_as_of(instant).load(record_id)
