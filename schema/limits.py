"""How large an operation may be, and how large one is: depth, aliases and root fields, each fragment measured once.

The figures are those of the operation written out, with every fragment in its place: an alias in a fragment that is spread
four times counts four times. They are added up per fragment, never walked, so a document of 1 kB that stands for 2^30
fields is measured in a millisecond. They are taken before validation, which is not linear, so they pass over whatever is
not valid; `@skip` and `@include` change nothing, so that they are the same for every request with this document.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import FieldNode, FragmentSpreadNode, GraphQLError, SelectionNode, SelectionSetNode

from schema.operation_document import OperationDocument

LARGEST_FIGURE = 2**53 - 1
"""Figures beyond this are shown as this: JSON readers keep no larger whole numbers apart."""

# A string that does not end takes the rest, so that no character is looked at twice.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:"""|\Z)|"(?:[^"\\\n\r]|\\.)*+"?|#[^\n\r]*|\.\.\.|[_A-Za-z]\w*|-?[0-9][0-9.eE+-]*|[^\s,\ufeff]'
)
_INTROSPECTION_LISTS = {"types", "fields", "args", "inputFields", "interfaces", "possibleTypes", "enumValues", "directives"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLimits:
    """The largest operation that is run. `max_cost` counts objects in the answer (`schema.operation_cost`)."""

    max_tokens: int
    max_depth: int
    max_aliases: int
    max_root_fields: int
    max_cost: int
    max_page_size: int
    default_page_size: int = 20
    max_characters: int = 100_000
    max_introspection_depth: int = 16
    """Below `__schema` and `__type`; the full query of GraphiQL takes 15."""
    max_introspection_lists: int = 3
    """Lists within lists below `__schema` and `__type`: types, their fields, and these fields' arguments."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a selection set written out. Root fields are its own fields, whatever they are called."""

    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    introspection_depth: int = 0
    introspection_lists: int = 0
    _lists: int = 0
    """Nested lists if this stood below `__schema`."""


def measure(document: OperationDocument) -> Figures:
    """Linear in the size of the document, which need not be valid."""
    fragments: dict[str, Figures] = {}
    for fragment in document.fragments:
        fragments[fragment.name.value] = _of_set(fragment.selection_set, fragments)
    return _of_set(document.operation.selection_set, fragments)


def _of_set(selection_set: SelectionSetNode, fragments: Mapping[str, Figures]) -> Figures:
    return _together([_of_selection(node, fragments) for node in selection_set.selections])


def _together(parts: Iterable[Figures]) -> Figures:
    depth = aliases = root_fields = introspection_depth = introspection_lists = lists = 0
    for part in parts:
        depth = max(depth, part.depth)
        aliases += part.aliases
        root_fields += part.root_fields
        introspection_depth = max(introspection_depth, part.introspection_depth)
        introspection_lists = max(introspection_lists, part.introspection_lists)
        lists = max(lists, part._lists)  # noqa: SLF001
    return Figures(depth, aliases, root_fields, introspection_depth, introspection_lists, lists)


def _of_selection(node: SelectionNode, fragments: Mapping[str, Figures]) -> Figures:
    if isinstance(node, FragmentSpreadNode):
        return fragments.get(node.name.value, Figures())
    inner_set: SelectionSetNode | None = getattr(node, "selection_set", None)
    inner = Figures() if inner_set is None else _of_set(inner_set, fragments)
    return _of_field(node, inner) if isinstance(node, FieldNode) else inner


def _of_field(node: FieldNode, inner: Figures) -> Figures:
    name = node.name.value
    aliases = inner.aliases + (node.alias is not None)
    if name in ("__schema", "__type"):
        return Figures(1, aliases, 1, inner.depth + 1, inner._lists)  # noqa: SLF001
    lists = inner._lists + (name in _INTROSPECTION_LISTS)  # noqa: SLF001
    return Figures(inner.depth + 1, aliases, 1, inner.introspection_depth, inner.introspection_lists, lists)


def refusals(figures: Figures, limits: OperationLimits) -> list[GraphQLError]:
    """Every limit that the operation goes beyond."""
    checks = (
        ("depth", limits.max_depth, figures.depth, "levels deep"),
        ("aliases", limits.max_aliases, figures.aliases, "aliases"),
        ("rootFields", limits.max_root_fields, figures.root_fields, "root fields"),
        ("introspectionDepth", limits.max_introspection_depth, figures.introspection_depth, "levels of introspection"),
        ("introspectionLists", limits.max_introspection_lists, figures.introspection_lists, "nested introspection lists"),
    )
    return [limit_exceeded(name, most, actual, unit) for name, most, actual, unit in checks if actual > most]


def limit_exceeded(limit: str, maximum: int, actual: int, unit: str) -> GraphQLError:
    """What every refusal for size looks like."""
    shown = min(actual, LARGEST_FIGURE)
    return GraphQLError(
        f"The operation goes beyond the limit {limit}: {shown} {unit}, at most {maximum} are allowed.",
        extensions={"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum, "actual": shown},
    )


def text_refusal(error: GraphQLError, text: str, limits: OperationLimits) -> GraphQLError | None:
    """The limit that a text goes beyond, when that is why the parser gave this error."""
    if "Parsing aborted" not in error.message:
        return None
    if len(text) > limits.max_characters:
        return limit_exceeded("characters", limits.max_characters, len(text), "characters")
    tokens = sum(1 for _ in _TOKEN.finditer(text))
    if tokens > limits.max_tokens:
        return limit_exceeded("tokens", limits.max_tokens, tokens, "tokens")
    return None
