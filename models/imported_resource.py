"""Imported resources that have no document of their own and belong to no patient: locations, devices, medications."""

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretJson
from models.source import Source


class ImportedContent(SecretJson):
    place = "imported_resources.source.content"


class ImportedResource(StoredDocument):
    """Kept whole in ``source``. ``resource_type`` is the FHIR resource's."""

    resource_type: str
    source: Source[ImportedContent] | None = None

    class Settings(StoredDocument.Settings):
        name = "imported_resources"
        indexes = [IndexModel([("resource_type", ASCENDING), ("_id", ASCENDING)], name="by_type")]
