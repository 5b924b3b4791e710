"""Value objects as the data types of FHIR R4; the other way of ``ohms_graphql.fhir.datatypes``."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from models.confidentiality import Confidentiality
from models.money import Money
from models.values import Address, CodeableConcept, Coding, ContactPoint, HumanName, Period, Quantity
from ohms_graphql.fhir.datatypes import UCUM

Resource = dict[str, Any]

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_LABELS = {Confidentiality.RESTRICTED: "R", Confidentiality.VERY_RESTRICTED: "V"}


def present(elements: Mapping[str, Any]) -> Resource:
    """Without what is empty: FHIR has no nulls and no empty lists."""
    return {name: value for name, value in elements.items() if value is not None and value not in ("", [], {})}


def code_of(value: Enum) -> str:
    """``ENTERED_IN_ERROR`` as FHIR writes it."""
    return str(value.value).lower().replace("_", "-")


def instant(value: datetime | None) -> str | None:
    """In UTC, to the millisecond, which is what the database keeps."""
    if value is None:
        return None
    text = value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def coding(value: Coding) -> Resource:
    return present({"system": value.system, "code": value.code, "display": value.display})


def concept(value: CodeableConcept | None) -> Resource | None:
    return None if value is None else present({"coding": [coding(each) for each in value.codings], "text": value.text})


def concepts(values: Iterable[CodeableConcept]) -> list[Resource]:
    return [found for value in values if (found := concept(value))]


def coded(system: str, code: str, text: str | None = None) -> Resource:
    return present({"coding": [{"system": system, "code": code}], "text": text})


def quantity(value: Quantity) -> Resource:
    code = {"system": UCUM, "code": value.code} if value.code else {}
    return {"value": value.value, "unit": value.unit, **code}


def bound(value: Decimal | None, unit: str | None) -> Resource | None:
    return None if value is None else present({"value": value, "unit": unit})


def period(value: Period) -> Resource:
    return present({"start": instant(value.start), "end": instant(value.end)})


def money(value: Money) -> Resource:
    return {"value": value.decimal, "currency": value.currency}


def human_name(value: HumanName) -> Resource:
    return present(
        {
            "use": "official",
            "text": value.text,
            "family": value.family,
            "given": value.given,
            "prefix": value.prefix,
            "suffix": value.suffix,
        }
    )


def contact(value: ContactPoint) -> Resource:
    use = None if value.use is None else value.use.value.lower()
    return present({"system": value.system.value.lower(), "value": value.value, "use": use})


def address(value: Address) -> Resource:
    return present(
        {
            "line": value.lines,
            "city": value.city,
            "state": value.state,
            "postalCode": value.postal_code,
            "country": value.country,
        }
    )


def security_label(level: Confidentiality) -> Resource | None:
    """None for what is NORMAL, as health information is without a label."""
    code = _LABELS.get(level)
    return None if code is None else {"system": CONFIDENTIALITY, "code": code}
