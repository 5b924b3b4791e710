"""What is read of documents for an answer: enough for every field, alone or beside others, and no more than that."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from strawberry.types.field import StrawberryField

from models.appointment import Appointment
from resolvers.reading import Reading
from schema import build_schema
from schema.authorization import core_schema
from schema.reading import WHOLE, Readings
from schema.shown_document import ALSO_READS, READS, SHOWN, shows
from tests.graph import Graph, gid
from tests.schema.operation_generator import literal

CALLERS = ("alice", "house", "staff", "analyst")


@dataclass(frozen=True, slots=True)
class Place:
    """Where nodes of a type are reached, by operations that read of each document what is selected."""

    type_name: str
    around: str


PLACES = (
    Place("Appointment", "{ appointments { edges { cursor node { %s } } } }"),
    Place("Appointment", "{ patients { nodes { appointments { nodes { %s } pageInfo { endCursor } } } } }"),
    Place("Patient", "{ patients(orderBy: {field: NAME, direction: DESC}) { edges { cursor node { %s } } } }"),
    Place("Patient", "{ appointments { nodes { patient { %s } } } }"),
    Place("Patient", "{ coverages { nodes { patient { %s } } } }"),
    Place("Provider", "{ providers { pageInfo { endCursor } nodes { %s } } }"),
    Place("Provider", "{ appointments { nodes { provider { %s } } } }"),
    Place("Coverage", "{ coverages { nodes { %s } } }"),
    Place("Coverage", "{ patients { nodes { coverages { %s } } } }"),
    Place("Invoice", "{ invoices { edges { cursor node { %s } } } }"),
    Place("Invoice", "{ invoices(orderBy: {field: DUE_ON, direction: ASC}) { nodes { %s } pageInfo { endCursor } } }"),
    Place("Invoice", "{ patients { nodes { invoices { nodes { %s } } } } }"),
    Place("Invoice", "{ appointments { nodes { invoice { %s } } } }"),
    Place("Invoice", "{ invoices { nodes { creditNotes { %s } } } }"),
    Place("Payment", "{ invoices { nodes { payments { %s } } } }"),
    Place("VisitType", "{ appointments { nodes { visitType { %s } } } }"),
    Place("Organization", "{ organizations { nodes { %s } } }"),
    *(
        Place(kind, f"{{ patients {{ nodes {{ records {{ edges {{ cursor node {{ ... on {kind} {{ %s }} }} }} }} }} }} }}")
        for kind in (
            "ClinicalNote",
            "LabReport",
            "Observation",
            "Condition",
            "Allergy",
            "Medication",
            "Immunization",
            "Procedure",
        )
    ),
    Place("Procedure", "{ patients { nodes { records { nodes { ... on Procedure { %s } } } } } }"),
    Place("DocumentRecord", "{ patients { nodes { records { nodes { ... on DocumentRecord { %s } } } } } }"),
    Place("Condition", "{ patients { nodes { conditions { %s } } } }"),
    Place("Allergy", "{ patients { nodes { allergies { %s } } } }"),
    Place("Medication", "{ patients { nodes { medications(active: true) { %s } } } }"),
)


def _selections(schema: strawberry.Schema, type_name: str) -> Iterator[str]:
    """Each field of a type by itself, with the leaves below it."""
    type_ = core_schema(schema).type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items():
        if name == "accessLog":
            continue  # each asking makes it longer
        required = {key: each for key, each in field.args.items() if is_required_argument(each)}
        given = ", ".join(f"{key}: {literal(each.type)}" for key, each in required.items())
        below = get_named_type(field.type)
        selected = "" if is_leaf_type(below) else " { " + _leaves(below) + " }"
        yield f"{name}{f'({given})' if given else ''}{selected}"


def _leaves(type_: object) -> str:
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return "__typename"
    leaves = [
        name
        for name, field in type_.fields.items()
        if is_leaf_type(get_named_type(field.type)) and not any(map(is_required_argument, field.args.values()))
    ]
    nodes = get_named_type(type_.fields["nodes"].type) if "nodes" in type_.fields else None
    return " ".join([*leaves, f"nodes {{ {_leaves(nodes)} }}"] if nodes else leaves) or "__typename"


@pytest.fixture(scope="module")
def reading_whole() -> strawberry.Schema:
    """Asked with ``Readings.of_selection`` patched, which it asks when it meets an operation first."""
    return build_schema()


@pytest.fixture(scope="module")
def by_graphql_core() -> strawberry.Schema:
    """Executes no field inline."""
    return build_schema(inline_execution=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.around.replace("{", "").replace("}", "").strip())
async def test_each_field_alone_is_what_it_is_of_a_whole_document(
    graph: Graph,
    reading_whole: strawberry.Schema,
    by_graphql_core: strawberry.Schema,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And by graphql-core alone what it is inline."""
    in_parts, answered = graph.schema, 0
    operations = [place.around % selection for selection in _selections(graph.schema, place.type_name)]
    for operation in operations:
        for caller in CALLERS:
            parts = await graph.ask(caller, operation)
            with monkeypatch.context() as patched:
                patched.setattr(Readings, "of_selection", lambda *_: lambda _variables: None)
                graph.schema = reading_whole
                whole = await graph.ask(caller, operation)
                graph.schema = in_parts
            graph.schema = by_graphql_core
            plain = await graph.ask(caller, operation)
            graph.schema = in_parts
            assert (parts.data, parts.codes, parts.commands) == (plain.data, plain.codes, plain.commands)
            assert parts.data == whole.data
            assert parts.codes == whole.codes
            assert parts.commands == whole.commands
            answered += not parts.errors
    assert answered >= len(operations)


