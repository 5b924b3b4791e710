"""Patients."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.identity import imported_id
from models.match_tokens import MatchTokens, match_tokens
from models.reminder import USUAL_MINUTES, ReminderPreferences
from models.result_preferences import ResultPreferences
from models.sampled import SampledDocument
from models.search_words import SearchTokens, search_tokens
from models.secret import SecretDate, SecretJson, SecretText, SecretValue
from models.source import Source
from models.value_object import ValueObject
from models.values import Address, AdministrativeGender, ContactPoint, HumanName, Period


class Mrn(SecretText):
    """Medical record number."""

    place = "patients.mrn"
    searchable = True


class PatientName(HumanName, SecretValue):
    place = "patients.name"


class BirthDate(SecretDate):
    place = "patients.birth_date"
    searchable = True


class PatientContact(ContactPoint, SecretValue):
    place = "patients.contacts"


class PatientAddress(Address, SecretValue):
    place = "patients.address"


class PatientLanguage(SecretText):
    place = "patients.preferred_language"


class ProxyEmail(SecretText):
    place = "patients.proxies.email"
    searchable = True


class PatientExtensions(SecretJson):
    place = "patients.extensions"


class PatientSource(SecretJson):
    place = "patients.source.content"


class FormerMrn(SecretText):
    """Of a patient that was merged into this one."""

    place = "patients.former_mrns"
    searchable = True


class ExtensionWriters(SecretJson):
    """Who wrote each namespace last, and when: ``{namespace: {"by": account, "at": RFC 3339, "staff": bool}}``."""

    place = "patients.extension_writers"


class EmergencyContact(SecretValue):
    place = "patients.emergency_contacts"
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
    email: ProxyEmail | None = None
    relationship: ProxyRelationship
    period: Period = Period()
    scope: list[ProxyScope] = []
    id: str = Field(default_factory=_derived_id)


class CareTeamRole(StrEnum):
    ATTENDING = "attending"
    CONSULTING = "consulting"
    PRIMARY_CARE = "primary-care"
    NURSING = "nursing"
    CASE_MANAGEMENT = "case-management"
    OTHER = "other"


class CareTeamMember(ValueObject):
    """``role`` is a CareTeamRole, or what an import says."""

    provider_id: str
    role: str = CareTeamRole.ATTENDING.value
    since: datetime | None = None


class Patient(SampledDocument):
    """A person who receives care.

    ``treated_by`` lists the providers who have or had an appointment with the patient; every road that makes an appointment adds
    to it. With ``care_team`` it answers "is this patient under my care?" from one index.

    ``search_tokens`` are keyed hashes of the beginnings of the words of the name, and of the MRN: what they reveal is written in
    docs/decisions/0030-encryption-at-rest.md. ``match_tokens`` are keyed hashes of what tells that two patients are one person.
    """

    mrn: Mrn
    name: PatientName
    birth_date: BirthDate | None = None
    gender: AdministrativeGender = AdministrativeGender.UNKNOWN
    contacts: list[PatientContact] = []
    address: PatientAddress | None = None
    preferred_language: PatientLanguage | None = None
    emergency_contacts: list[EmergencyContact] = []
    care_team: list[CareTeamMember] = []
    treated_by: list[str] = []
    proxies: list[Proxy] = []
    deceased_at: datetime | None = None
    reminder_preferences: ReminderPreferences = ReminderPreferences()
    result_preferences: ResultPreferences = ResultPreferences()
    extensions: PatientExtensions = PatientExtensions({})
    source: Source[PatientSource] | None = None
    former_mrns: list[FormerMrn] = []
    extension_writers: ExtensionWriters = ExtensionWriters({})
    search_tokens: SearchTokens = Field(default_factory=lambda data: search_tokens(data["name"], data["mrn"]))
    match_tokens: MatchTokens = Field(
        default_factory=lambda data: match_tokens(data["name"], data["birth_date"], data["contacts"])
    )

    follows_from: ClassVar = {"search_tokens": ("name", "mrn"), "match_tokens": ("name", "birth_date", "contacts")}

    class Settings(StoredDocument.Settings):
        name = "patients"
        indexes = [
            IndexModel([("mrn", ASCENDING)], unique=True, name="mrn_unique"),
            IndexModel([("birth_date", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_birth_date"),
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="by_registration"),
            IndexModel([("search_tokens", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_token_in_order"),
            IndexModel([("match_tokens", ASCENDING)], name="by_match_token"),
            IndexModel(
                [("former_mrns", ASCENDING)],
                unique=True,
                partialFilterExpression={"former_mrns": {"$type": "binData"}},
                name="former_mrn_unique",
            ),
            IndexModel(
                [("care_team.provider_id", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)],
                name="by_care_team_in_order",
            ),
            IndexModel([("treated_by", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="by_treating_in_order"),
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
