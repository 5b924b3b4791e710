"""What of a document is run: its operation, the fragments that this one reaches, and what `@skip` and `@include` cut.

Shared by the limits, the cost and the authorization of an operation. All of it is linear in the size of the document: a
fragment is looked at once, however often it is spread. The limits see documents that are not validated yet, so unknown
fragments and cycles of fragments are passed over here (validation reports them).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    value_from_ast_untyped,
)

Conditions = tuple[tuple[str, bool], ...]
"""Variables, and the value that each must have for the node to be selected."""


@dataclass(frozen=True, slots=True)
class OperationDocument:
    """One operation of a document."""

    operation: OperationDefinitionNode
    fragments: tuple[FragmentDefinitionNode, ...]
    """Those that the operation reaches, each after the fragments that it spreads itself."""

    def defaults(self) -> dict[str, Any]:
        """The default values of the variables, for those that have one."""
        return {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in self.operation.variable_definitions or ()
            if definition.default_value is not None
        }


def operation_document(document: DocumentNode, name: str | None) -> OperationDocument | None:
    """The operation that graphql-core runs for this name (None: the only one), or None if there is none."""
    operation = None
    fragments: dict[str, FragmentDefinitionNode] = {}
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode) and (
            name is None or (definition.name and definition.name.value == name)
        ):
            operation = definition
    return None if operation is None else OperationDocument(operation, _in_order(operation, fragments))


def _in_order(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[FragmentDefinitionNode, ...]:
    """Depth first with a stack of its own: a chain of fragments may be longer than Python's."""
    ordered: list[FragmentDefinitionNode] = []
    seen: set[str] = set()
    stack: list[tuple[FragmentDefinitionNode | None, Iterator[str]]] = [(None, _spreads(operation.selection_set))]
    while stack:
        fragment, spreads = stack[-1]
        for name in spreads:
            if name in fragments and name not in seen:
                seen.add(name)
                stack.append((fragments[name], _spreads(fragments[name].selection_set)))
                break
        else:
            stack.pop()
            if fragment is not None:
                ordered.append(fragment)
    return tuple(ordered)


def _spreads(selection_set: SelectionSetNode) -> Iterator[str]:
    sets = [selection_set]
    while sets:
        for selection in sets.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                yield selection.name.value
            else:
                nested: SelectionSetNode | None = getattr(selection, "selection_set", None)
                if nested is not None:
                    sets.append(nested)


def conditions_of(node: SelectionNode) -> Conditions | None:
    """What must hold for a selection to be selected; () when it always is, None when it never is."""
    conditions: list[tuple[str, bool]] = []
    for directive in node.directives or ():
        if directive.name.value not in ("skip", "include"):
            continue
        wanted = directive.name.value == "include"
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                conditions.append((argument.value.name.value, wanted))
            elif isinstance(argument.value, BooleanValueNode) and argument.value.value is not wanted:
                return None
    return tuple(conditions)


def hold(conditions: Conditions, values: Mapping[str, Any]) -> bool:
    """Whether a node is selected with these variables (defaults filled in).

    A value that is no boolean counts as selected: the execution will refuse it, and nothing gets past a check by it.
    """
    return all(values.get(name) is not (not wanted) for name, wanted in conditions)
