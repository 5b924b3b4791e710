"""No input but those of administrators touches a role, a link or a status."""

from typing import Any

import httpx
import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

from models.account import Account
from ohms_graphql.settings import Settings
from schema import build_schema
from schema.authorization import core_schema
from schema.node import global_id
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import authorization

SMUGGLED: dict[str, Any] = {
    "roles": ["ADMIN"],
    "role": "ADMIN",
    "status": "ACTIVE",
    "accountId": "x",
    "patientId": "x",
    "providerId": "x",
    "careTeam": [],
    "treatedBy": [],
    "proxies": [],
    "revision": 1,
    "confidentiality": "NORMAL",
    "createdAt": "2020-01-01T00:00:00Z",
    "$set": {"roles": ["ADMIN"]},
    "_id": "x",
}


async def test_fields_that_an_input_does_not_have_are_refused(
    http: httpx.AsyncClient, settings: Settings, clinic: Clinic
) -> None:
    before = await Account.find_all().to_list()
    patient = {"id": global_id("Patient", clinic.alice.id), "preferredLanguage": "de"}
    person = {"name": {"family": "New", "given": ["A"]}, "birthDate": "1990-01-01", "email": "n@n.example", "password": "x" * 12}
    for mutation, entered, name in [
        (mutation, entered, name)
        for mutation, entered in (("updatePatient", patient), ("registerPatient", person))
        for name in SMUGGLED
    ]:
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
        body = {"query": query, "variables": {"input": {**entered, name: SMUGGLED[name]}}}
        answer = (await http.post("/graphql", json=body, headers=authorization(settings, clinic, "alice"))).json()
        assert not answer.get("data"), mutation
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await Account.find_all().to_list() == before


def _inputs_below(schema: GraphQLSchema, mutation: str) -> set[str]:
    assert schema.mutation_type is not None
    found: set[str] = set()
    waiting = [get_named_type(argument.type) for argument in schema.mutation_type.fields[mutation].args.values()]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, GraphQLInputObjectType):
            found |= set(type_.fields)
            waiting += [get_named_type(field.type) for field in type_.fields.values()]
    return found


def test_roles_stand_in_the_inputs_of_administrators_only() -> None:
    built: strawberry.Schema = build_schema()
    core = core_schema(built)
    assert core.mutation_type is not None
    with_roles = {name for name in core.mutation_type.fields if _inputs_below(core, name) & {"roles", "role"}}
    # The role of a care team's member is a word of medicine, and gives no right that another member has not.
    assert with_roles - {"addCareTeamMember"} <= {"inviteUser", "assignRoles"}
