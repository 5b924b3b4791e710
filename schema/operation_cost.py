"""What an operation may cost: an upper bound of the number of objects in its answer.

An object costs 1 and what is selected below it; scalars and enums cost nothing, and a list of scalars neither.
A list of n objects costs n times one of them. For n,

- a connection has its page size: `first` or `last` as written, or in a variable, or the argument's default, else
  `default_page_size`, and never more than `max_page_size`. Its `nodes` and `edges` are that many rows; itself,
  `pageInfo` and the like are there once. (`edges { node }` are two objects a row.)
- a list with `first` or `last` has that many items, a list with `ids` as many as these are;
- any other list is taken for 10 long.

`__schema` and `__type` cost 100 whatever is below them, which `schema.limits` bounds. What `@skip` and `@include` cut costs
nothing. Fragments on different object types in a union or interface exclude each other: the dearest counts. Fields that
merge in the answer are counted twice: finding that out would not be linear.

`strawberry.field(metadata={COST: FieldCost(each=50, items=3)})` says otherwise for a field: what each of its objects (or
its scalar) costs itself, and how many items its list is taken for.

The plan is compiled once per document (`schema.operation_cost_compiler`); a request evaluates what depends on variables.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import ValueNode, VariableNode, value_from_ast_untyped

from schema.operation_document import Conditions, hold

COST: Final = "cost"
"""The key of a `FieldCost` in a Strawberry field's metadata."""

ASSUMED_LIST = 10
INTROSPECTION_COST = 100


@dataclass(frozen=True, slots=True)
class FieldCost:
    """A field that costs something else than the rule says; None leaves it to the rule."""

    each: int | None = None
    items: int | None = None


class Cost(NamedTuple):
    """Of a selection set: what is there once, and what is there once a row of the connection that it is selected on."""

    once: int = 0
    per_row: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """The variables, defaults filled in, and what the fragments cost with them."""

    values: Mapping[str, Any]
    fragments: dict[str, Cost]


@dataclass(frozen=True, slots=True)
class Argument:
    """As written, else as the schema has it (None: nothing)."""

    written: ValueNode | None
    default: Any = None

    @property
    def varies(self) -> bool:
        return isinstance(self.written, VariableNode)

    def value(self, values: Mapping[str, Any]) -> Any:
        if isinstance(self.written, VariableNode):
            return values.get(self.written.name.value, self.default)
        return self.default if self.written is None else value_from_ast_untyped(self.written)


@dataclass(frozen=True, slots=True)
class Size:
    """How many items a list has, or rows a page."""

    otherwise: int
    pages: tuple[Argument, ...] = ()
    """`first` and `last`."""
    ids: tuple[Argument, ...] = ()
    most: int | None = None

    @property
    def varies(self) -> bool:
        return any(argument.varies for argument in (*self.pages, *self.ids))

    def of(self, values: Mapping[str, Any]) -> int:
        sizes = [int(page) for argument in self.pages if _whole(page := argument.value(values))]
        sizes += [_length(argument.value(values)) for argument in self.ids]
        size = max(sizes, default=self.otherwise)
        return max(0, size if self.most is None else min(size, self.most))


def _whole(value: Any) -> bool:
    """Also 20.0: GraphQL takes it for an Int. What is no number is refused when the operation runs."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def _length(value: Any) -> int:
    """GraphQL takes a single value for a list of one."""
    return len(value) if isinstance(value, list | tuple) else int(value is not None)


class Term(ABC):
    """A part of a cost that depends on the request."""

    __slots__ = ()

    @abstractmethod
    def cost(self, request: Request) -> Cost: ...


@dataclass(frozen=True, slots=True)
class Total:
    """A selection set: what is known beforehand, and what is not."""

    known: Cost
    terms: tuple[Term, ...] = ()

    def cost(self, request: Request) -> Cost:
        once, per_row = self.known
        for term in self.terms:
            cost = term.cost(request)
            once += cost.once
            per_row += cost.per_row
        return Cost(once, per_row)


@dataclass(frozen=True, slots=True)
class Spread(Term):
    """What the fragment costs: worked out before, once a request."""

    fragment: str

    def cost(self, request: Request) -> Cost:
        return request.fragments[self.fragment]


@dataclass(frozen=True, slots=True)
class Conditional(Term):
    conditions: Conditions
    inner: Total

    def cost(self, request: Request) -> Cost:
        return self.inner.cost(request) if hold(self.conditions, request.values) else Cost()


@dataclass(frozen=True, slots=True)
class Dearest(Term):
    """Alternatives of which one is in the answer."""

    alternatives: tuple[Total, ...]

    def cost(self, request: Request) -> Cost:
        return dearest([alternative.cost(request) for alternative in self.alternatives])


@dataclass(frozen=True, slots=True)
class FieldShape:
    """How the cost of an object, or of a list of them, comes of what is selected below it."""

    each: int
    page: Size
    items: Size | None = None
    """None: one."""
    row: bool = False
    """`nodes` or `edges` of a connection: as many as its page has."""

    @property
    def varies(self) -> bool:
        return self.page.varies or (self.items is not None and self.items.varies)

    def around(self, inner: Cost, values: Mapping[str, Any]) -> Cost:
        rows = self.page.of(values) * inner.per_row if inner.per_row else 0
        below = self.each + inner.once + rows
        if self.row:
            return Cost(0, below)
        return Cost(below if self.items is None else self.items.of(values) * below)


@dataclass(frozen=True, slots=True)
class FieldTerm(Term):
    shape: FieldShape
    inner: Total

    def cost(self, request: Request) -> Cost:
        return self.shape.around(self.inner.cost(request), request.values)


def dearest(costs: Sequence[Cost]) -> Cost:
    """No less than any of them."""
    return Cost(max((cost.once for cost in costs), default=0), max((cost.per_row for cost in costs), default=0))


@dataclass(frozen=True, slots=True)
class CostPlan:
    """Of one operation. `fragments` stand each after those that it spreads."""

    defaults: Mapping[str, Any]
    fragments: tuple[tuple[str, Total], ...]
    operation: Total

    def estimate(self, variables: Mapping[str, Any] | None) -> int:
        """Objects in the answer, at most. Linear in the size of the document, at once where no variable matters."""
        if not self.operation.terms:
            return self.operation.known.once
        request = Request({**self.defaults, **(variables or {})}, {})
        for name, total in self.fragments:
            request.fragments[name] = total.cost(request)
        return self.operation.cost(request).once
