"""Value types: FHIR's data types as GraphQL shows them.

Their fields are named as those of the stored value objects, which are handed to GraphQL as they are: ``shown`` says so to the
type checker. No conversion, no resolver.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from models.values import ContactSystem, ContactUse


def shown(value: object) -> Any:
    """A stored value object in the place of the GraphQL type that mirrors it."""
    return value


@strawberry.type(description="A person's name.")
class HumanName:
    text: str = strawberry.field(description="The whole name, as it is shown.")
    given: list[str] = strawberry.field(description="Given names, first one first.")
    family: str = strawberry.field(description="Family name.")
    prefix: list[str] = strawberry.field(description="What stands before: Dr., Mrs.")
    suffix: list[str] = strawberry.field(description="What stands behind: Jr., III.")


@strawberry.type(description="A way to reach somebody.")
class ContactPoint:
    system: ContactSystem = strawberry.field(description="Telephone, e-mail ...")
    value: str = strawberry.field(description="The number or address.")
    use: ContactUse | None = strawberry.field(description="At home, at work ...")


@strawberry.type(description="A postal address.")
class Address:
    lines: list[str] = strawberry.field(description="Street, number, apartment.")
    city: str | None = strawberry.field(description="City or town.")
    state: str | None = strawberry.field(description="State, province or canton.")
    postal_code: str | None = strawberry.field(description="Postal code.")
    country: str | None = strawberry.field(description="Country.")


@strawberry.type(description="A code of a code system.")
class Coding:
    system: str = strawberry.field(description="The system's URI: http://loinc.org for LOINC.")
    code: str = strawberry.field(description="The code.")
    display: str | None = strawberry.field(description="The code's meaning, for people.")


@strawberry.type(description="A concept: a text, and the codes that mean it.")
class CodeableConcept:
    text: str = strawberry.field(description="The concept, for people.")
    codings: list[Coding] = strawberry.field(description="The concept in code systems.")


@strawberry.type(description="A measured amount.")
class Quantity:
    value: Decimal = strawberry.field(description="The number, with the digits it was measured to.")
    unit: str = strawberry.field(description="The unit, for people.")
    code: str | None = strawberry.field(description="The unit in UCUM.")


@strawberry.type(description="A span of time, half-open: the start belongs to it, the end does not.")
class Period:
    start: datetime | None = strawberry.field(description="Null when it has no beginning that is known.")
    end: datetime | None = strawberry.field(description="Null when it goes on.")


@strawberry.type(description="An amount of money, exact.")
class Money:
    minor_units: int = strawberry.field(description="Cents, or whatever the currency's smallest unit is.")
    currency: str = strawberry.field(description="ISO 4217.")
    decimal: Decimal = strawberry.field(description="The amount in the currency's main unit.")
    formatted: str = strawberry.field(description="The amount for people.")
