"""What people enter about a patient."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol, TypeVar

import strawberry
from strawberry import UNSET

from models import patient as stored_patient
from models import values as stored
from models.values import AdministrativeGender, ContactSystem, ContactUse
from resolvers.profile import Profile

T_co = TypeVar("T_co", covariant=True)


class _Input(Protocol[T_co]):
    def cleaned(self) -> T_co: ...


@strawberry.input(description="A person's name.")
class HumanNameInput:
    family: str = strawberry.field(description="Family name.")
    given: list[str] = strawberry.field(default_factory=list, description="Given names, first one first.")
    prefix: list[str] = strawberry.field(default_factory=list, description="What stands before: Dr., Mrs.")
    suffix: list[str] = strawberry.field(default_factory=list, description="What stands behind: Jr., III.")

    def cleaned(self) -> stored.HumanName:
        given = [part.strip() for part in self.given]
        return stored.HumanName(family=self.family.strip(), given=given, prefix=self.prefix, suffix=self.suffix)


@strawberry.input(description="A way to reach somebody.")
class ContactPointInput:
    system: ContactSystem = strawberry.field(description="Telephone, e-mail ...")
    value: str = strawberry.field(description="The number or address.")
    use: ContactUse | None = strawberry.field(default=None, description="At home, at work ...")

    def cleaned(self) -> stored.ContactPoint:
        return stored.ContactPoint(system=self.system, value=self.value.strip(), use=self.use)


@strawberry.input(description="A postal address.")
class AddressInput:
    lines: list[str] = strawberry.field(default_factory=list, description="Street, number, apartment.")
    city: str | None = strawberry.field(default=None, description="City or town.")
    state: str | None = strawberry.field(default=None, description="State, province or canton.")
    postal_code: str | None = strawberry.field(default=None, description="Postal code.")
    country: str | None = strawberry.field(default=None, description="Country.")

    def cleaned(self) -> stored.Address:
        return stored.Address(
            lines=self.lines, city=self.city, state=self.state, postal_code=self.postal_code, country=self.country
        )


@strawberry.input(description="Whom to call in an emergency.")
class EmergencyContactInput:
    name: str = strawberry.field(description="The person's name.")
    relationship: str = strawberry.field(description="What the person is to the patient.")
    phone: str = strawberry.field(description="The person's telephone number.")

    def cleaned(self) -> stored_patient.EmergencyContact:
        return stored_patient.EmergencyContact(
            name=self.name.strip(), relationship=self.relationship.strip(), phone=self.phone.strip()
        )


@strawberry.input
class ProfileInput:
    """The fields that registering and updating share; only those given are written."""

    gender: AdministrativeGender | None = strawberry.field(default=UNSET, description="Gender for administrative purposes.")
    contacts: list[ContactPointInput] | None = strawberry.field(default=UNSET, description="Replaces all contacts.")
    address: AddressInput | None = strawberry.field(default=UNSET, description="Replaces the address.")
    preferred_language: str | None = strawberry.field(default=UNSET, description="Language to speak (BCP 47).")
    emergency_contacts: list[EmergencyContactInput] | None = strawberry.field(
        default=UNSET, description="Replaces all emergency contacts."
    )

    def profile(self, name: HumanNameInput | None, birth_date: date | None, **more: Any) -> Profile:
        """What is given as null is cleared. ``more`` are further fields of the profile, as they are."""
        given = {"name": name, "birth_date": birth_date, **{field: getattr(self, field) for field in _SHARED}, **more}
        return Profile(
            name=name.cleaned() if name else None,
            birth_date=birth_date or None,
            gender=self.gender or None,
            contacts=_entries(self.contacts),
            address=self.address.cleaned() if self.address else None,
            preferred_language=None if self.preferred_language is UNSET else self.preferred_language,
            emergency_contacts=_entries(self.emergency_contacts),
            cleared=frozenset(field for field, value in given.items() if value is None),
            **{field: value for field, value in more.items() if value is not UNSET},
        )


_SHARED = ("gender", "contacts", "address", "preferred_language", "emergency_contacts")


def _entries(given: Iterable[_Input[T_co]] | None) -> list[T_co] | None:
    return None if given is None or given is UNSET else [entry.cleaned() for entry in given]
