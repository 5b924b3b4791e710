"""What looks like a MongoDB operator stays text, in every scalar that reaches a filter."""

from typing import Any

import httpx
import pytest

from models.account import Account
from ohms_graphql.settings import Settings
from schema.node import global_id
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

OBJECTS: list[Any] = [{"$ne": None}, {"$gt": ""}, {"$regex": ".*"}, {"$where": "1"}, ["$ne", None], {"$expr": True}]
TEXTS = ['{"$ne": null}', "$ne", "$where: 1", ".*", "^", "a' || '1'=='1", "\u0000", "$$ROOT"]


async def _ask(http: httpx.AsyncClient, query: str, variables: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    return (await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers or {})).json()


FILTERS = {
    "patient": "query($value: ID!) { patient(id: $value) { id } }",
    "patients by mrn": "query($value: String) { patients(where: {mrn: $value}) { nodes { id } } }",
    "patients by word": "query($value: String) { patients(where: {search: $value}) { nodes { id } } }",
    "patients by care team": "query($value: ID) { patients(where: {careTeam: $value}) { nodes { id } } }",
    "appointments of a provider": "query($value: ID) { appointments(where: {provider: $value}) { nodes { id } } }",
    "node": "query($value: ID!) { node(id: $value) { id } }",
    "after": "query($value: String) { patients(after: $value) { nodes { id } } }",
    "providers": "query($value: String) { providers(where: {language: $value}) { nodes { id } } }",
}


@pytest.mark.parametrize("where", FILTERS)
async def test_an_object_in_place_of_a_scalar_is_refused(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic, where: str
) -> None:
    for value in OBJECTS:
        answer = await _ask(http, FILTERS[where], {"value": value}, authorization(settings, clinic, "staff"))
        assert not answer.get("data")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("where", FILTERS)
async def test_text_with_operators_finds_nothing(http: httpx.AsyncClient, settings: Settings, clinic: Clinic, where: str) -> None:
    for value in TEXTS:
        answer = await _ask(http, FILTERS[where], {"value": value}, authorization(settings, clinic, "staff"))
        found = [part for part in (answer.get("data") or {}).values() if part not in (None, {"nodes": []})]
        assert found == [], (value, answer)
        assert all(error["extensions"]["code"] == "BAD_USER_INPUT" for error in answer.get("errors", []))


async def test_nobody_signs_in_with_an_operator(http: httpx.AsyncClient, clinic: Clinic) -> None:
    query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { code } } }"
    for value in OBJECTS:
        for entered in ({"email": value, "password": value}, {"email": "alice@clinic.example", "password": value}):
            answer = await _ask(http, query, {"input": entered})
            assert not answer.get("data")


async def test_a_made_up_id_is_no_id(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    for document_id in ("", "$ne", '{"$gt":""}', "0" * 26, "../../accounts", "\u0000"):
        forged = global_id("Patient", document_id)
        answer = await _ask(http, FILTERS["node"], {"value": forged}, authorization(settings, clinic, "staff"))
        assert (answer.get("data") or {}).get("node") is None


async def test_an_id_under_the_name_of_another_type_finds_nothing(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    headers = authorization(settings, clinic, "admin")
    own = await Account.find_one({"_id": clinic.accounts["admin"].id})
    assert own is not None
    for type_name in ("Patient", "Appointment", "Invoice", "Condition", "ClinicalNote", "Provider", "Coverage"):
        query = "query($value: ID!) { node(id: $value) { __typename } }"
        answer = await _ask(http, query, {"value": global_id(type_name, own.id)}, headers)
        assert (answer.get("data") or {}).get("node") is None, type_name
    staff = authorization(settings, clinic, "staff")
    for type_name, document in (("Appointment", clinic.alice), ("Patient", clinic.visit), ("Patient", clinic.condition)):
        for query in (FILTERS["node"], FILTERS["patient"]):
            answer = await _ask(http, query, {"value": global_id(type_name, document.id)}, staff)
            assert [part for part in (answer.get("data") or {}).values() if part] == [], (type_name, answer)


async def test_a_records_id_under_another_kind_finds_nothing(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> None:
    headers = authorization(settings, clinic, "house")
    for kind in ("Allergy", "Observation", "ClinicalNote", "Patient"):
        answer = await _ask(http, FILTERS["node"], {"value": global_id(kind, clinic.condition.id)}, headers)
        assert (answer.get("data") or {}).get("node") is None, kind
