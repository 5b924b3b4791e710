"""docs/permissions.md, generated: who may select which field, and who sees which rows by which rule."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import strawberry

from models.role import Role
from resolvers.policy import RULES, VisibleBy
from schema.guarded import PUBLIC, Access, requirements

Right = frozenset[Role] | Literal[Access.PUBLIC]

_HEAD = """# Permissions

Generated from the code by `ohms export-permissions`; CI compares. Do not edit.

## Which fields

By role, the same for everybody who has it; one of several roles is enough. A field that is not listed goes with its type, and
fields of value types (names, money, page info) with the field they are reached by. An operation that selects a field which its
caller may not select is refused as a whole, before it begins. What analysts get is de-identified.
"""
_ROOTS = ("Query", "Mutation", "Subscription")


def permissions_page(schema: strawberry.Schema) -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_fields(schema), *_rows()]) + "\n"


def _fields(schema: strawberry.Schema) -> Iterator[str]:
    by_type: dict[str, dict[str, Right]] = {}
    for coordinate, right in requirements(schema).items():
        type_name, _, field = coordinate.partition(".")
        by_type.setdefault(type_name, {})[field] = right
    for root in _ROOTS:
        if root in by_type:
            yield f"### {root}\n"
            yield from _table([(field, right) for field, right in sorted(by_type.pop(root).items())])
    yield "### Types\n"
    yield from _table([line for name, fields in sorted(by_type.items()) for line in _of_type(name, fields)])


def _of_type(name: str, fields: dict[str, Right]) -> Iterator[tuple[str, Right]]:
    """The type with what most of its fields ask for, then those that ask for something else."""
    usual: Right = Counter(fields.values()).most_common(1)[0][0]
    yield f"**{name}**", usual
    yield from ((f"{name}.{field}", right) for field, right in sorted(fields.items()) if right != usual)


def _table(lines: list[tuple[str, Right]]) -> Iterator[str]:
    yield f"| | {' | '.join(role.value for role in Role)} |"
    yield f"| --- {'| :-: ' * len(Role)}|"
    for name, right in lines:
        cells = ["public" if right is PUBLIC else "yes" if role in right else "" for role in Role]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _rows() -> Iterator[str]:
    yield "## Which rows\n"
    yield "Any rule that holds is enough. What no rule gives looks like what does not exist: in lists, counts, cursors, by id.\n"
    for document, rules in sorted(RULES.items(), key=lambda item: item[0].__name__):
        yield f"### {document.__name__}\n"
        yield "| rule | for | says |"
        yield "| --- | --- | --- |"
        yield from (_rule(rule) for rule in rules)
        yield ""


def _rule(rule: VisibleBy) -> str:
    named = ", ".join(role.value for role in Role if role in rule.roles)
    return f"| {rule.name} | {'everybody signed in' if rule.roles == frozenset(Role) else named} | {rule.why} |"
