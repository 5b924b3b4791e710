"""The GraphQL operation that reads one page of a connection, made of its columns."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLNamedType, GraphQLSchema, get_named_type

from ohms_graphql.csv_export.columns import Column, Step
from ohms_graphql.errors import OhmsError

Tree = dict[Step, "Tree"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A field of Query that gives a connection. ``where`` is how its argument is typed, None where it has none."""

    name: str
    row: GraphQLNamedType
    where: str | None

    def operation(self, columns: list[Column]) -> str:
        """Takes ``first``, ``after`` and, where there is one, ``where``."""
        declared, given = "", ""
        if self.where is not None:
            declared, given = f", $where: {self.where}", ", where: $where"
        return (
            f"query ExportCsv($first: Int!, $after: String{declared}) {{"
            f" {self.name}(first: $first, after: $after{given}) {{"
            f" nodes {{ {_selection(_tree(columns))} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )


def exported(schema: GraphQLSchema, name: str) -> Exported:
    """Raises OhmsError for what is no connection, and names those there are."""
    found = connections(schema)
    if name not in found:
        raise OhmsError(f"There is no connection {name}. There are {', '.join(sorted(found))}.")
    return found[name]


def connections(schema: GraphQLSchema) -> dict[str, Exported]:
    """Every field of Query whose answer comes in pages."""
    fields = schema.query_type.fields if schema.query_type else {}
    found = {}
    for name, field in fields.items():
        inner: dict[str, Any] = getattr(get_named_type(field.type), "fields", {})
        if {"nodes", "pageInfo"} <= inner.keys() and {"first", "after"} <= field.args.keys():
            where = field.args.get("where")
            found[name] = Exported(name, get_named_type(inner["nodes"].type), None if where is None else str(where.type))
    return found


def _tree(columns: list[Column]) -> Tree:
    root: Tree = {}
    for column in columns:
        at = root
        for step in column.steps:
            at = at.setdefault(step, {})
    return root


def _selection(tree: Tree) -> str:
    parts = ["__typename"]
    for step, below in tree.items():
        inner = f" {{ {_selection(below)} }}" if below else ""
        parts.append(f"{step.field}{inner}" if step.on is None else f"... on {step.on} {{ {step.key}: {step.field}{inner} }}")
    return " ".join(parts)
