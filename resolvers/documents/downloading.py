"""What is read through the link of a document: as the account it was made for, with the rights that the account has now."""

from beanie.odm.utils.parsing import parse_obj

from models.record import DocumentRecord, Record
from models.role import Role
from resolvers.audit.asked import Asked
from resolvers.calendar.reading import become
from resolvers.context import RequestContext

_ASKED = Asked("documents.download", coordinates=lambda: {"DocumentRecord": ["DocumentRecord.downloadUrl"]})
_READERS = frozenset({Role.PATIENT, Role.PROVIDER, Role.STAFF})


async def find_document(context: RequestContext, account_id: str, record_id: str, version: int) -> DocumentRecord | None:
    """A version that has a file. None for what is not there, has none, or is not (or no longer) the account's to see."""
    context.asked = _ASKED
    account = await become(context, account_id)
    if account is None or _READERS.isdisjoint(account.roles):
        context.trail.asked_in_vain(DocumentRecord, [record_id])
        return None
    # What hides a record hides its past: the record first.
    current = await context.loaders.records.load(record_id)
    found = current if current is None or current.version == version else await _earlier(context, record_id, version)
    return found if isinstance(found, DocumentRecord) and found.file is not None else None


async def _earlier(context: RequestContext, record_id: str, version: int) -> Record | None:
    for kept in await context.loaders.versions_of_record.load(record_id):
        if kept.version == version:
            return parse_obj(Record, kept.document)  # type: ignore[return-value]  # Beanie finds the kind by its name
    return None
