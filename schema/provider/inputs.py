"""What people enter about providers, their hours, and what can be booked."""

from datetime import date as CalendarDate  # noqa: N812  # a field below is called date
from typing import Any

import strawberry

from models import values as stored
from models.confidentiality import Confidentiality
from models.money import Money
from models.provider import Weekday
from models.provider import WeeklyHours as StoredHours
from models.values import AdministrativeGender
from models.visit_type import CancellationPolicy, VisitMode
from resolvers.availability import DayWish, Hours
from resolvers.provider_changes import ProviderWish
from resolvers.user_errors import InvalidInput, Rejected
from resolvers.visit_types import VisitTypeWish
from schema.node import id_of
from schema.patient.inputs import AddressInput, ContactPointInput, HumanNameInput
from schema.scalars import LocalTime, TimeZone


@strawberry.input(description="A code of a code system.")
class CodingInput:
    system: str = strawberry.field(description="The system's URI: http://snomed.info/sct for SNOMED CT.")
    code: str = strawberry.field(description="The code.")
    display: str | None = strawberry.field(default=None, description="The code's meaning, for people.")

    def cleaned(self) -> stored.Coding:
        return stored.Coding(system=self.system, code=self.code, display=self.display)


@strawberry.input(description="A concept: a text, and the codes that mean it.")
class CodeableConceptInput:
    text: str = strawberry.field(description="The concept, for people.")
    codings: list[CodingInput] = strawberry.field(default_factory=list, description="The concept in code systems.")

    def cleaned(self) -> stored.CodeableConcept:
        return stored.CodeableConcept(text=self.text.strip(), codings=[each.cleaned() for each in self.codings])


@strawberry.input(description="An amount of money, exact.")
class MoneyInput:
    minor_units: int = strawberry.field(description="Cents, or whatever the currency's smallest unit is; not negative.")
    currency: str = strawberry.field(default="USD", description="ISO 4217.")

    def cleaned(self, path: list[str]) -> Money:
        """Raises Rejected for what is no currency code."""
        try:
            return Money(minor_units=self.minor_units, currency=self.currency)
        except ValueError as error:
            message = f"{self.currency[:20]!r} is not a currency code: three capital letters (ISO 4217)."
            raise Rejected(InvalidInput(message=message, path=[*path, "currency"])) from error


@strawberry.input(description="What a patient pays who cancels late or does not come.")
class CancellationPolicyInput:
    notice_minutes: int = strawberry.field(default=0, description="Cancelling less than this before the start is late; to 43200.")
    late_fee: MoneyInput | None = strawberry.field(default=None, description="For cancelling late; nothing when not given.")
    no_show_fee: MoneyInput | None = strawberry.field(default=None, description="For not coming; nothing when not given.")

    def cleaned(self) -> CancellationPolicy:
        path = ["cancellationPolicy"]
        late = None if self.late_fee is None else self.late_fee.cleaned([*path, "lateFee"])
        no_show = None if self.no_show_fee is None else self.no_show_fee.cleaned([*path, "noShowFee"])
        # Not validated: a negative notice is refused together with all else that is wrong (resolvers.visit_types).
        return CancellationPolicy.model_construct(notice_minutes=self.notice_minutes, late_fee=late, no_show_fee=no_show)


@strawberry.input
class VisitTypeFields:
    """What creating and updating share."""

    buffer_before_minutes: int | None = strawberry.field(default=None, description="Busy time before it: 0 to 240.")
    buffer_after_minutes: int | None = strawberry.field(default=None, description="Busy time after it: 0 to 240.")
    slot_interval_minutes: int | None = strawberry.field(
        default=strawberry.UNSET, description="From one offered start to the next, 5 to 1440; null: the duration."
    )
    minimum_notice_minutes: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long before its start patients can last book, 0 to 43200; null: as the provider has it.",
    )
    booking_horizon_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="How far ahead patients can book, 1 to 730; null: as the provider has it."
    )
    cancellation_policy: CancellationPolicyInput | None = strawberry.field(default=None, description="What calling it off costs.")
    code: CodeableConceptInput | None = strawberry.field(default=strawberry.UNSET, description="What it is in code systems.")
    confidentiality: Confidentiality | None = strawberry.field(
        default=None, description="How closely visits of this type are kept; those that are booked stay as they are."
    )

    def wish_of(
        self,
        name: str | None,
        duration_minutes: int | None,
        modes: list[VisitMode] | None,
        price: MoneyInput | None,
        active: bool | None,
    ) -> VisitTypeWish:
        clearable: dict[str, Any] = {
            "slot_interval_minutes": self.slot_interval_minutes,
            "minimum_notice_minutes": self.minimum_notice_minutes,
            "booking_horizon_days": self.booking_horizon_days,
            "code": self.code.cleaned() if self.code else self.code,
        }
        return VisitTypeWish(
            name=None if name is None else name.strip(),
            duration_minutes=duration_minutes,
            buffer_before_minutes=self.buffer_before_minutes,
            buffer_after_minutes=self.buffer_after_minutes,
            cancellation_policy=None if self.cancellation_policy is None else self.cancellation_policy.cleaned(),
            modes=modes,
            price=None if price is None else price.cleaned(["price"]),
            confidentiality=self.confidentiality,
            active=active,
            clear=frozenset(field for field, value in clearable.items() if value is None),
            **{field: value for field, value in clearable.items() if value is not None and value is not strawberry.UNSET},
        )


