"""Attacks of an analyst who knows everything about one patient, and wants to find them in the de-identified graph."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type, is_required_argument

from models.account import Account
from models.appointment import Appointment, AppointmentStatus
from models.invoice import Invoice, InvoiceStatus
from models.patient import EmergencyContact, Patient
from models.record import Condition, ConditionStatus, Confidentiality
from models.role import Role
from models.source import new_source
from models.values import Address, CodeableConcept, Coding, ContactPoint, ContactSystem, HumanName
from schema import build_schema
from schema.authorization import core_schema
from schema.guarded import requirements
from schema.limits import OperationLimits
from schema.node import global_id
from tests.clinic import DIABETES, dollars
from tests.graph import Graph, gid

UNLIMITED = OperationLimits(
    max_tokens=10**6, max_depth=20, max_aliases=10**4, max_root_fields=20, max_cost=10**8, max_page_size=200
)
CROWD = 14
SECRETS = ("Targetson", "Zebedee", "T-MRN-77", "zebedee@home.example", "+15550001", "7 Secret Lane", "Smalltown", "1999-07-17")
RARE = "Rare words that somebody wrote"


@pytest.fixture
async def target(graph: Graph) -> Patient:
    """A patient of whom everything is set, among fourteen others."""
    patient = Patient(
        mrn="T-MRN-77",
        name=HumanName(family="Targetson", given=["Zebedee"]),
        birth_date=date(1999, 7, 17),
        contacts=[ContactPoint(system=ContactSystem.EMAIL, value="zebedee@home.example")],
        emergency_contacts=[EmergencyContact(name="Zora Targetson", relationship="sister", phone="+15550001")],
        address=Address(lines=["7 Secret Lane"], city="Smalltown", state="MA", postal_code="02139-1234", country="US"),
        preferred_language="tlh",
        extensions={"secret": RARE},
        source=new_source("x", "y", "z", {"secret": RARE}),
    )
    await patient.insert()
    start = datetime(2026, 1, 14, 9, 41, tzinfo=UTC)
    visit = Appointment(
        status=AppointmentStatus.FULFILLED,
        start=start,
        end=start + timedelta(minutes=23),
        time_zone="America/New_York",
        reason=RARE,
        patient_id=patient.id,
        provider_id=graph.clinic.house.id,
    )
    hidden = visit.model_copy(update={"id": "0" * 25 + "H", "confidentiality": Confidentiality.RESTRICTED})
    words = CodeableConcept(
        text=RARE, codings=[*DIABETES.codings, Coding(system="urn:clinic:numbers", code="T-MRN-77", display=RARE)]
    )
    condition = Condition(
        code=words, clinical_status=ConditionStatus.ACTIVE, patient_id=patient.id, appointment_id=visit.id, effective_at=start
    )
    invoice = Invoice(
        number="T-INV-1",
        status=InvoiceStatus.ISSUED,
        patient_id=patient.id,
        appointment_id=visit.id,
        lines=[],
        total=dollars(100),
        insurance=dollars(0),
        patient_responsibility=dollars(100),
        issued_at=start,
    )
    for document in (visit, hidden, condition, invoice):
        await document.insert()
    for number in range(CROWD):
        other = Patient(mrn=f"C{number:04}", name=HumanName(family=f"Crowd{number:02}"), birth_date=date(1950 + number, 3, 3))
        await other.insert()
    return patient


# ---- what is known is not found


async def test_a_real_id_finds_nothing_and_neither_does_a_forged_one(graph: Graph, target: Patient) -> None:
    data = await graph.data("analyst", "{ patients(first: 50) { nodes { id } } }")
    shown = [node["id"] for node in data["patients"]["nodes"]]
    assert gid(target) not in shown
    assert len(set(shown)) == CROWD + 4
    forged = shown[0][:-4] + ("AAAA" if shown[0][-4:] != "AAAA" else "BBBB")
    for known in (gid(target), forged):
        asked = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } patient(id: $id) { id } }"
        answer = await graph.ask("analyst", asked, id=known)
        if not answer.errors:
            assert answer.data == {"node": None, "nodes": [None], "patient": None}
        else:  # what is no id at all is told as that, and nothing else
            assert known is forged
            assert all("is not an id of OHMS" in error.message for error in answer.errors)


async def test_a_pseudonym_of_one_kind_is_none_of_another(graph: Graph, target: Patient) -> None:
    data = await graph.data("analyst", "{ patients(first: 50) { nodes { id appointments(first: 1) { nodes { id } } } } }")
    context = graph.context("analyst")
    hidden = graph.ports.pseudonyms.hide("Patient", target.id)
    assert await context.loaders.patients.load(hidden) is not None
    assert await context.loaders.appointments.load(hidden) is None
    assert await context.loaders.patients.load(hidden.lower()) is None
    assert any(node["appointments"]["nodes"] for node in data["patients"]["nodes"])


REFUSED = [
    ("patients", "where: {mrn: $v}", "where.mrn", ["T-MRN-77", "nobody"], "String"),
    ("patients", "where: {search: $v}", "where.search", ["Targetson", "Nobody", ""], "String"),
    ("patients", "where: {birthDate: $v}", "where.birthDate", ["1999-07-17", "1800-01-01"], "Date"),
    ("patients", "where: {careTeam: $v}", "where.careTeam", ["x", "UHJvdmlkZXI6QQ"], "ID"),
    ("patients", "orderBy: {field: $v}", "orderBy", ["NAME", "BIRTH_DATE", "CREATED_AT"], "PatientOrderField!"),
    ("appointments", "where: {from: $v}", "where.from", ["2026-01-14T09:41:00Z", "1970-01-01T00:00:00Z"], "DateTime"),
    ("appointments", "where: {to: $v}", "where.to", ["2026-01-14T09:42:00Z"], "DateTime"),
    ("appointments", "where: {patient: $v}", "where.patient", ["x"], "ID"),
    ("appointments", "orderBy: {field: $v}", "orderBy", ["START", "CREATED_AT"], "AppointmentOrderField!"),
    ("records", "where: {from: $v}", "where.from", ["2026-01-14T09:41:00Z"], "DateTime"),
    ("records", "where: {patient: $v}", "where.patient", ["x"], "ID"),
    ("records", "orderBy: {field: $v}", "orderBy", ["EFFECTIVE_AT", "RECORDED_AT"], "RecordOrderField!"),
    ("invoices", "where: {overdue: $v}", "where.overdue", [True, False], "Boolean"),
    ("invoices", "where: {from: $v}", "where.from", ["2026-01-14T09:41:00Z"], "DateTime"),
    ("coverages", "orderBy: {field: $v}", "orderBy", ["PAYER", "CREATED_AT"], "CoverageOrderField!"),
]


@pytest.mark.parametrize(("field", "argument", "path", "values", "type_"), REFUSED, ids=lambda value: str(value)[:30])
async def test_a_filter_or_order_by_what_is_hidden_is_refused_the_same_whatever_its_value(
    graph: Graph, target: Patient, field: str, argument: str, path: str, values: list[Any], type_: str
) -> None:
    heard = set()
    for value in values:
        for road in (f"{field}({argument})", f"other: {field}(first: 1, {argument})"):
            answer = await graph.ask("analyst", f"query ($v: {type_}) {{ {road} {{ nodes {{ id }} }} }}", v=value)
            assert answer.data is None
            heard.add(tuple(error.message for error in answer.errors))
            assert answer.commands <= 1, "nothing is looked up for it; a refusal may be noted"
    assert len(heard) == 1
    ((message,),) = heard
    assert path in message


async def test_nested_connections_refuse_the_same_filters(graph: Graph, target: Patient) -> None:
    for inner in (
        'appointments(where: {from: "2026-01-14T09:41:00Z"})',
        "appointments(orderBy: {field: START})",
        'records(where: {from: "2026-01-14T09:41:00Z"})',
        "invoices(where: {overdue: true})",
        "labResults(orderBy: {field: EFFECTIVE_AT})",
    ):
        answer = await graph.ask("analyst", f"{{ patients(first: 50) {{ nodes {{ {inner} {{ nodes {{ id }} }} }} }} }}")
        assert answer.data is None, inner
        assert all("Analysts may not use" in error.message for error in answer.errors)


async def test_a_real_cursor_is_refused_and_a_sealed_one_tells_nothing(graph: Graph, target: Patient) -> None:
    staffs = await graph.data("staff", "{ patients(first: 1) { pageInfo { endCursor } } }")
    answer = await graph.ask(
        "analyst", "query ($c: String) { patients(after: $c) { nodes { id } } }", c=staffs["patients"]["pageInfo"]["endCursor"]
    )
    assert answer.data is None
    assert [error.message for error in answer.errors] == ["after is not a cursor of this connection."]
    seen: list[str] = []
    cursor = None
    while True:
        data = await graph.data(
            "analyst",
            "query ($c: String) { patients(first: 4, after: $c) { nodes { id } pageInfo { hasNextPage endCursor } } }",
            c=cursor,
        )
        seen += [node["id"] for node in data["patients"]["nodes"]]
        cursor = data["patients"]["pageInfo"]["endCursor"]
        assert re.fullmatch("[A-Z2-7]+", cursor)
        if not data["patients"]["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == CROWD + 4


async def test_the_order_is_not_that_of_time_nor_of_ids(graph: Graph, target: Patient) -> None:
    """The key is drawn for each row: who knows a row's id does not know its place."""
    patients = await Patient.find_all().to_list()
    keys = {patient.id: patient.sample_key for patient in patients}
    assert len(set(keys.values())) == len(patients)
    again = Patient(id=target.id, mrn="x", name=target.name)
    assert again.sample_key != keys[target.id]


