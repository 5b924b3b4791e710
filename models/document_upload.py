"""Files on their way into the record: what no record names yet."""

from datetime import datetime

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument, now


class DocumentUpload(StoredDocument):
    """Its id is that of the file. It goes in the transaction that writes the record, so what is left was never recorded.

    ``alive_at`` is renewed while bytes come. Once ``abandoned`` the file is being removed, and no record may name it any more.
    """

    alive_at: datetime = Field(default_factory=now)
    abandoned: bool = False

    class Settings(StoredDocument.Settings):
        name = "document_uploads"
        indexes = [IndexModel([("alive_at", ASCENDING)], name="by_last_sign")]
