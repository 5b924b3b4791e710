"""The schedule page by hand: three reads, two of them at the same time."""

import asyncio
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from benchmarks.ceiling.caller import Refused
from benchmarks.ceiling.shapes import Row, global_id, name

_APPOINTMENT = {"status": 1, "start": 1, "end": 1, "mode": 1, "reason": 1, "patient_id": 1}
_BY_START = [("start", 1), ("_id", 1)]


async def schedule(database: AsyncDatabase[dict[str, Any]], caller: str, provider_id: str) -> Row:
    """Providers see all of their own schedule. Others' schedules are not part of the measurement: raises Refused."""
    if provider_id != caller:
        raise Refused
    found = database.appointments.find({"provider_id": caller}, _APPOINTMENT).sort(_BY_START).limit(50)
    appointments, provider = await asyncio.gather(found.to_list(), database.providers.find_one({"_id": caller}, {"name": 1}))
    if provider is None:
        raise Refused
    asked = list({appointment["patient_id"] for appointment in appointments})
    under_care = {"$or": [{"care_team.provider_id": caller}, {"treated_by": caller}]}
    visible = database.patients.find({"_id": {"$in": asked}, **under_care}, {"name": 1, "birth_date": 1})
    patients = {patient["_id"]: _patient(patient) for patient in await visible.to_list()}
    shown = {"id": global_id("Provider", caller), "name": name(provider["name"])}
    return {"appointments": {"nodes": [_node(each, patients[each["patient_id"]], shown) for each in appointments]}}


def _patient(stored: Row) -> Row:
    return {"id": global_id("Patient", stored["_id"]), "name": name(stored["name"]), "birthDate": stored.get("birth_date")}


def _node(stored: Row, patient: Row, provider: Row) -> Row:
    return {
        "id": global_id("Appointment", stored["_id"]),
        "status": stored["status"],
        "start": stored.get("start"),
        "end": stored.get("end"),
        "mode": stored["mode"],
        "reason": stored.get("reason"),
        "patient": patient,
        "provider": provider,
    }
