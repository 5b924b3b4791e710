"""The one way into the record for a new entry."""

from collections.abc import Sequence

from models.record import Record
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.release.announcing import announce, prepare_release


async def insert_record(
    context: RequestContext, session: Session, record: Record, fields: Sequence[str], *, tell: bool = True
) -> None:
    """Inserts an entry, decides how it is released, tells of it and notes it for the trail.

    A report goes before its observations. ``tell`` false: whoever brought it needs not be told.
    """
    await prepare_release(context, session, record)
    await record.insert(session=session)
    if tell:
        await announce(context, session, record)
    context.trail.changed(type(record).__name__, record.id, record.patient_id, fields)
