"""Finding entries of the clinical record."""

from dataclasses import dataclass
from datetime import datetime

from models.record import RECORD_KINDS, Record, RecordStatus
from resolvers.context import RequestContext
from resolvers.instants import between
from resolvers.pagination import Order, Page, PageRequest
from resolvers.queries import Filter, find_page

CLASS_IDS: dict[type[Record], str] = {kind: f"{Record.__name__}.{kind.__name__}" for kind in RECORD_KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCriteria:
    """``code`` is a code of any system, such as LOINC 4548-4; ``from_ <= effective < to``."""

    kinds: list[type[Record]] | None = None
    patient: str | None = None
    appointment: str | None = None
    author: str | None = None
    status: list[RecordStatus] | None = None
    code: str | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def filter(self) -> Filter:
        within: Filter = {}
        if self.kinds is not None:
            within["_class_id"] = {"$in": [CLASS_IDS[kind] for kind in self.kinds]}
        if self.patient is not None:
            within["patient_id"] = self.patient
        if self.appointment is not None:
            within["appointment_id"] = self.appointment
        if self.author is not None:
            within["author_id"] = self.author
        if self.status is not None:
            within["status"] = {"$in": [status.value for status in self.status]}
        if self.code is not None:
            within["code.codings.code"] = self.code
        within.update(between("effective_at", self.from_, self.to))
        return within


async def find_records(context: RequestContext, criteria: RecordCriteria, order: Order, request: PageRequest) -> Page[Record]:
    return await find_page(Record, context.access, criteria.filter(), order, request)
