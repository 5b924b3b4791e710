"""Columns by their names in GraphQL, and the operation that they make."""

import pytest
from graphql import GraphQLSchema, parse, validate

from models.role import Role
from ohms_graphql.csv_export.columns import Columns
from ohms_graphql.csv_export.operation import connections, exported
from ohms_graphql.errors import OhmsError
from schema import build_schema
from schema.authorization import core_schema


@pytest.fixture(scope="module")
def core() -> GraphQLSchema:
    return core_schema(build_schema())


def _headers(core: GraphQLSchema, role: Role, connection: str, *names: str) -> list[str]:
    columns, row = Columns(core, role), exported(core, connection).row
    return [column.header for column in (columns.named(row, names) if names else columns.usual(row))]


@pytest.mark.parametrize("role", [Role.STAFF, Role.ANALYST])
def test_the_usual_columns_make_a_valid_operation_of_every_connection(core: GraphQLSchema, role: Role) -> None:
    found = connections(core)
    assert {"patients", "appointments", "invoices", "coverages", "providers", "records", "availableSlots"} <= found.keys()
    for connection in found.values():
        columns = Columns(core, role).usual(connection.row)
        assert validate(core, parse(connection.operation(columns))) == [], connection.name


def test_the_usual_columns_are_those_that_the_role_may_select(core: GraphQLSchema) -> None:
    staff, analyst = (_headers(core, role, "patients") for role in (Role.STAFF, Role.ANALYST))
    assert staff[0] == analyst[0] == "id"
    assert {"mrn", "name.family", "address.postalCode", "balance.minorUnits", "deceasedAt"} <= set(staff)
    assert "deceasedAt" not in analyst
    assert not [name for name in staff if name.startswith(("extensions", "conditions", "source", "appointments"))]
    visits = _headers(core, Role.STAFF, "appointments")
    assert {"patient.id", "provider.id", "cancellation.fee.minorUnits"} <= set(visits)
    assert "calendarUrl" not in visits
    assert _headers(core, Role.STAFF, "records") == []
    assert {"code.codings.system", "code.codings.code"} <= set(_headers(core, Role.ANALYST, "records"))


def test_an_object_stands_for_its_columns_and_a_type_may_stand_before_a_field(core: GraphQLSchema) -> None:
    names = _headers(core, Role.STAFF, "patients", "name", "name.family", "careTeam")
    assert names == ["name.text", "name.given", "name.family", "name.prefix", "name.suffix", *names[5:]]
    assert "careTeam.id" in names
    kinds = ["id", "Observation.value.quantity.value", "Condition.clinicalStatus", "Immunization.status"]
    assert _headers(core, Role.ANALYST, "records", *kinds) == kinds
    columns = Columns(core, Role.ANALYST).named(exported(core, "records").row, kinds)
    assert validate(core, parse(exported(core, "records").operation(columns))) == []


@pytest.mark.parametrize(
    ("connection", "name", "told"),
    [
        ("patients", "nmae", "Patient has no field nmae. It has accessLog"),
        ("patients", "", "Patient has no field "),
        ("patients", "mrn.text", "String has no fields"),
        ("patients", "appointments.nodes.id", "a list in pages"),
        ("providers", "slots.start", "Provider.slots needs arguments"),
        ("records", "Observation", "say which field of Observation"),
        ("records", "Patient.name", "Record has no field Patient"),
    ],
)
def test_what_is_no_column_is_told_with_what_there_is(core: GraphQLSchema, connection: str, name: str, told: str) -> None:
    with pytest.raises(OhmsError, match=r"column") as refused:
        _headers(core, Role.STAFF, connection, name)
    assert told in str(refused.value)


def test_what_is_no_connection_is_told_with_those_there_are(core: GraphQLSchema) -> None:
    with pytest.raises(OhmsError, match=r"There is no connection patient\. There are .*appointments, .*patients"):
        exported(core, "patient")
