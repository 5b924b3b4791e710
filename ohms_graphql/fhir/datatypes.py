"""The data types of FHIR as value objects: concepts, quantities, names, addresses, times."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from models.values import (
    Address,
    AdministrativeGender,
    CodeableConcept,
    Coding,
    ContactPoint,
    ContactSystem,
    ContactUse,
    HumanName,
    Period,
    Quantity,
)
from ohms_graphql.fhir.element import Element, Refusal

UCUM = "http://unitsofmeasure.org"
GENDERS = {
    "male": AdministrativeGender.MALE,
    "female": AdministrativeGender.FEMALE,
    "other": AdministrativeGender.OTHER,
    "unknown": AdministrativeGender.UNKNOWN,
}
_SYSTEMS = {
    "phone": ContactSystem.PHONE,
    "email": ContactSystem.EMAIL,
    "sms": ContactSystem.SMS,
    "fax": ContactSystem.FAX,
    "url": ContactSystem.URL,
    "pager": ContactSystem.OTHER,
    "other": ContactSystem.OTHER,
}
_USES = {use.value.lower(): use for use in ContactUse}
_DATE_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d:(\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?")


def instant(holder: Element, name: str) -> datetime | None:
    """A FHIR date, dateTime or instant in UTC, cut to milliseconds.

    A partial date (YYYY, YYYY-MM, YYYY-MM-DD) stands for its beginning in UTC: FHIR gives dates no zone. What was written is kept
    in the document's source.
    """
    text = holder.text(name)
    if text is None:
        return None
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise Refusal(holder.at(name), "FHIR date or time with zone expected")
    year, month, day, time, seconds = match.groups()
    try:
        if time is None:
            return datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if seconds == "60":  # a leap second, which Python's clock does not have
            moment = datetime.fromisoformat(re.sub(r":60(?=[.Z+-])", ":59", text, count=1)) + timedelta(seconds=1)
        else:
            moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(holder.at(name), "no such date or time") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def calendar_date(holder: Element, name: str) -> date | None:
    """A FHIR date; a partial one stands for its first day."""
    moment = instant(holder, name)
    return moment.date() if moment else None


def period(holder: Element | None) -> Period:
    if holder is None:
        return Period()
    return Period(start=instant(holder, "start"), end=instant(holder, "end"))


def starts_at(holder: Element, *names: str) -> datetime | None:
    """The first of the elements that is there; of a period its start. ``performed`` finds performedDateTime and -Period."""
    for name in names:
        for kind in ("", "DateTime", "Instant"):
            if isinstance(holder.raw(name + kind), str):
                return instant(holder, name + kind)
        for kind in ("Period", ""):
            if isinstance(holder.raw(name + kind), dict):
                return period(holder.element(name + kind)).start
    return None


def concept(holder: Element | None) -> CodeableConcept | None:
    """Its text is the text given, else the first display or code. None when there is neither."""
    if holder is None:
        return None
    elements = holder.elements("coding")
    codings = [coding for element in elements if (coding := coding_of(element)) is not None]
    text = holder.text("text") or next((display for element in elements if (display := element.text("display"))), None)
    if text is None and not codings:
        return None
    return _concept(text or codings[0].code, tuple(codings))


def coding_of(holder: Element) -> Coding | None:
    """A coding without a code says nothing that a machine can use."""
    code = holder.text("code")
    return _coding(holder.text("system") or "", code, holder.text("display")) if code else None


# A few hundred concepts make up most of a clinic's data. Value objects are frozen: one of each will do.
@lru_cache(maxsize=4096)
def _coding(system: str, code: str, display: str | None) -> Coding:
    return Coding(system=system, code=code, display=display)


@lru_cache(maxsize=4096)
def _concept(text: str, codings: tuple[Coding, ...]) -> CodeableConcept:
    return CodeableConcept(text=text, codings=list(codings))


def concepts(holder: Element, name: str) -> list[CodeableConcept]:
    return [found for element in holder.elements(name) if (found := concept(element)) is not None]


def required_concept(holder: Element, name: str) -> CodeableConcept:
    found = concept(holder.element(name))
    if found is None:
        raise Refusal(holder.at(name), "required")
    return found


def coded(found: CodeableConcept | None, meanings: Mapping[str, object]) -> str | None:
    """The first code of a concept that is one of ``meanings``."""
    return next((coding.code for coding in found.codings if coding.code in meanings), None) if found else None


def quantity(holder: Element | None) -> Quantity | None:
    """None without a number. One with a comparator (``< 5``) is no number: see ``quantity_text``."""
    value = holder.decimal("value") if holder else None
    if holder is None or value is None or holder.text("comparator"):
        return None
    code = holder.text("code") if holder.text("system") == UCUM else None
    return Quantity(value=value, unit=holder.text("unit") or holder.text("code") or "1", code=code)


def quantity_text(holder: Element | None) -> str | None:
    """``< 5 mg/L``: for what cannot be said with one number."""
    value = holder.decimal("value") if holder else None
    if holder is None or value is None:
        return None
    parts = [holder.text("comparator"), f"{value:f}", holder.text("unit") or holder.text("code")]
    return " ".join(part for part in parts if part)


def human_name(holder: Element) -> HumanName:
    """The official name, else the usual one, else the first. One without a family name is sorted by all of its text.

    An unidentified person, whom FHIR allows to have no name, is called Unknown.
    """
    names = holder.elements("name")
    ranks = {"official": 0, "usual": 1, None: 2}
    best = min(names, key=lambda name: ranks.get(name.text("use"), 3), default=None)
    if best is None:
        return HumanName(family="Unknown")
    given = best.texts("given")
    family = best.text("family") or ("" if given else best.text("text")) or ""
    return HumanName(
        family=family if family or given else "Unknown", given=given, prefix=best.texts("prefix"), suffix=best.texts("suffix")
    )


def contacts(holder: Element) -> list[ContactPoint]:
    found = []
    for element in holder.elements("telecom"):
        value = element.text("value")
        if value is not None:
            system = element.code("system", _SYSTEMS) or ContactSystem.OTHER
            found.append(ContactPoint(system=system, value=value, use=element.code("use", _USES)))
    return found


def addresses(holder: Element) -> list[Address]:
    """Where somebody lives first, old addresses last."""
    ranks = {"home": 0, "old": 2}
    ordered = sorted(holder.elements("address"), key=lambda element: ranks.get(element.text("use") or "", 1))
    return [
        Address(
            lines=element.texts("line") or ([text] if (text := element.text("text")) and not element.has("city") else []),
            city=element.text("city"),
            state=element.text("state"),
            postal_code=element.text("postalCode"),
            country=element.text("country"),
        )
        for element in ordered
    ]