async def test_only_what_is_selected_is_read(graph: Graph) -> None:
    known = Readings(core_schema(graph.schema))
    coordinates = {
        "Query": ["Query.appointments"],
        "AppointmentConnection": ["AppointmentConnection.nodes"],
        "Appointment": ["Appointment.id", "Appointment.series", "Appointment.patient"],
        "Patient": ["Patient.name", "Patient.age"],
        "HumanName": ["HumanName.text"],
    }
    reading = known.of(coordinates)
    assert reading == Reading(
        {
            "Appointment": frozenset({"id", "series_id", "patient_id"}),
            "Patient": frozenset({"name", "birth_date", "deceased_at"}),
        }
    )


async def test_what_a_field_reads_of_other_documents_is_read_beside_what_is_shown_of_them(graph: Graph) -> None:
    known = Readings(core_schema(graph.schema))
    paid = {"Invoice": ["Invoice.paid", "Invoice.dueOn"], "Money": ["Money.minorUnits"]}
    expected = {
        "Invoice": frozenset({"id", "total", "due_on"}),
        "Payment": frozenset({"method", "status", "amount", "refunds"}),
    }
    assert known.of(paid) == Reading(expected)
    shown = paid | {"Payment": ["Payment.receivedAt"]}
    assert known.of(shown) == Reading(expected | {"Payment": expected["Payment"] | {"received_at"}})


async def test_kinds_of_records_are_one_collection(graph: Graph) -> None:
    known = Readings(core_schema(graph.schema))
    coordinates = {"Observation": ["Observation.value"], "Condition": ["Condition.onsetAt"]}
    assert known.of(coordinates) == Reading({"Record": frozenset({"value", "onset_at"})})


async def test_a_field_of_which_nobody_knows_reads_all_documents_whole(graph: Graph) -> None:
    known = Readings(core_schema(graph.schema))
    assert known.of({"Appointment": ["Appointment.id"], "Query": ["Query.availableSlots"]}) == WHOLE


async def test_a_change_reads_whole_documents(graph: Graph) -> None:
    context = graph.context("alice")
    operation = "mutation($id: ID!) { cancelAppointment(input: {appointment: $id}) { appointment { id } } }"
    await graph.schema.execute(operation, variable_values={"id": gid(graph.clinic.visit)}, context_value=context)
    assert context.access.reading is None


def test_what_a_field_says_it_reads_is_there() -> None:
    for node, shown in SHOWN.items():
        definition = node.__strawberry_definition__  # type: ignore[attr-defined]
        fields: list[StrawberryField] = definition.fields
        for field in fields:
            said: tuple[str, ...] = field.metadata.get(READS, ())
            for document, names in ((shown.document, said), *field.metadata.get(ALSO_READS, {}).items()):
                assert set(names) <= document.model_fields.keys(), f"{node.__name__}.{field.python_name}"


def test_an_attribute_that_the_document_lacks_is_a_fault() -> None:
    @strawberry.type
    class Odd:
        start: str
        colour: str
        document: strawberry.Private[Appointment]

    with pytest.raises(TypeError, match=r"Odd\.colour: Appointment has no field colour"):
        shows(Appointment)(Odd)
