"""What the use cases need from a clearing house, in our words."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from models.coverage import BenefitRow, EligibilityOutcome, SubscriberRelationship
from models.values import AdministrativeGender


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """A person as the payer knows them."""

    given: str
    family: str
    birth_date: date | None
    gender: AdministrativeGender


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityQuestion:
    """X12 270 in words. ``dependent`` is the patient where somebody else is the subscriber.

    ``payer_id`` is the payer's electronic id, ``service_types`` are X12 service type codes ("30": general).
    """

    payer_id: str
    member_id: str
    group_number: str | None
    subscriber: Insured
    dependent: Insured | None
    relationship: SubscriberRelationship
    service_types: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityAnswer:
    """X12 271 in words. ``in_force`` is None where the payer did not say. ``message`` never quotes what was asked."""

    outcome: EligibilityOutcome
    in_force: bool | None = None
    rows: list[BenefitRow] = field(default_factory=list)
    message: str | None = None
    reference: str | None = None


class EligibilityGateway(Protocol):
    """Real-time eligibility at a clearing house."""

    @property
    def is_set_up(self) -> bool: ...

    async def ask(self, question: EligibilityQuestion) -> EligibilityAnswer:
        """Never raises for what payer or network do: a payer that is down or talks nonsense is an ERROR, in force unknown."""
        ...
