"""The roads to a row. Each is an operation with the type's selection in it; the row goes in as ``$id`` where it can."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLObjectType, GraphQLSchema

from tests.schema.operation_generator import selection

ONE = {"Patient": "patient", "Appointment": "appointment", "Invoice": "invoice", "Coverage": "coverage"}
MANY = {"Patient": "patients", "Appointment": "appointments", "Invoice": "invoices", "Coverage": "coverages"}
BELOW_PATIENT = {
    "Appointment": "appointments(first: 20) { nodes { %s } }",
    "Invoice": "invoices(first: 20) { nodes { %s } }",
    "Payment": "invoices(first: 20) { nodes { payments { %s } } }",
    "Coverage": "coverages { %s }",
    "EligibilityCheck": "coverages { verifications { %s } }",
    "Allergy": "allergies { %s }",
    "Condition": "conditions { %s }",
    "Medication": "medications { %s }",
    "Immunization": "immunizations { %s }",
    "LabReport": "labResults(first: 20) { nodes { %s } }",
    "Observation": "labResults(first: 20) { nodes { observations { %s } } }",
}
RECORDS = (
    "Allergy",
    "ClinicalNote",
    "Condition",
    "DocumentRecord",
    "Immunization",
    "LabReport",
    "Medication",
    "Observation",
    "Procedure",
)


EVENTS = """query ($providers: [ID!]!, $after: String) {
  scheduleEvents(providers: $providers, after: $after, first: 100) { ... on ScheduleEvent { %s } } }"""

NOW = "2026-03-02T12:00:00Z"
INTO_THE_PAST = frozenset({"as it stood", "versions", "nested as they stood"})
KEPT_AS_THEY_STOOD = {"Allergy": "allergies", "Condition": "conditions", "Medication": "medications"}

TIMELINES = "{ patients(first: 10) { nodes { timeline(first: 30) { nodes { %s } } } } }"


@dataclass(frozen=True, slots=True)
class Road:
    """``direct``: leads to the row itself, so that whoever sees it finds it. Others pass through rows of their own policy."""

    name: str
    text: str
    direct: bool = True

    @property
    def takes_id(self) -> bool:
        return "$id" in self.text


def roads(type_name: str, picked: str) -> Iterator[Road]:
    """Every road to rows of a type, with a selection on the type."""
    on_type = f"... on {type_name} {{ {picked} }}"
    yield Road("node", f"query ($id: ID!) {{ node(id: $id) {{ {on_type} }} }}")
    yield Road("nodes", f"query ($id: ID!) {{ nodes(ids: [$id, $id]) {{ {on_type} }} }}")
    yield Road("alias", f"query ($id: ID!) {{ viewer: node(id: $id) {{ {on_type} }} }}")
    fragments = f"fragment A on Node {{ ... {{ ...B }} }} fragment B on {type_name} {{ {picked} }}"
    yield Road("fragment", f"query ($id: ID!) {{ node(id: $id) {{ ...A }} }} {fragments}")
    yield Road(
        "condition", f"query ($id: ID!, $yes: Boolean! = true) {{ node(id: $id) {{ ... @include(if: $yes) {{ {on_type} }} }} }}"
    )
    if type_name in ONE:
        yield Road("root field", f"query ($id: ID!) {{ {ONE[type_name]}(id: $id) {{ {picked} }} }}")
        yield Road("connection", f"{{ {MANY[type_name]}(first: 100) {{ edges {{ node {{ {picked} }} }} }} }}")
    if type_name in RECORDS:
        yield Road("root field", f"query ($id: ID!) {{ record(id: $id) {{ {on_type} }} }}")
        yield Road("connection", f"{{ records(first: 100) {{ edges {{ node {{ {on_type} }} }} }} }}")
        below = f"records(first: 20) {{ nodes {{ {on_type} }} }}"
        yield Road("nested in patients", f"{{ patients(first: 20) {{ nodes {{ {below} }} }} }}", direct=False)
        yield Road("nested in appointments", f"{{ appointments(first: 20) {{ nodes {{ {below} }} }} }}", direct=False)
        yield Road("nested in timelines", TIMELINES % f"record {{ {on_type} }}", direct=False)
        yield Road("as it stood", f'query ($id: ID!) {{ record(id: $id, asOf: "{NOW}") {{ {on_type} }} }}', direct=False)
        below = f"records(first: 20) {{ nodes {{ versions {{ {on_type} }} }} }}"
        yield Road("versions", f"{{ patients(first: 20) {{ nodes {{ {below} }} }} }}", direct=False)
    if type_name in KEPT_AS_THEY_STOOD:
        below = f'{KEPT_AS_THEY_STOOD[type_name]}(asOf: "{NOW}") {{ {picked} }}'
        yield Road("nested as they stood", f"{{ patients(first: 20) {{ nodes {{ {below} }} }} }}", direct=False)
    if type_name in BELOW_PATIENT:
        below = BELOW_PATIENT[type_name] % picked
        yield Road("nested", f"{{ patients(first: 20) {{ nodes {{ {below} }} }} }}", direct=False)
        yield Road("subscription, self", f"subscription {{ viewerChanged {{ patient {{ {below} }} }} }}", direct=False)
        yield Road("subscription, proxy", f"subscription {{ viewerChanged {{ proxyFor {{ {below} }} }} }}", direct=False)
    if type_name == "Patient":
        yield Road("events", EVENTS % f"appointment {{ patient {{ {picked} }} }}", direct=False)
        yield Road(
            "nested in appointments", f"{{ appointments(first: 20) {{ nodes {{ patient {{ {picked} }} }} }} }}", direct=False
        )
        yield Road("nested in invoices", f"{{ invoices(first: 20) {{ nodes {{ patient {{ {picked} }} }} }} }}", direct=False)
        yield Road("nested in records", f"{{ records(first: 20) {{ nodes {{ patient {{ {picked} }} }} }} }}", direct=False)
        yield Road("viewer", f"{{ viewer {{ patient {{ {picked} }} proxyFor {{ {picked} }} }} }}", direct=False)
        yield Road("subscription, self", f"subscription {{ viewerChanged {{ patient {{ {picked} }} }} }}", direct=False)
        yield Road("subscription, proxy", f"subscription {{ viewerChanged {{ proxyFor {{ {picked} }} }} }}", direct=False)
    if type_name == "Appointment":
        yield Road("events", EVENTS % f"appointment {{ {picked} }}", direct=False)
        yield Road("nested in timelines", TIMELINES % f"appointment {{ {picked} }}", direct=False)
        yield Road("nested in invoices", f"{{ invoices(first: 20) {{ nodes {{ appointment {{ {picked} }} }} }} }}", direct=False)
        yield Road(
            "nested in providers", f"{{ providers {{ nodes {{ appointments {{ nodes {{ {picked} }} }} }} }} }}", direct=False
        )
    if type_name == "Invoice":
        yield Road(
            "nested in appointments", f"{{ appointments(first: 20) {{ nodes {{ invoice {{ {picked} }} }} }} }}", direct=False
        )


def pickable(schema: GraphQLSchema, type_name: str) -> dict[str, str]:
    """The fields of a type, each as the smallest selection of it."""
    type_ = schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    return {name: selection(name, field) for name, field in type_.fields.items() if name != "id"}
