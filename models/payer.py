"""Payers: who insures patients, how they are asked electronically, and what was agreed with them."""

from beanie.odm.custom_types import DecimalAnnotation
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument


class Payer(StoredDocument):
    """``name`` is how coverages name it (``Coverage.payer``), without regard to case in ``name_key``.

    ``electronic_number`` is its number at the clearing house (X12 270, NM109); without it nobody can be asked.
    ``discount_percent`` of the charge is the contractual adjustment. ``in_network``: whether the clinic has a contract with it.
    """

    name: str
    name_key: str
    electronic_number: str | None = None
    discount_percent: DecimalAnnotation = DecimalAnnotation(0)
    in_network: bool = True
    active: bool = True

    class Settings(StoredDocument.Settings):
        name = "payers"
        indexes = [IndexModel([("name_key", ASCENDING)], unique=True, name="name_unique")]


def name_key(name: str) -> str:
    """The same for names that differ in case and spaces only."""
    return " ".join(name.casefold().split())
