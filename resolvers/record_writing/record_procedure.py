"""recordProcedure."""

from dataclasses import replace
from datetime import datetime

from models.record import Procedure
from resolvers.clinical_codes.checking import check_concept, check_concepts
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.record_writing.entry import Content, NewEntry, begin, in_order, insert, not_ahead


def check_procedure(complaints: Complaints, procedure: Procedure, at: list[str], instant: datetime) -> None:
    check_concept(complaints, procedure.code, [*at, "code"], text_alone=True)
    check_concepts(complaints, procedure.reasons, [*at, "reasons"], text_alone=True)
    not_ahead(complaints, procedure.performed.start, [*at, "performed", "start"], instant)
    not_ahead(complaints, procedure.performed.end, [*at, "performed", "end"], instant)
    in_order(complaints, procedure.performed.start, procedure.performed.end, [*at, "performed", "end"])


async def record_procedure(context: RequestContext, entry: NewEntry, content: Content) -> str:
    """The id of the new entry; effective from when it was performed, where nothing else is given. Raises as ``begin``."""
    if entry.effective_at is None:
        performed = content["performed"].start
        ahead = performed is not None and performed > context.access.instant  # complained of where it was typed
        entry = replace(entry, effective_at=None if ahead else performed)
    procedure = await begin(context, Procedure, entry, content, check_procedure)
    return await insert(context, "recordProcedure", entry, procedure, content)
