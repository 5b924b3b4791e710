"""The clinic's price list: what a coded service costs (FHIR ChargeItemDefinition)."""

from beanie.odm.custom_types import DecimalAnnotation
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.money import Money


class ChargeDefinition(StoredDocument):
    """The price of one unit of what a code means. ``tax_percent`` of the price comes on top."""

    system: str
    code: str
    description: str
    price: Money
    tax_percent: DecimalAnnotation = DecimalAnnotation(0)
    active: bool = True

    class Settings(StoredDocument.Settings):
        name = "charge_definitions"
        indexes = [
            IndexModel([("system", ASCENDING), ("code", ASCENDING)], unique=True, name="code_unique"),
            IndexModel([("description", ASCENDING), ("_id", ASCENDING)], name="by_description"),
        ]
