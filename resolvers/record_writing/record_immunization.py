"""recordImmunization."""

from datetime import datetime

from models.record import Immunization
from resolvers.clinical_codes.checking import check_concept
from resolvers.clinical_codes.systems import CVX, NDC, SNOMED_CT
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.record_writing.entry import Content, NewEntry, begin, insert

MAX_LOT = 50
_OF_VACCINES = frozenset({CVX, NDC, SNOMED_CT})


def check_immunization(complaints: Complaints, immunization: Immunization, at: list[str], _instant: datetime) -> None:
    check_concept(complaints, immunization.code, [*at, "code"], systems=_OF_VACCINES)
    complaints.text([*at, "lotNumber"], immunization.lot_number, most=MAX_LOT, required=True)
    if immunization.lot_number is not None and not immunization.given:
        complaints.add([*at, "lotNumber"], "A vaccine that was not given has no lot.")


async def record_immunization(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new entry. Raises as ``begin``."""
    immunization = await begin(context, Immunization, entry, content, check_immunization)
    return await insert(context, "recordImmunization", entry, immunization, content)
