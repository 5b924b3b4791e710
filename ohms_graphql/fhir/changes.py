"""From a plan to writes: a new document, a changed one, or links that can be filled at last."""

from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from models.base import StoredDocument
from models.confidentiality import Confidentiality, strictest
from models.patient import FormerMrn, Patient, PatientExtensions
from models.record import Record, RecordVersion
from models.search_words import search_tokens
from ohms_graphql.fhir.plan import Also, Plan
from ohms_graphql.fhir.storage import Raw, encoded
from ohms_graphql.fhir.writing import Unit

MISSING = "missing_links"
"""Extra field of a document: the fields left empty because their reference was broken, for a later import to fill."""

_NEVER_REPLACED = {"id", "source", "version", "revision", "created_at", "updated_at"}
_DERIVED = ("search_words", "sort_name", "search_tokens", "match_tokens")


def add_new(unit: Unit[Any], plan: Plan, missing: list[str]) -> None:
    raw = encoded(plan.document)
    if missing:
        raw[MISSING] = missing
    unit.inserts.append((type(plan.document), raw))
    unit.updates.extend(plan.also)


def add_changed(unit: Unit[Any], plan: Plan, stored: Raw, missing: list[str], moment: datetime) -> None:
    """Replaces the fields that the source decides, and no others: what the clinic added stays.

    An entry of the record is not overwritten: what it was is kept as a RecordVersion.
    """
    document = plan.document
    raw = encoded(document)
    fields = document.model_fields_set - _NEVER_REPLACED - plan.first_only
    changes = {name: raw[name] for name in fields if name != "extensions"}
    if "name" in fields:
        changes |= {name: raw[name] for name in _DERIVED if name in raw}
    if isinstance(document, Patient):
        changes["extensions"] = _with_those_of_others(document.extensions, stored)
        if stored.get("former_mrns"):
            former = [FormerMrn.opened(sealed) for sealed in stored["former_mrns"]]
            changes["search_tokens"] = search_tokens(document.name, " ".join([document.mrn, *former])).tokens
    counters = {"revision": 1}
    if isinstance(document, Record):
        counters["version"] = 1
        changes |= {"version_at": moment, "change": None}  # by the source, not by somebody here
        unit.inserts.append((RecordVersion, _version(stored)))
    if "confidentiality" in changes:
        # A label set by the clinic is not taken off by a source that has none.
        stored_level = Confidentiality(stored.get("confidentiality") or Confidentiality.NORMAL)
        changes["confidentiality"] = strictest(Confidentiality(changes["confidentiality"]), stored_level).value
    update: dict[str, Any] = {"$set": {**changes, "source": raw["source"], "updated_at": moment}, "$inc": counters}
    update["$set" if missing else "$unset"] = {**update.get("$set" if missing else "$unset", {}), MISSING: missing or ""}
    unit.updates.append(Also(type(document), UpdateOne({"_id": document.id}, update)))
    unit.updates.extend(plan.also)


def add_links(unit: Unit[Any], plan: Plan, before: list[str], missing: list[str], moment: datetime) -> None:
    """Fills those links whose target has come since; everything else is as it was."""
    raw = encoded(plan.document)
    fields = type(plan.document).model_fields.keys() - set(missing)
    filled = {name: raw[name] for name in before if name in fields}
    update: dict[str, Any] = {"$set": {**filled, MISSING: missing, "updated_at": moment}, "$inc": {"revision": 1}}
    unit.updates.append(Also(type(plan.document), UpdateOne({"_id": plan.document.id}, update)))
    unit.updates.extend(plan.also)


def _with_those_of_others(extensions: PatientExtensions, stored: Raw) -> bytes:
    """What other namespaces hold stays."""
    there = PatientExtensions(sealed=stored["extensions"]).plain if stored.get("extensions") else {}
    return PatientExtensions({**there, **extensions.plain}).sealed


def _version(stored: Raw) -> Raw:
    version = RecordVersion(record_id=stored["_id"], patient_id=stored["patient_id"], version=stored["version"], document={})
    return {**encoded(version), "document": stored}


def home_of(document: StoredDocument) -> type[StoredDocument]:
    """The root class of the document's collection."""
    return Record if isinstance(document, Record) else type(document)
