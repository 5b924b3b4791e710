"""The explanation of a right, shown; and what `@auth` asks for a field."""

import strawberry
from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema, get_named_type

from resolvers.access_explanation import Explanation, FieldDemand
from resolvers.errors import BadInput
from schema.authorization import declared


@strawberry.type(description="One rule, and whether it holds.")
class AccessStep:
    rule: str = strawberry.field(description="Its name.")
    holds: bool = strawberry.field(description="Whether it holds for this account and row.")
    why: str = strawberry.field(description="What it says, with its source.")


@strawberry.type(
    description="Why an account may or may not see something: first the account and the fields, which must all hold, then the "
    "rows' rules, of which one is enough."
)
class AccessExplanation:
    allowed: bool = strawberry.field(description="Whether it may.")
    decided_by: str = strawberry.field(description="The rule that decides.")
    why: str = strawberry.field(description="What that rule says.")
    steps: list[AccessStep] = strawberry.field(description="All rules that were tried, in order.")

    @classmethod
    def of(cls, explanation: Explanation) -> "AccessExplanation":
        return cls(
            allowed=explanation.allowed,
            decided_by=explanation.decided_by,
            why=explanation.why,
            steps=[AccessStep(rule=step.rule, holds=step.holds, why=step.why) for step in explanation.steps],
        )


def demands_on(schema: GraphQLSchema, type_name: str, field: str | None) -> list[FieldDemand]:
    """What is asked of whoever selects a type, and one of its fields: `Patient.conditions`, or `conditions` of the type.

    Raises BadInput for a field that the type does not have.
    """
    type_ = schema.type_map[type_name]
    elements: dict[str, GraphQLNamedType | GraphQLField] = {type_name: type_}
    if field is not None:
        name = _field_name(type_, field)
        found: GraphQLField = getattr(type_, "fields", {})[name]
        shown = get_named_type(found.type)
        elements |= {f"{type_name}.{name}": found, shown.name: shown}
    # The same three as in `schema.authorization.Rights`, each with its own name.
    return [FieldDemand(name, demand) for name, element in elements.items() if (demand := declared(element)) is not None]


def _field_name(type_: GraphQLNamedType, field: str) -> str:
    owner, dot, name = field.rpartition(".")
    if dot and owner != type_.name:
        raise BadInput(f"field is one of {owner[:80]}; the id is of type {type_.name}.", ["field"])
    if name not in getattr(type_, "fields", {}):
        raise BadInput(f"{type_.name} has no field {name[:80]!r}.", ["field"])
    return name
