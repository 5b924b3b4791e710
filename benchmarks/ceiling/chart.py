"""The chart page by hand: the patient first, since the caller may see the rest if the patient is under their care; then the rest
at the same time."""

import asyncio
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from benchmarks.ceiling.balance import balance
from benchmarks.ceiling.shapes import Row, concept, decimal, global_id, name, text_of

_PATIENT = {"mrn": 1, "gender": 1, "birth_date": 1, "name": 1}
_CONDITION = {"clinical_status": 1, "onset_at": 1, "abated_at": 1, "code": 1}
_ALLERGY = {"clinical_status": 1, "criticality": 1, "code": 1, "reactions.severity": 1, "reactions.manifestations.text": 1}
_RESULT = {"status": 1, "effective_at": 1, "code.text": 1, "interpretations": 1, "value": 1, "reference_ranges": 1}
_APPOINTMENT = {"status": 1, "start": 1, "end": 1, "mode": 1, "reason": 1, "provider_id": 1}
_COVERAGE = {"status": 1, "order": 1, "payer": 1, "plan_name": 1, "member_id": 1, "period": 1}

_NEWEST_FIRST = [("effective_at", -1), ("_id", -1)]
_ONE_BATCH = 1_000_000

Database = AsyncDatabase[dict[str, Any]]


async def chart(database: Database, caller: str, patient_id: str) -> Row:
    under_care = {"$or": [{"care_team.provider_id": caller}, {"treated_by": caller}]}
    patient = await database.patients.find_one({"_id": patient_id, **under_care}, _PATIENT)
    if patient is None:
        return {"patient": None}
    conditions, allergies, results, visits, coverages, owed = await asyncio.gather(
        _records(database, caller, patient_id, "Record.Condition", _CONDITION),
        _records(database, caller, patient_id, "Record.Allergy", _ALLERGY),
        _records(database, caller, patient_id, "Record.Observation", _RESULT, limit=50),
        _appointments(database, patient_id),
        _coverages(database, patient_id),
        balance(database, patient_id),
    )
    return {
        "patient": {
            "id": global_id("Patient", patient_id),
            "mrn": patient["mrn"],
            "gender": patient["gender"],
            "birthDate": patient.get("birth_date"),
            "name": name(patient["name"]),
            "conditions": [_condition(stored) for stored in conditions],
            "allergies": [_allergy(stored) for stored in allergies],
            "records": {"nodes": [_result(stored) for stored in results]},
            "appointments": {"nodes": visits},
            "coverages": [_coverage(stored) for stored in coverages],
            "balance": owed,
        }
    }


async def _records(
    database: Database, caller: str, patient_id: str, kind: str, fields: dict[str, int], limit: int = 0
) -> list[Row]:
    """Newest first. Of the closest kept ones, only those that the caller wrote."""
    seen = [{"confidentiality": {"$ne": "VERY_RESTRICTED"}}, {"author_id": caller}]
    within = {"patient_id": patient_id, "_class_id": kind, "$or": seen}
    return await database.records.find(within, fields, batch_size=_ONE_BATCH).sort(_NEWEST_FIRST).limit(limit).to_list()


async def _appointments(database: Database, patient_id: str) -> list[Row]:
    found = database.appointments.find({"patient_id": patient_id}, _APPOINTMENT).sort([("start", 1), ("_id", 1)]).limit(10)
    appointments = await found.to_list()
    asked = list({appointment["provider_id"] for appointment in appointments})
    providers = await database.providers.find({"_id": {"$in": asked}}, {"name": 1}).to_list()
    names = {each["_id"]: {"id": global_id("Provider", each["_id"]), "name": name(each["name"])} for each in providers}
    return [_appointment(stored, names[stored["provider_id"]]) for stored in appointments]


async def _coverages(database: Database, patient_id: str) -> list[Row]:
    found = database.coverages.find({"patient_id": patient_id}, _COVERAGE, batch_size=_ONE_BATCH)
    return await found.sort([("order", 1), ("_id", 1)]).to_list()


def _condition(stored: Row) -> Row:
    return {
        "id": global_id("Condition", stored["_id"]),
        "clinicalStatus": stored["clinical_status"],
        "onsetAt": stored.get("onset_at"),
        "abatedAt": stored.get("abated_at"),
        "code": concept(stored["code"]),
    }


def _allergy(stored: Row) -> Row:
    return {
        "id": global_id("Allergy", stored["_id"]),
        "clinicalStatus": stored["clinical_status"],
        "criticality": stored.get("criticality"),
        "code": concept(stored["code"]),
        "reactions": [
            {"severity": each.get("severity"), "manifestations": [text_of(shown) for shown in each["manifestations"]]}
            for each in stored["reactions"]
        ],
    }


def _result(stored: Row) -> Row:
    return {
        "id": global_id("Observation", stored["_id"]),
        "status": stored["status"],
        "effectiveAt": stored.get("effective_at"),
        "code": stored["code"],
        "interpretations": stored["interpretations"],
        "value": _value(stored.get("value")),
        "referenceRanges": [
            {"low": decimal(each.get("low")), "high": decimal(each.get("high")), "unit": each.get("unit")}
            for each in stored["reference_ranges"]
        ],
    }


def _value(stored: Row | None) -> Row | None:
    if stored is None:
        return None
    found, measured = stored.get("concept"), stored.get("quantity")
    return {
        "text": stored.get("text"),
        "concept": None if found is None else text_of(found),
        "quantity": None if measured is None else {"value": decimal(measured["value"]), "unit": measured["unit"]},
    }


def _appointment(stored: Row, provider: Row) -> Row:
    return {
        "id": global_id("Appointment", stored["_id"]),
        "status": stored["status"],
        "start": stored.get("start"),
        "end": stored.get("end"),
        "mode": stored["mode"],
        "reason": stored.get("reason"),
        "provider": provider,
    }


def _coverage(stored: Row) -> Row:
    return {
        "id": global_id("Coverage", stored["_id"]),
        "status": stored["status"],
        "order": stored["order"],
        "payer": stored["payer"],
        "planName": stored.get("plan_name"),
        "memberId": stored.get("member_id"),
        "period": {"start": stored["period"].get("start"), "end": stored["period"].get("end")},
    }
