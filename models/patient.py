"""Patients."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.identity import imported_id
from models.reminder import USUAL_MINUTES, ReminderPreferences
from models.sampled import SampledDocument
from models.search_words import search_words, sort_name
from models.value_object import ValueObject
from models.values import Address, AdministrativeGender, ContactPoint, HumanName, Period


class EmergencyContact(ValueObject):
    name: str
    relationship: str
    phone: str


class ProxyRelationship(StrEnum):
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    POWER_OF_ATTORNEY = "POWER_OF_ATTORNEY"
    CAREGIVER = "CAREGIVER"
    OTHER = "OTHER"


class ProxyScope(StrEnum):
    APPOINTMENTS = "APPOINTMENTS"
    RECORDS = "RECORDS"
    BILLING = "BILLING"


def _derived_id(proxy: dict[str, Any]) -> str:
    """For proxies stored before they had ids: the same at every reading."""
    return imported_id("proxies", str(proxy.get("account_id") or proxy.get("email")), str(proxy.get("relationship")))


class Proxy(ValueObject):
    """Another person who may act for the patient, within a period and a scope.

    ``email`` is the address that the right was granted to, in lower case. ``account_id`` is set once an account has proved that
    the address is its own (``resolvers.proxies.bind_proxies``); until then nobody has the right.
    """

    account_id: str | None = None
    email: str | None = None
    relationship: ProxyRelationship
    period: Period = Period()
    scope: list[ProxyScope] = []
    id: str = Field(default_factory=_derived_id)


class CareTeamMember(ValueObject):
    provider_id: str
    role: str = "attending"
    since: datetime | None = None


class Patient(SampledDocument):
    """A person who receives care.

    ``treated_by`` lists the providers who have or had an appointment with the patient; every road that makes an appointment adds
    to it. With ``care_team`` it answers "is this patient under my care?" from one index.
    """

    mrn: str
    name: HumanName
    birth_date: date | None = None
    gender: AdministrativeGender = AdministrativeGender.UNKNOWN
    contacts: list[ContactPoint] = []
    address: Address | None = None
    preferred_language: str | None = None
    emergency_contacts: list[EmergencyContact] = []
    care_team: list[CareTeamMember] = []
    treated_by: list[str] = []
    proxies: list[Proxy] = []
    deceased_at: datetime | None = None
    reminder_preferences: ReminderPreferences = ReminderPreferences()
    extensions: dict[str, Any] = {}
    search_words: list[str] = Field(default_factory=lambda data: search_words(data["name"], data["mrn"]))
    sort_name: str = Field(default_factory=lambda data: sort_name(data["name"]))

    class Settings(StoredDocument.Settings):
        name = "patients"
        indexes = [
            IndexModel([("mrn", ASCENDING)], unique=True, name="mrn_unique"),
            IndexModel([("sort_name", ASCENDING), ("_id", ASCENDING)], name="by_name"),
            IndexModel([("birth_date", ASCENDING), ("_id", ASCENDING)], name="by_birth_date"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_registration"),
            IndexModel([("search_words", ASCENDING), ("sort_name", ASCENDING)], name="by_search_word"),
            IndexModel([("care_team.provider_id", ASCENDING), ("sort_name", ASCENDING)], name="by_care_team"),
            IndexModel([("treated_by", ASCENDING), ("sort_name", ASCENDING)], name="by_treating_provider"),
            IndexModel([("proxies.account_id", ASCENDING)], name="by_proxy"),
            IndexModel([("sample_key", ASCENDING), ("_id", ASCENDING)], name="by_sample"),
            IndexModel([("proxies.email", ASCENDING)], name="by_proxy_email"),
            # Those few who want to be reminded earlier than most, whose visits are looked through further ahead.
            IndexModel(
                [("reminder_preferences.minutes_before", ASCENDING)],
                partialFilterExpression={"reminder_preferences.minutes_before": {"$gt": max(USUAL_MINUTES)}},
                name="by_early_reminder",
            ),
        ]
