"""Which operations are refused, to whom, and in which words."""

import pytest

from models.role import Role
from resolvers.principal import ANONYMOUS
from schema.guarded import PUBLIC, requirements
from tests.schema.operation_generator import detours, operation_for_field, root_fields
from tests.schema.random_operations import CORE
from tests.schema.toy_clinic import SCHEMA, Context, caller, codes, run

PATIENT, PROVIDER, STAFF = caller(Role.PATIENT), caller(Role.PROVIDER), caller(Role.STAFF)


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_root_field_is_for_its_roles_only_on_every_detour(role: Role | None) -> None:
    principal = ANONYMOUS if role is None else caller(role)
    required = requirements(SCHEMA)
    checked = 0
    for root, name in root_fields(CORE):
        if root.name == "Subscription":
            continue
        allowed = required[f"{root.name}.{name}"] is PUBLIC or role in required[f"{root.name}.{name}"]  # type: ignore[operator]
        for which, text in detours(CORE, root, name):
            result, context = await run(text, principal)
            expected = [] if allowed else ["UNAUTHENTICATED" if role is None else "FORBIDDEN"]
            assert codes(result) == expected, (name, which)
            assert allowed or not context.ran, (name, which)
            checked += 1
    assert checked > 50


@pytest.mark.parametrize("role", Role)
async def test_every_field_that_can_be_reached_is_for_its_roles_only(role: Role) -> None:
    """The way there asks for roles, too, so only refusals of fields that were reached are compared."""
    for coordinate, required in requirements(SCHEMA).items():
        type_name, name = coordinate.split(".")
        text = operation_for_field(CORE, type_name, name)
        if type_name == "Subscription":
            continue
        assert text is not None, coordinate
        result, _ = await run(text, caller(role))
        if required is not PUBLIC and role not in required:
            assert codes(result) == ["FORBIDDEN"], coordinate


async def test_a_refusal_names_field_path_and_roles_and_nothing_runs() -> None:
    result, context = await run("{ hello me: patient { name: mrn all: conditions } }", STAFF)
    assert result.data is None
    assert context.ran == []
    (error,) = result.errors or []
    assert error.message == '"Patient.conditions" may be selected by PATIENT, PROVIDER only.'
    assert error.path == ["me", "all"]
    assert error.extensions == {"code": "FORBIDDEN", "coordinate": "Patient.conditions", "roles": ["PATIENT", "PROVIDER"]}


async def test_a_caller_who_is_not_signed_in_is_asked_to() -> None:
    result, _ = await run("{ patient { mrn } }")
    assert codes(result) == ["UNAUTHENTICATED"]
    assert "Sign in first" in (result.errors or [])[0].message


async def test_a_refused_mutation_has_no_effect() -> None:
    text = 'mutation { register { ok } book(input: {patient: "x", minutes: 5}) { ok } }'
    refused, context = await run(text, PATIENT)
    assert (codes(refused), context.ran) == (["FORBIDDEN"], [])
    done, context = await run(text, STAFF)
    assert (codes(done), context.ran) == ([], ["register", "book"])


async def test_a_refused_subscription_is_not_started() -> None:
    context = Context(PATIENT)
    first = [result async for result in await SCHEMA.subscribe("subscription { released { author } }", context_value=context)]
    assert [codes(result) for result in first] == [["FORBIDDEN"]]
    assert context.ran == []
    context = Context(PROVIDER)
    told = [result async for result in await SCHEMA.subscribe("subscription { released { author } }", context_value=context)]
    assert [result.data for result in told] == [{"released": {"author": "someone"}}]


async def test_all_refusals_are_told_ten_at_most() -> None:
    two, _ = await run("{ a: patient { conditions } records { title } b: patient { b: conditions mrn } }", STAFF)
    assert [error.path for error in two.errors or ()] == [["a", "conditions"], ["records"], ["b", "b"]]
    many, _ = await run("{ patient { " + " ".join(f"c{i}: conditions" for i in range(25)) + " } }", STAFF)
    assert len(many.errors or ()) == 10


async def test_what_lies_below_a_refused_field_goes_without_saying() -> None:
    result, _ = await run("{ records { title ... on Note { secret } } }", STAFF)
    assert [error.path for error in result.errors or ()] == [["records"]]


@pytest.mark.parametrize(
    ("text", "coordinate"),
    [
        ("{ node(id: 1) { ... on Note { author } } }", "Note.author"),
        ("{ node(id: 1) { ... on Note { __typename } } }", "Note.__typename"),
        ("{ node(id: 1) { ... on Record { id } } }", "Record.id"),
        ("{ node(id: 1) { ...F } } fragment F on Note { ... { n: title } }", "Note.title"),
        ("{ node(id: 1) { ... on Note { ... on Node { id } } } }", "Note"),
        ("{ node(id: 1) { ...F } } fragment F on Note { ...G } fragment G on Node { id }", "Note"),
        ("{ records { __typename } }", "Query.records"),
        ("{ patient { records { totalCount } } }", "Patient.records"),
        ("{ search { ... on Patient { conditions } } }", "Patient.conditions"),
    ],
)
async def test_interfaces_unions_and_fragments_ask_for_the_type_that_is_named(text: str, coordinate: str) -> None:
    result, _ = await run(text, STAFF)
    assert coordinate in [(error.extensions or {}).get("coordinate") for error in result.errors or ()]
    allowed, _ = await run(text, PATIENT)
    assert codes(allowed) == []


@pytest.mark.parametrize(
    "text",
    ["{ node(id: 1) { id __typename } }", "{ search { __typename } }", "{ __typename __schema { queryType { name } } }"],
)
async def test_what_asks_for_nothing_is_free(text: str) -> None:
    result, _ = await run(text)
    assert codes(result) == []


async def test_a_field_that_is_cut_is_not_selected() -> None:
    for cut in ("@skip(if: true)", "@include(if: false)", "@skip(if: $yes)", "@include(if: $no)", "@skip(if: $d)"):
        text = f"query ($yes: Boolean = true, $no: Boolean = false, $d: Boolean = true) {{ patient {{ mrn conditions {cut} }} }}"
        text = text if "$" in cut else f"{{ patient {{ mrn conditions {cut} }} }}"
        unused = {
            "$yes: Boolean = true, ": "$yes" in cut,
            "$no: Boolean = false, ": "$no" in cut,
            "$d: Boolean = true": "$d" in cut,
        }
        for definition, used in unused.items():
            text = text if used else text.replace(definition, "")
        result, _ = await run(text, STAFF)
        assert codes(result) == [], text


async def test_a_variable_decides_for_each_request_with_the_same_document() -> None:
    text = "query ($all: Boolean!) { patient { mrn ...C @include(if: $all) } } fragment C on Patient { conditions }"
    for wanted, expected in ((False, []), (True, ["FORBIDDEN"]), (False, [])):
        result, _ = await run(text, STAFF, {"all": wanted})
        assert codes(result) == expected


async def test_only_the_operation_that_is_run_counts() -> None:
    text = "query A { hello } query B { patient { conditions } }"
    assert codes((await run(text, STAFF, name="A"))[0]) == []
    assert codes((await run(text, STAFF, name="B"))[0]) == ["FORBIDDEN"]
    assert codes((await run(text, STAFF, name="A"))[0]) == []


async def test_a_variable_that_is_no_boolean_opens_nothing() -> None:
    text = "query ($all: Boolean = false) { patient { mrn conditions @include(if: $all) } }"
    for value in (None, "false", 0):
        result, context = await run(text, STAFF, {"all": value})
        assert codes(result) == ["FORBIDDEN"]
        assert context.ran == []