async def test_a_count_under_eleven_is_refused(graph: Graph, target: Patient) -> None:
    large = await graph.data("analyst", "{ patients { totalCount } }")
    assert large["patients"]["totalCount"] == CROWD + 4
    for asked in (
        "{ appointments { totalCount } }",
        '{ records(where: {code: "44054006"}) { totalCount } }',
        "{ patients(first: 50) { nodes { appointments { totalCount } } } }",
        "{ invoices(first: 0) { totalCount } }",
    ):
        answer = await graph.ask("analyst", asked)
        assert answer.data is None
        assert {error.message for error in answer.errors} == {"Analysts are told no count under 11."}


# ---- what is shown is de-identified


async def test_the_target_has_years_and_areas_only(graph: Graph, target: Patient) -> None:
    pseudonym = graph.ports.pseudonyms.hide("Patient", target.id)
    data = await graph.data(
        "analyst",
        """query ($id: ID!) { patient(id: $id) { mrn birthDate age ageGroup preferredLanguage contacts { value }
        emergencyContacts { name } address { lines city state postalCode country }
        conditions { code { text codings { system code } } effectiveAt recordedAt }
        appointments { nodes { start end reason } } invoices { nodes { number issuedAt } } } }""",
        id=_patient_gid(pseudonym),
    )
    shown = data["patient"]
    assert shown["birthDate"] == "1999-01-01"
    assert (shown["age"], shown["ageGroup"]) == (None, "25-29")
    assert shown["preferredLanguage"] is None
    assert (shown["contacts"], shown["emergencyContacts"]) == ([], [])
    assert shown["address"] == {"lines": [], "city": None, "state": "MA", "postalCode": "021", "country": "US"}
    (condition,) = shown["conditions"]
    assert condition["code"] == {"text": "Diabetes type 2", "codings": [{"system": "http://snomed.info/sct", "code": "44054006"}]}
    assert condition["effectiveAt"] == "2026-01-01T00:00:00Z"
    (visit,) = shown["appointments"]["nodes"]  # the restricted one is not there
    assert visit == {"start": "2026-01-01T00:00:00Z", "end": None, "reason": None}
    assert shown["invoices"]["nodes"] == [{"number": None, "issuedAt": "2026-01-01T00:00:00Z"}]