@strawberry.input
class ProviderFields:
    """What creating and updating share."""

    credentials: list[str] | None = strawberry.field(default=None, description="MD, RN ...")
    specialties: list[CodeableConceptInput] | None = strawberry.field(default=None, description="What the provider treats.")
    languages: list[str] | None = strawberry.field(default=None, description="Spoken languages (BCP 47).")
    biography: str | None = strawberry.field(default=None, description="In the provider's own words; at most 2000 characters.")
    accepting_new_patients: bool | None = strawberry.field(default=None, description="Whether new patients can book.")
    gender: AdministrativeGender | None = strawberry.field(default=None, description="Gender for administrative purposes.")
    contacts: list[ContactPointInput] | None = strawberry.field(default=None, description="How to reach the provider.")
    address: AddressInput | None = strawberry.field(default=None, description="Where the provider works.")
    organizations: list[strawberry.ID] | None = strawberry.field(default=None, description="Where the provider works.")
    visit_types: list[strawberry.ID] | None = strawberry.field(default=None, description="What can be booked.")

    def wish_of(
        self, npi: str | None, name: HumanNameInput | None, *, time_zone: str | None = None, active: bool | None = None
    ) -> ProviderWish:
        return ProviderWish(
            npi=npi,
            name=None if name is None else name.cleaned(),
            time_zone=time_zone,
            active=active,
            credentials=self.credentials,
            specialties=None if self.specialties is None else [each.cleaned() for each in self.specialties],
            languages=self.languages,
            biography=self.biography,
            accepting_new_patients=self.accepting_new_patients,
            gender=self.gender,
            contacts=None if self.contacts is None else [each.cleaned() for each in self.contacts],
            address=None if self.address is None else self.address.cleaned(),
            organization_ids=_ids("Organization", self.organizations, "organizations"),
            visit_type_ids=_ids("VisitType", self.visit_types, "visitTypes"),
        )


def _ids(type_name: str, values: list[strawberry.ID] | None, field: str) -> list[str] | None:
    if values is None:
        return None
    return [id_of(type_name, value, ["input", field, str(number)]) or "" for number, value in enumerate(values)]


@strawberry.input(description="Opening hours on one weekday, on the provider's wall clock.")
class WeeklyHoursInput:
    weekday: Weekday = strawberry.field(description="The day that they begin on.")
    from_: LocalTime = strawberry.field(name="from", description="When they begin.")
    to: LocalTime = strawberry.field(
        description="When they end; earlier than `from` means on the next day, and then they last at most 14 hours."
    )
    visit_types: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="What can be booked in them; all that the provider offers when none is given."
    )

    def cleaned(self, number: int) -> StoredHours:
        visit_types = [
            id_of("VisitType", value, ["input", "weekly", str(number), "visitTypes", str(place)]) or ""
            for place, value in enumerate(self.visit_types)
        ]
        return StoredHours(weekday=self.weekday, start=self.from_, end=self.to, visit_type_ids=visit_types)


@strawberry.input(description="When a provider is there in an ordinary week. It takes the place of the week before.")
class SetAvailabilityInput:
    provider: strawberry.ID = strawberry.field(description="Whose hours: one's own, or for staff anybody's.")
    weekly: list[WeeklyHoursInput] = strawberry.field(
        description="At most 100, none of which overlaps another; the week goes round, from Sunday night to Monday."
    )
    time_zone: TimeZone | None = strawberry.field(
        default=None, description="The zone of all times, those of days that differ as well; as before when not given."
    )
    minimum_notice_minutes: int | None = strawberry.field(
        default=None, description="How long before its start patients can last book: 0 to 43200. As before when not given."
    )
    booking_horizon_days: int | None = strawberry.field(
        default=None, description="How far ahead patients can book: 1 to 730. As before when not given."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the provider is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def hours(self) -> Hours:
        return Hours(
            weekly=[hours.cleaned(number) for number, hours in enumerate(self.weekly)],
            time_zone=self.time_zone,
            minimum_notice_minutes=self.minimum_notice_minutes,
            booking_horizon_days=self.booking_horizon_days,
        )


@strawberry.input(description="A day that shall differ from the weekly hours.")
class AddAvailabilityExceptionInput:
    provider: strawberry.ID = strawberry.field(description="Whose day: one's own, or for staff anybody's.")
    date: CalendarDate = strawberry.field(description="The day, in the provider's zone; not a past one.")
    from_: LocalTime | None = strawberry.field(
        default=None, name="from", description="From when; with `to`. Neither: the whole day, for leave."
    )
    to: LocalTime | None = strawberry.field(default=None, description="To when; earlier than `from` means on the next day.")
    available: bool = strawberry.field(default=False, description="True for extra hours, false for leave.")
    reason: str | None = strawberry.field(default=None, description="Why; for the provider and the desk only.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse with a Conflict unless the provider is still at this revision."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def wish(self) -> DayWish:
        return DayWish(date=self.date, start=self.from_, end=self.to, available=self.available, reason=self.reason)
