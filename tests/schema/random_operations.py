"""Random small operations over the toy schema, for tests that compare a compiled plan with a naive walk.

They fit the types but need not pass validation: aliases may clash and fragments go unused, which a plan must not mind.
"""

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type, is_abstract_type, is_composite_type, is_leaf_type
from hypothesis import strategies as st

from schema.authorization import core_schema
from tests.schema.operation_generator import literal
from tests.schema.toy_clinic import SCHEMA

CORE = core_schema(SCHEMA)
VARIABLES = ("a", "b", "c")
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.booleans(),
        "b": st.booleans(),
        "c": st.booleans(),
        "n": st.one_of(st.none(), st.integers(-2, 150), st.just(8.0)),
        "ids": st.lists(st.just("x"), max_size=4),
    },
)


def _members(type_: GraphQLNamedType) -> set[str]:
    if isinstance(type_, GraphQLObjectType):
        return {type_.name}
    return {member.name for member in CORE.get_possible_types(type_)} if is_abstract_type(type_) else set()


COMPOSITES = [type_ for name, type_ in CORE.type_map.items() if is_composite_type(type_) and not name.startswith("__")]
OVERLAPPING = {type_.name: [other.name for other in COMPOSITES if _members(type_) & _members(other)] for type_ in COMPOSITES}


class _Writer:
    """Writes one operation. `draw` is Hypothesis'."""

    def __init__(self, draw: st.DrawFn, fragments: dict[str, str]) -> None:
        self.draw = draw
        self.fragments = fragments

    def among(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def condition(self) -> str:
        value = self.among("", "", "", "true", "false", *(f"${name}" for name in VARIABLES))
        return f" @{self.among('skip', 'include')}(if: {value})" if value else ""

    def selections(self, type_name: str, levels: int) -> str:
        size = self.draw(st.integers(1, 3))
        return "{ " + " ".join(self.selection(type_name, levels) for _ in range(size)) + " }"

    def selection(self, type_name: str, levels: int) -> str:
        kind = self.among("field", "field", "field", "inline", "spread")
        spreadable = [name for name, on in self.fragments.items() if on in OVERLAPPING[type_name]]
        if kind == "spread" and spreadable:
            return f"...{self.among(*spreadable)}{self.condition()}"
        if kind == "inline" and levels > 0:
            on = self.among("", *OVERLAPPING[type_name])
            inner = self.selections(on or type_name, levels - 1)
            return f"...{f' on {on}' if on else ''}{self.condition()} {inner}"
        return self.field(type_name, levels)

    def field(self, type_name: str, levels: int) -> str:
        fields = getattr(CORE.type_map[type_name], "fields", {})
        possible = [name for name, field in fields.items() if levels > 0 or is_leaf_type(get_named_type(field.type))]
        name = self.among("__typename", *possible)
        alias = self.among("", "", "x: ", "y: ")
        if name == "__typename":
            return f"{alias}__typename{self.condition()}"
        given = {}
        for key, argument in fields[name].args.items():
            if key in ("first", "last") and self.draw(st.booleans()):
                given[key] = self.among("3", "200", "$n", "null")
            elif key == "ids":
                given[key] = self.among("$ids", '["x", "y"]', '"x"')
            elif key in ("id", "input"):
                given[key] = literal(argument.type)
        arguments = ", ".join(f"{key}: {value}" for key, value in given.items())
        returned = get_named_type(fields[name].type)
        inner = "" if is_leaf_type(returned) else " " + self.selections(returned.name, levels - 1)
        return f"{alias}{name}{f'({arguments})' if arguments else ''}{self.condition()}{inner}"


@st.composite
def operations(draw: st.DrawFn) -> str:
    """The text of a document with one operation and up to four fragments, each spreading only those before it."""
    fragments: dict[str, str] = {}
    texts = []
    for index in range(draw(st.integers(0, 4))):
        on = draw(st.sampled_from([type_.name for type_ in COMPOSITES]))
        inner = _Writer(draw, dict(fragments)).selections(on, 2)
        fragments[f"F{index}"] = on
        texts.append(f"fragment F{index} on {on} {inner}")
    keyword, root = draw(st.sampled_from([("query", "Query"), ("query", "Query"), ("mutation", "Mutation")]))
    default = draw(st.sampled_from(["", " = true", " = false"]))
    head = f'{keyword} ($a: Boolean{default}, $b: Boolean = true, $c: Boolean!, $n: Int = 4, $ids: [ID!] = ["x"])'
    return f"{head} {_Writer(draw, fragments).selections(root, 3)} {' '.join(texts)}"