async def test_the_age_group_flips_with_the_year_never_with_the_birthday(graph: Graph, target: Patient) -> None:
    pseudonym = graph.ports.pseudonyms.hide("Patient", target.id)
    groups: dict[int, set[str]] = {}
    for year in (2029, 2030):
        for month in range(1, 13):
            graph.ports.clock.instant = datetime(year, month, 18, tzinfo=UTC)  # type: ignore[attr-defined]
            data = await graph.data(
                "analyst", "query ($id: ID!) { patient(id: $id) { ageGroup age birthDate } }", id=_patient_gid(pseudonym)
            )
            groups.setdefault(year, set()).add(json.dumps(data["patient"]))
    assert [len(group) for group in groups.values()] == [1, 1]
    graph.ports.clock.instant = datetime(2089, 1, 1, tzinfo=UTC)  # type: ignore[attr-defined]
    old = await graph.data(
        "analyst", "query ($id: ID!) { patient(id: $id) { ageGroup age birthDate } }", id=_patient_gid(pseudonym)
    )
    assert old["patient"] == {"ageGroup": "90+", "age": None, "birthDate": None}


def _patient_gid(document_id: str) -> str:
    return global_id("Patient", document_id)


async def test_nothing_known_is_anywhere_in_all_that_analysts_can_read(graph: Graph, target: Patient) -> None:
    """Every field open to analysts, generated from the schema, on every road from the roots."""
    core = core_schema(graph.schema)
    told = []
    boundless = replace(graph, schema=build_schema(UNLIMITED))
    fields: set[str] = set()
    for text in _everything(core, requirements(graph.schema), fields):
        answer = await boundless.ask("analyst", text)
        assert [error.message for error in answer.errors if "count under 11" not in error.message] == [], text
        told.append(json.dumps(answer.data, default=str))
    whole = "\n".join(told)
    assert len(fields) > 120
    for shown in ("44054006", "Aetna", "Patient ", "90.00 USD", "1980-01-01"):
        assert shown in whole, "the query reads too little to prove anything"
    assert target.id not in whole
    for secret in (*_secrets(graph), *SECRETS, RARE, "T-INV-1", "tlh", "02139"):
        assert secret not in whole, "a secret"
    instants = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", whole))
    assert instants - _public_instants(graph) <= {f"{year}-01-01T00:00:00Z" for year in range(1930, 2100)}


