"""Random valid operations: aliases, merged fields, fragments, conditions and variables."""

from random import Random

from graphql import (
    GraphQLCompositeType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
)

CONDITIONS = ("c0", "c1", "c2", "d0")
"""``d0`` may be null, which is found out when it is looked at."""
_DECLARED = {"c0": "Boolean!", "c1": "Boolean! = true", "c2": "Boolean! = false", "d0": "Boolean = true", "n": "Int! = 1"}


def random_document(schema: GraphQLSchema, random: Random) -> str:
    return _Writer(schema, random).document()


def random_variables(random: Random, wild: float) -> dict[str, object]:
    given: dict[str, object] = {"c0": random.random() < 0.5}
    for name in ("c1", "c2", "d0"):
        if random.random() < 0.6:
            given[name] = random.random() < 0.5
    if random.random() < wild:
        given["d0"] = None
    if random.random() < 0.5:
        given["n"] = random.choice([1, 1, 4, 2, 3] if random.random() < 4 * wild else [1, 4])
    return given


class _Writer:
    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._fragments: dict[str, GraphQLCompositeType] = {}
        self._texts: list[str] = []
        self._used: set[str] = set()
        self._conditional = random.choice([0.0, 0.1, 0.3])
        self._left = random.choice([8, 20, 60])

    def document(self) -> str:
        is_mutation = self._random.random() < 0.15
        root = self._schema.mutation_type if is_mutation else self._schema.query_type
        assert root is not None
        selections = self._selections(root, 6)
        declared = ", ".join(f"${name}: {_DECLARED[name]}" for name in sorted(self._used))
        head = f"{'mutation' if is_mutation else 'query'} Q{f'({declared})' if declared else ''}"
        return " ".join([head, selections, *self._texts])

    def _condition(self) -> str:
        random = self._random
        if random.random() >= self._conditional:
            return ""
        name = random.choice([*CONDITIONS, "true", "false"])
        if name in _DECLARED:
            self._used.add(name)
            name = f"${name}"
        return f" @{random.choice(['skip', 'include'])}(if: {name})"

    def _selections(self, type_: GraphQLCompositeType, levels: int) -> str:
        if self._random.random() < 0.05:
            return f"{{ {self._type_name()} }}"  # objects of which nothing is read can be anything
        size = self._random.choice([1, 2, 3, 4, 5, 6]) if self._left > 0 else 1
        return "{ " + " ".join(self._selection(type_, levels) for _ in range(size)) + " }"

    def _selection(self, type_: GraphQLCompositeType, levels: int) -> str:
        self._left -= 1
        kind = self._random.choices(["field", "inline", "spread"], [10, 2, 1])[0]
        may_nest = levels > 0 and self._left > 0
        if kind == "inline" and may_nest:
            on = self._random.choice([None, *self._overlapping(type_)])
            inner = self._selections(on or type_, levels - 1)
            return f"...{f' on {on.name}' if on else ''}{self._condition()} {inner}"
        if kind == "spread" and may_nest:
            return f"...{self._fragment(type_, levels - 1)}{self._condition()}"
        return self._field(type_, levels)

    def _fragment(self, type_: GraphQLCompositeType, levels: int) -> str:
        fitting = [name for name, on in self._fragments.items() if on in self._overlapping(type_)]
        if fitting and self._random.random() < 0.5:
            return self._random.choice(fitting)
        on = self._random.choice(self._overlapping(type_))
        inner = self._selections(on, levels)
        name = f"F{len(self._fragments)}"
        self._fragments[name] = on
        self._texts.append(f"fragment {name} on {on.name} {inner}")
        return name

    def _field(self, type_: GraphQLCompositeType, levels: int) -> str:
        fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
        may_nest = levels > 0 and self._left > 0
        names = [name for name, field in fields.items() if may_nest or is_leaf_type(get_named_type(field.type))]
        if not names or self._random.random() < 0.07:
            return self._type_name()
        if may_nest and self._random.random() < 0.5:  # leaves are many, and end the way
            names = [name for name in names if is_composite_type(get_named_type(fields[name].type))] or names
        name = self._random.choice(names)
        field = fields[name]
        named = get_named_type(field.type)
        inner = "" if is_leaf_type(named) else f" {self._selections(named, levels - 1)}"  # type: ignore[arg-type]
        return f"{self._called(name, field)}{self._condition()}{inner}"

    def _type_name(self) -> str:
        return f"{self._random.choice(['', '', 'kind: '])}__typename{self._condition()}"

    def _called(self, name: str, field: GraphQLField) -> str:
        """Each alias stands for one field with one value of its argument, so that fields of one name can be merged."""
        variant = self._random.choice(["", "", "", "a", "b", "n", "l"] if field.args else ["", "", "", "a", "b"])
        if variant == "n":
            self._used.add("n")
        argument = {"n": "(n: $n)", "l": "(n: 4)"}.get(variant, "")
        return f"{f'{variant}_{name}: ' if variant else ''}{name}{argument}"

    def _overlapping(self, type_: GraphQLCompositeType) -> list[GraphQLCompositeType]:
        """In the order of the schema: a set of types has none."""
        members = self._members(type_)
        return [each for each in self._schema.type_map.values() if is_composite_type(each) and members & self._members(each)]

    def _members(self, type_: GraphQLNamedType) -> set[str]:
        if isinstance(type_, GraphQLObjectType):
            return {type_.name}
        return {each.name for each in self._schema.get_possible_types(type_)} if is_abstract_type(type_) else set()
