"""From stranger to patient with an account, without telling anybody who is a patient already."""

import asyncio
import re
from typing import Any

from models.account import Account, AccountEmail
from models.patient import Patient
from models.registration import Registration
from models.search_words import SearchTokens
from tests.clinic import Mailbox
from tests.graph import Graph

REGISTER = """mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  confirmationSent errors { __typename code path message } } }"""
CONFIRM = """mutation ($code: String!) { confirmRegistration(input: {code: $code}) {
  accessToken errors { __typename code path } } }"""

AT_DESK = """mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  patient { id mrn name { text } } errors { __typename path code } } }"""

DANA: dict[str, Any] = {
    "name": {"family": "Scully", "given": ["Dana"]},
    "birthDate": "1964-02-23",
    "gender": "FEMALE",
    "contacts": [{"system": "PHONE", "value": "+1 202 555 0123", "use": "MOBILE"}],
    "email": "dana@clinic.example",
    "password": "trust no one 1013",
}


async def _register(graph: Graph, **changes: Any) -> Any:
    return (await graph.data(None, REGISTER, input={**DANA, **changes}))["registerPatient"]


def _mails(graph: Graph) -> Mailbox:
    assert isinstance(graph.ports.mailer, Mailbox)
    return graph.ports.mailer


def _code(graph: Graph) -> str:
    found = re.search(r"^\S{40,}$", _mails(graph).mails[-1].text, re.MULTILINE)
    assert found is not None
    return found.group()


async def test_a_registration_becomes_a_patient_when_the_mailed_code_comes_back(graph: Graph) -> None:
    before = await Patient.count()
    assert await _register(graph) == {"confirmationSent": True, "errors": []}
    assert await Patient.count() == before
    confirmed = (await graph.data(None, CONFIRM, code=_code(graph)))["confirmRegistration"]
    assert confirmed["errors"] == []
    account = await Account.find_one({"email": AccountEmail.lookup("dana@clinic.example")})
    assert account is not None
    assert confirmed["accessToken"] == f"token-of-{account.id}"
    patient = await Patient.get(account.patient_id)
    assert patient is not None
    assert (patient.name.text, str(patient.birth_date), patient.gender) == ("Dana Scully", "1964-02-23", "FEMALE")
    assert {SearchTokens.beginning(word) for word in ("dana", "scul")} <= set(patient.search_tokens.tokens)


async def test_a_known_address_gets_the_same_answer_after_the_same_commands(graph: Graph) -> None:
    fresh = await graph.ask(None, REGISTER, input=DANA)
    taken = await graph.ask(None, REGISTER, input={**DANA, "email": "alice@clinic.example"})
    assert fresh.data == taken.data == {"registerPatient": {"confirmationSent": True, "errors": []}}
    assert fresh.commands == taken.commands
    assert [mail.to for mail in _mails(graph).mails] == ["dana@clinic.example", "alice@clinic.example"]
    assert "account already" in _mails(graph).mails[1].subject


async def test_a_code_works_once_even_for_racers(graph: Graph) -> None:
    await _register(graph)
    code = _code(graph)
    answers = await asyncio.gather(*(graph.data(None, CONFIRM, code=code) for _ in range(5)))
    tokens = [answer["confirmRegistration"]["accessToken"] for answer in answers]
    assert sum(token is not None for token in tokens) == 1
    assert await Patient.find({"search_tokens": SearchTokens.beginning("scully")}).count() == 1


async def test_two_registrations_of_one_address_make_one_account(graph: Graph) -> None:
    await _register(graph)
    first = _code(graph)
    await _register(graph)
    second = _code(graph)
    assert (await graph.data(None, CONFIRM, code=first))["confirmRegistration"]["accessToken"]
    refused = (await graph.data(None, CONFIRM, code=second))["confirmRegistration"]
    assert refused["errors"] == [{"__typename": "Conflict", "code": "CONFLICT", "path": ["code"]}]
    assert await Patient.find({"search_tokens": SearchTokens.beginning("scully")}).count() == 1


async def test_a_made_up_code_is_refused(graph: Graph) -> None:
    refused = (await graph.data(None, CONFIRM, code="guess"))["confirmRegistration"]
    assert refused["errors"] == [{"__typename": "InvalidInput", "code": "INVALID_CODE", "path": ["code"]}]


async def test_every_complaint_names_its_path_and_nothing_is_written(graph: Graph) -> None:
    payload = await _register(
        graph,
        name={"family": " ", "given": ["x" * 201]},
        birthDate="2199-01-01",
        contacts=[{"system": "EMAIL", "value": "nonsense"}, {"system": "PHONE", "value": "call me"}],
        preferredLanguage="speak English",
        emergencyContacts=[{"name": "", "relationship": "mother", "phone": "12"}],
    )
    paths = [".".join(error["path"]) for error in payload["errors"]]
    assert paths == [
        "name.family",
        "name.given.0",
        "birthDate",
        "contacts.0.value",
        "contacts.1.value",
        "preferredLanguage",
        "emergencyContacts.0.name",
        "emergencyContacts.0.phone",
    ]
    assert payload["confirmationSent"] is False
    assert await Registration.count() == 0


async def test_address_and_password_are_asked_for(graph: Graph) -> None:
    assert [error["path"] for error in (await _register(graph, email=None, password=None))["errors"]] == [["email"], ["password"]]
    wrong = await _register(graph, email="dana", password="short")
    assert [error["message"] for error in wrong["errors"]] == [
        "Is not an e-mail address.",
        "A password has from 12 to 512 characters; this one has 5.",
    ]


async def test_staff_register_at_the_desk_and_see_the_patient_at_once(graph: Graph) -> None:
    at_desk = {key: value for key, value in DANA.items() if key not in {"email", "password"}}
    payload = (await graph.data("staff", AT_DESK, input=at_desk))["registerPatient"]
    assert payload["errors"] == []
    assert payload["patient"]["name"]["text"] == "Dana Scully"


async def test_one_key_registers_one_patient(graph: Graph) -> None:
    at_desk = {key: value for key, value in DANA.items() if key not in {"email", "password"}} | {"idempotencyKey": "once"}
    answers = await asyncio.gather(*(graph.data("staff", AT_DESK, input=at_desk) for _ in range(4)))
    assert len({answer["registerPatient"]["patient"]["id"] for answer in answers}) == 1
    other = await graph.data("staff", AT_DESK, input={**at_desk, "birthDate": "1964-02-24"})
    assert other["registerPatient"]["errors"] == [
        {"__typename": "IdempotencyConflict", "path": ["idempotencyKey"], "code": "IDEMPOTENCY_CONFLICT"}
    ]
    assert await Patient.find({"search_tokens": SearchTokens.beginning("scully")}).count() == 1


async def test_a_stranger_may_not_select_the_patient(graph: Graph) -> None:
    query = "mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) { patient { id } } }"
    answer = await graph.ask(None, query, input=DANA)
    assert answer.codes == ["UNAUTHENTICATED"]
    assert await Registration.count() == 0