def _secrets(graph: Graph) -> list[str]:
    c = graph.clinic
    people = [c.alice, c.bob, c.child]
    ids = [
        document.id
        for document in c.everything
        if isinstance(document, Patient | Appointment | Invoice | Condition) or hasattr(document, "patient_id")
        if not isinstance(document, Account)
    ]
    return [
        *ids,
        *(p.name.family for p in people),
        *(p.name.given[0] for p in people),
        *(p.mrn for p in people),
        "W123",
        "Sugar",
        "2026-000001",
    ]


def _public_instants(graph: Graph) -> set[str]:
    return {graph.clinic.article.published_at.isoformat().replace("+00:00", "Z")} | {
        account.created_at.isoformat().replace("+00:00", "Z") for account in graph.clinic.accounts.values()
    }


def _everything(core: GraphQLSchema, rights: dict[str, Any], seen: set[str]) -> list[str]:
    assert core.query_type is not None
    texts = []
    for name, field in core.query_type.fields.items():
        if name == "statistics" or not _open(rights, "Query", name) or any(map(is_required_argument, field.args.values())):
            continue
        body = _select(core, rights, get_named_type(field.type), 4, seen)
        texts.append(f"{{ {name}{'(first: 5)' if 'first' in field.args else ''} {body} }}")
    return texts


def _open(rights: dict[str, Any], type_name: str, name: str) -> bool:
    allowed = rights.get(f"{type_name}.{name}")
    return allowed is None or not isinstance(allowed, frozenset) or Role.ANALYST in allowed


def _select(core: GraphQLSchema, rights: dict[str, Any], type_: Any, depth: int, seen: set[str]) -> str:
    parts = ["__typename"]
    for name, field in getattr(type_, "fields", {}).items():
        inner = get_named_type(field.type)
        needy = any(map(is_required_argument, field.args.values()))
        if name == "totalCount" or needy or not _open(rights, type_.name, name):
            continue
        if is_leaf_type(inner):
            parts.append(name)
            seen.add(f"{type_.name}.{name}")
        elif depth > 0 and not (name == "edges" and depth < 3):
            seen.add(f"{type_.name}.{name}")
            parts.append(f"{name}{'(first: 3)' if 'first' in field.args else ''} {_select(core, rights, inner, depth - 1, seen)}")
    if isinstance(type_, GraphQLInterfaceType) and depth > 0:
        for member in core.get_implementations(type_).objects:
            if type_.name != "Node":
                parts += [f"... on {member.name} {_own(core, rights, type_, member, depth - 1, seen)}"]
    return "{ " + " ".join(parts) + " }"


