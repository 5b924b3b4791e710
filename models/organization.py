"""Organizations: hospitals and practices that encounters took place at."""

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.secret import SecretJson
from models.source import Source
from models.values import Address, CodeableConcept, ContactPoint


class OrganizationSource(SecretJson):
    place = "organizations.source.content"


class Organization(StoredDocument):
    source: Source[OrganizationSource] | None = None
    name: str
    active: bool = True
    types: list[CodeableConcept] = []
    contacts: list[ContactPoint] = []
    addresses: list[Address] = []

    class Settings(StoredDocument.Settings):
        name = "organizations"
        indexes = [IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="by_name")]
