"""What is read through the link of a document: as the account it was made for, with the rights that the account has now."""

from models.record import DocumentRecord, Record
from models.record.documents import DocumentFile
from resolvers.audit.asked import Asked
from resolvers.calendar.reading import become
from resolvers.context import RequestContext
from resolvers.rights import READERS_OF_RECORDS

_ASKED = Asked("documents.download", coordinates=lambda: {"DocumentRecord": ["DocumentRecord.downloadUrl"]})