def _own(
    core: GraphQLSchema, rights: dict[str, Any], interface: Any, member: GraphQLObjectType, depth: int, seen: set[str]
) -> str:
    parts = ["__typename"]
    for name, field in member.fields.items():
        inner = get_named_type(field.type)
        if name in interface.fields or not _open(rights, member.name, name):
            continue
        seen.add(f"{member.name}.{name}")
        alias = f"{member.name.lower()}_{name}: {name}"
        if is_leaf_type(inner):
            parts.append(alias)
        elif depth > 0:
            parts.append(f"{alias} {_select(core, rights, inner, min(depth - 1, 2), seen)}")
    return "{ " + " ".join(parts) + " }"


# ---- further roles, and before and after


@pytest.mark.parametrize("further", [Role.ADMIN, Role.STAFF, Role.PATIENT, Role.PROVIDER])
async def test_an_account_with_further_roles_gets_no_rows_by_being_an_analyst(
    graph: Graph, target: Patient, further: Role
) -> None:
    both = Account(email="both@clinic.example", roles=[Role.ANALYST, further])
    alone = Account(email="alone@clinic.example", roles=[further])
    graph.clinic.accounts.update(both=both, alone=alone)
    asked = "{ patients(first: 50) { nodes { mrn } } appointments(first: 50) { nodes { start } } }"
    one, other = await graph.ask("both", asked), await graph.ask("alone", asked)
    if other.data is None:  # an administrator may not even ask
        assert one.data == {"patients": {"nodes": []}, "appointments": {"nodes": []}}
    else:
        assert one.data == other.data
    assert (await graph.data("both", "{ records(first: 50) { nodes { id } } }"))["records"]["nodes"] == []


async def test_one_patient_more_changes_rows_and_large_counts_by_one_and_nothing_else(graph: Graph, target: Patient) -> None:
    """Whoever watches a patient arrive sees one de-identified row more: no count of few, no date, no other row changed."""
    asked = "{ patients(first: 100) { totalCount nodes { id name { text } birthDate ageGroup gender address { postalCode } } } }"
    before = await graph.data("analyst", asked)
    newcomer = Patient(mrn="N1", name=HumanName(family="Newcomer"), birth_date=date(1971, 11, 23))
    await newcomer.insert()
    after = await graph.data("analyst", asked)
    old, new = ({json.dumps(node) for node in data["patients"]["nodes"]} for data in (before, after))
    assert old < new
    (row,) = new - old
    assert after["patients"]["totalCount"] - before["patients"]["totalCount"] == 1
    shown = json.loads(row)
    assert (shown["birthDate"], shown["ageGroup"]) == ("1971-01-01", "55-59")
    places = [node["id"] for node in after["patients"]["nodes"]]
    assert set(places) - {shown["id"]} == {node["id"] for node in before["patients"]["nodes"]}


async def test_errors_quote_nothing_that_was_given(graph: Graph, target: Patient) -> None:
    for asked in (
        '{ patients(where: {mrn: "T-MRN-77"}) { nodes { id } } }',
        '{ patients(where: {search: "Targetson"}) { nodes { id } } }',
    ):
        answer = await graph.ask("analyst", asked)
        assert all(secret not in error.message for secret in SECRETS for error in answer.errors)


def test_every_phi_field_says_its_kind_in_the_sdl(graph: Graph) -> None:
    sdl = graph.schema.as_str()
    assert "directive @phi(kind: PhiKind!) on FIELD_DEFINITION" in sdl
    assert len(re.findall(r"@phi\(kind: (NAME|CONTACT|ADDRESS|DATE|IDENTIFIER|FREE_TEXT)\)", sdl)) >= 40
