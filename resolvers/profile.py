"""Cleaning what people enter about a patient. Every complaint names the input's path, the limit and what was found."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.patient import EmergencyContact
from models.values import Address, AdministrativeGender, ContactPoint, ContactSystem, HumanName
from resolvers.complaints import Complaints
from resolvers.patient_extensions import ExtensionEntry, check_extensions
from resolvers.user_errors import InvalidInput, Rejected

OLDEST_BIRTH_YEARS = 130

# Good enough to catch slips; the confirmation mail is the real test.
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ().\-/x]{3,30}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as FHIR's language codes


SHOWN_AS = {
    "name": "name",
    "birth_date": "birthDate",
    "gender": "gender",
    "contacts": "contacts",
    "address": "address",
    "preferred_language": "preferredLanguage",
    "emergency_contacts": "emergencyContacts",
    "deceased_at": "deceasedAt",
}
"""The fields of a profile, as callers type them."""
_EMPTY: dict[str, Any] = {"contacts": [], "emergency_contacts": []}
_NEVER_EMPTY = ("name", "gender")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What was given; None is "not given", except for ``cleared``, the fields that were given as null.

    Birth dates and names are the legal identity. ``extensions`` are changes by namespace.
    """

    name: HumanName | None = None
    birth_date: date | None = None
    gender: AdministrativeGender | None = None
    contacts: list[ContactPoint] | None = None
    address: Address | None = None
    preferred_language: str | None = None
    emergency_contacts: list[EmergencyContact] | None = None
    deceased_at: datetime | None = None
    extensions: list[ExtensionEntry] | None = None
    cleared: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        """The fields given, as the document names them, but for ``extensions``; None (or no entries) for what is cleared."""
        values = {name: value for name in SHOWN_AS if (value := getattr(self, name)) is not None}
        return values | {name: _EMPTY.get(name) for name in SHOWN_AS if name in self.cleared}


def email_is_valid(email: str) -> bool:
    return len(email) <= 254 and _EMAIL.fullmatch(email) is not None


def check_profile(profile: Profile, today: date) -> None:
    """Raises Rejected with every complaint at once."""
    complaints = Complaints()
    for name in _NEVER_EMPTY:
        if name in profile.cleared:
            complaints.add([SHOWN_AS[name]], "Cannot be cleared.")
    if profile.name is not None:
        _check_name(complaints, profile.name)
    if profile.birth_date is not None:
        _check_birth_date(complaints, profile.birth_date, today)
    if profile.contacts is not None:
        _check_contacts(complaints, profile.contacts)
    if profile.address is not None:
        _check_address(complaints, profile.address)
    language = profile.preferred_language
    if language is not None:
        check_language(complaints, language, ["preferredLanguage"])
    if profile.emergency_contacts is not None:
        _check_emergency_contacts(complaints, profile.emergency_contacts)
    if profile.extensions is not None:
        check_extensions(complaints, profile.extensions)
    complaints.check()


def check_life(born: date | None, died: datetime | None, given: Collection[str], instant: datetime) -> None:
    """Raises Rejected, at the field given, where death would be in the future or before birth. A day is left for time zones."""
    if died is None:
        return
    if died > instant and "deceased_at" in given:
        raise Rejected(InvalidInput(message=f"{died.isoformat()} is in the future.", path=["deceasedAt"]))
    if born is not None and died.date() + timedelta(days=1) < born:
        path = "deceasedAt" if "deceased_at" in given else "birthDate"
        raise Rejected(InvalidInput(message=f"Death ({died.date()}) would come before birth ({born}).", path=[path]))


def check_language(complaints: Complaints, language: str, path: list[str]) -> None:
    if not _LANGUAGE.fullmatch(language):
        complaints.add(path, f"{language[:40]!r} is not a language tag such as en or es-MX (BCP 47).")


def _check_name(complaints: Complaints, name: HumanName) -> None:
    complaints.text(["name", "family"], name.family, required=True)
    for part in ("given", "prefix", "suffix"):
        values: list[str] = getattr(name, part)
        complaints.items(["name", part], values)
        for index, value in enumerate(values):
            complaints.text(["name", part, str(index)], value, required=True)


def _check_birth_date(complaints: Complaints, born: date, today: date) -> None:
    if born > today:
        complaints.add(["birthDate"], f"{born} is in the future.")
    if today.year - born.year > OLDEST_BIRTH_YEARS:
        complaints.add(["birthDate"], f"{born} is more than {OLDEST_BIRTH_YEARS} years ago.")


def _check_contacts(complaints: Complaints, contacts: list[ContactPoint]) -> None:
    complaints.items(["contacts"], contacts)
    for index, contact in enumerate(contacts):
        path = ["contacts", str(index), "value"]
        complaints.text(path, contact.value, required=True)
        if contact.system is ContactSystem.EMAIL and not email_is_valid(contact.value):
            complaints.add(path, "Is not an e-mail address.")
        is_number = contact.system in {ContactSystem.PHONE, ContactSystem.SMS, ContactSystem.FAX}
        if is_number and not _PHONE.fullmatch(contact.value):
            complaints.add(path, "Is not a telephone number: digits, spaces and +().-/ only.")


def _check_address(complaints: Complaints, address: Address) -> None:
    complaints.items(["address", "lines"], address.lines)
    for index, line in enumerate(address.lines):
        complaints.text(["address", "lines", str(index)], line)
    complaints.text(["address", "city"], address.city)
    complaints.text(["address", "state"], address.state)
    complaints.text(["address", "postalCode"], address.postal_code)
    complaints.text(["address", "country"], address.country)


def _check_emergency_contacts(complaints: Complaints, contacts: list[EmergencyContact]) -> None:
    complaints.items(["emergencyContacts"], contacts)
    for index, contact in enumerate(contacts):
        path = ["emergencyContacts", str(index)]
        complaints.text([*path, "name"], contact.name, required=True)
        complaints.text([*path, "relationship"], contact.relationship, required=True)
        if not _PHONE.fullmatch(contact.phone):
            complaints.add([*path, "phone"], "Is not a telephone number: digits, spaces and +().-/ only.")
