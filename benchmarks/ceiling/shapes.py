"""Documents as JSON, by hand: plain functions on plain dicts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

Row = dict[str, Any]


def global_id(type_name: str, document_id: str) -> str:
    return urlsafe_b64encode(f"{type_name}:{document_id}".encode()).decode().rstrip("=")


def document_id(global_id: str) -> str:
    return urlsafe_b64decode(global_id + "=" * (-len(global_id) % 4)).decode().partition(":")[2]


def name(stored: Row) -> Row:
    parts = [*stored["prefix"], *stored["given"], stored["family"], *stored["suffix"]]
    return {"text": " ".join(parts).strip()}


def text_of(concept: Row) -> Row:
    return {"text": concept["text"]}


def concept(stored: Row) -> Row:
    codings = [{"system": each["system"], "code": each["code"], "display": each.get("display")} for each in stored["codings"]]
    return {"text": stored["text"], "codings": codings}


def decimal(stored: Any) -> str | None:
    return None if stored is None else str(stored)


def money(minor_units: int, currency: str) -> Row:
    """The demo clinic bills in dollars: two digits."""
    sign, cents = "-" if minor_units < 0 else "", abs(minor_units)
    formatted = f"{sign}{cents // 100:,}.{cents % 100:02d} {currency}"
    return {"minorUnits": minor_units, "currency": currency, "formatted": formatted}
