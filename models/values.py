"""Value objects shared by the documents, named and shaped as in FHIR R4."""

from datetime import datetime
from enum import StrEnum

from beanie.odm.custom_types import DecimalAnnotation

from models.value_object import ValueObject


class HumanName(ValueObject):
    """A person's name. ``text`` is how it is shown; parts are for sorting and addressing."""

    family: str
    given: list[str] = []
    prefix: list[str] = []
    suffix: list[str] = []

    @property
    def text(self) -> str:
        return " ".join([*self.prefix, *self.given, self.family, *self.suffix]).strip()


class ContactSystem(StrEnum):
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    SMS = "SMS"
    FAX = "FAX"
    URL = "URL"
    OTHER = "OTHER"


class ContactUse(StrEnum):
    HOME = "HOME"
    WORK = "WORK"
    MOBILE = "MOBILE"
    TEMP = "TEMP"
    OLD = "OLD"


class ContactPoint(ValueObject):
    system: ContactSystem
    value: str
    use: ContactUse | None = None


class Address(ValueObject):
    lines: list[str] = []
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class Coding(ValueObject):
    """A code in a system named by its URI (LOINC: ``http://loinc.org``)."""

    system: str
    code: str
    display: str | None = None


class CodeableConcept(ValueObject):
    text: str
    codings: list[Coding] = []


class Quantity(ValueObject):
    """A measured amount. ``unit`` is for people, ``code`` is UCUM."""

    value: DecimalAnnotation
    unit: str = "1"
    code: str | None = None


class Period(ValueObject):
    """Half-open, ``[start, end)``; an open end is None."""

    start: datetime | None = None
    end: datetime | None = None

    def contains(self, instant: datetime) -> bool:
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)


class AdministrativeGender(StrEnum):
    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"
