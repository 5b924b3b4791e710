"""Checks an operation against `@auth` before it runs: compiled once per document, a few set operations per request.

A *part* is what is selected together: an operation, a fragment, or what hangs on a `@skip` or `@include` with a variable.
Parts are joined by edges with conditions, so that each selection is compiled once however often its fragment is spread.
What is always selected is drawn together at compile time, grouped by the sets of roles that are asked for; a request walks
only the parts behind conditions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, Node

from models.role import Role
from resolvers.principal import Principal
from schema.authorization import Demand
from schema.operation_document import Conditions, hold

MAX_REFUSALS = 10
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """A field, or a type that a fragment names, that asks for roles."""

    coordinate: str
    path: Path
    demands: tuple[Demand, ...]
    node: Node

    @property
    def is_type(self) -> bool:
        return "." not in self.coordinate


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    selected: list[Selected] = field(default_factory=list)
    edges: list["Edge"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """`target` is selected at `path` if the conditions hold; its own paths begin there."""

    path: Path
    conditions: Conditions
    target: Part


class AuthorizationPlan:
    """What one operation asks of its caller."""

    def __init__(self, root: Part, defaults: Mapping[str, Any]) -> None:
        self._defaults = defaults
        self._settled: set[Part] = set()
        self._conditional: list[tuple[Path, Edge]] = []
        always: dict[Demand, list[tuple[Path, Selected]]] = {}
        for prefix, part in _reachable([((), root)], self._settled, self._postpone):
            for selected in part.selected:
                for demand in selected.demands:
                    always.setdefault(demand, []).append((prefix, selected))
        self._always = tuple(always.items())
        self._conditional = [(path, edge) for path, edge in self._conditional if edge.target not in self._settled]

    def _postpone(self, prefix: Path, edge: Edge) -> bool:
        if edge.conditions:
            self._conditional.append((prefix, edge))
        return not edge.conditions

    def refusals(self, principal: Principal, variables: Mapping[str, Any] | None) -> list[GraphQLError]:
        """Why the operation may not run; empty when it may. At most ten, none below a field that is refused itself."""
        roles = principal.roles
        refused = [found for demand, group in self._always if roles.isdisjoint(demand) for found in group]
        if self._conditional:
            refused += self._conditionally_refused(roles, {**self._defaults, **(variables or {})})
        return _errors(refused, principal) if refused else []

    def _conditionally_refused(self, roles: frozenset[Role], values: Mapping[str, Any]) -> Iterator[tuple[Path, Selected]]:
        starts = [((*path, *edge.path), edge.target) for path, edge in self._conditional if hold(edge.conditions, values)]
        for prefix, part in _reachable(starts, set(self._settled), lambda _prefix, edge: hold(edge.conditions, values)):
            for selected in part.selected:
                if any(roles.isdisjoint(demand) for demand in selected.demands):
                    yield prefix, selected

    @property
    def free(self) -> bool:
        """Whether it asks for nothing, whoever calls."""
        return not self._always and not self._conditional


def _reachable(starts: Iterable[tuple[Path, Part]], visited: set[Part], follow: Any) -> Iterator[tuple[Path, Part]]:
    """Every part once, with the path at which it was first reached."""
    stack = list(starts)
    while stack:
        prefix, part = stack.pop()
        if part in visited:
            continue
        visited.add(part)
        yield prefix, part
        stack.extend(((*prefix, *edge.path), edge.target) for edge in part.edges if follow(prefix, edge))


def _errors(refused: Iterable[tuple[Path, Selected]], principal: Principal) -> list[GraphQLError]:
    """One error a field and place, in the order of the text; what lies below a refused field goes without saying."""
    paths: set[Path] = set()
    shown: dict[tuple[Path, str], Selected] = {}
    placed = [(prefix + selected.path, selected) for prefix, selected in refused]
    for path, selected in sorted(placed, key=lambda at: (len(at[0]), at[1].is_type)):
        # a type named by a fragment stands where its field stands, whose refusal says the same
        above = range(1, len(path) + selected.is_type)
        if not any(path[:length] in paths for length in above):
            paths.add(path)
            shown.setdefault((path, selected.coordinate), selected)
    ordered = sorted(shown.items(), key=lambda at: at[1].node.loc.start if at[1].node.loc else 0)
    return [_error(path, selected, principal) for (path, _), selected in ordered[:MAX_REFUSALS]]


def _error(path: Path, selected: Selected, principal: Principal) -> GraphQLError:
    missing = next((demand for demand in selected.demands if principal.roles.isdisjoint(demand)), frozenset[Role]())
    may = frozenset.intersection(*selected.demands) or missing
    roles = [role.value for role in Role if role in may]
    needs = f'"{selected.coordinate}" may be selected by {", ".join(roles)} only.'
    return GraphQLError(
        needs if principal.signed_in else f"Sign in first: {needs}",
        nodes=selected.node,
        path=path,
        extensions={
            "code": "FORBIDDEN" if principal.signed_in else "UNAUTHENTICATED",
            "coordinate": selected.coordinate,
            "roles": roles,
        },
    )
