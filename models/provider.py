"""Providers: the people who give care, and when they are there."""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.search_words import search_words, sort_name
from models.secret import SecretJson, SecretValue
from models.source import Source
from models.value_object import ValueObject
from models.values import Address, AdministrativeGender, CodeableConcept, ContactPoint, HumanName


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class WeeklyHours(ValueObject):
    """Opening hours on one weekday, wall-clock ``HH:MM`` in the provider's zone.

    No visit types means every one of the provider's.
    """

    weekday: Weekday
    start: str
    end: str
    visit_type_ids: list[str] = []


def _id_by_content(data: dict[str, Any]) -> str:
    said = [str(data.get(name)) for name in ("date", "start", "end", "available", "reason")]
    return sha256("\n".join(said).encode()).hexdigest()[:26].upper()


class AvailabilityException(ValueObject):
    """A day that differs: leave (``available`` false) or extra hours. No times means the whole day.

    ``id`` names it among those of its provider. Those that were stored without one have one that follows from what they say.
    """

    date: date
    start: str | None = None
    end: str | None = None
    available: bool = False
    reason: str | None = None
    id: str = Field(default_factory=_id_by_content)


class Availability(ValueObject):
    weekly: list[WeeklyHours] = []
    exceptions: list[AvailabilityException] = []
    minimum_notice_minutes: int = 120
    booking_horizon_days: int = 90


class ProviderContact(ContactPoint, SecretValue):
    place = "providers.contacts"


class ProviderAddress(Address, SecretValue):
    place = "providers.address"


class ProviderSource(SecretJson):
    place = "providers.source.content"


class Provider(StoredDocument):
    """A practitioner.

    ``npi_verified`` tells whether the National Provider Identifier passes its check digit: providers made here always do,
    imported ones keep what their source says.
    """

    npi: str
    npi_verified: bool
    name: HumanName
    credentials: list[str] = []
    specialties: list[CodeableConcept] = []
    languages: list[str] = []
    time_zone: str = "UTC"
    biography: str | None = None
    accepting_new_patients: bool = True
    active: bool = True
    gender: AdministrativeGender = AdministrativeGender.UNKNOWN
    contacts: list[ProviderContact] = []
    address: ProviderAddress | None = None
    organization_ids: list[str] = []
    visit_type_ids: list[str] = []
    availability: Availability = Availability()
    source: Source[ProviderSource] | None = None
    search_words: list[str] = Field(default_factory=lambda data: search_words(data["name"]))
    sort_name: str = Field(default_factory=lambda data: sort_name(data["name"]))

    follows_from: ClassVar = {"search_words": ("name",), "sort_name": ("name",)}

    class Settings(StoredDocument.Settings):
        name = "providers"
        indexes = [
            IndexModel([("npi", ASCENDING)], unique=True, partialFilterExpression={"npi_verified": True}, name="npi_unique"),
            IndexModel([("sort_name", ASCENDING), ("_id", ASCENDING)], name="by_name"),
            IndexModel([("search_words", ASCENDING), ("sort_name", ASCENDING)], name="by_search_word"),
            IndexModel([("specialties.codings.code", ASCENDING), ("sort_name", ASCENDING)], name="by_specialty"),
            IndexModel([("languages", ASCENDING), ("sort_name", ASCENDING)], name="by_language"),
            IndexModel([("accepting_new_patients", ASCENDING), ("sort_name", ASCENDING)], name="by_accepting"),
            IndexModel([("visit_type_ids", ASCENDING), ("sort_name", ASCENDING)], name="by_visit_type"),
            IndexModel([("organization_ids", ASCENDING), ("sort_name", ASCENDING)], name="by_organization"),
        ]
