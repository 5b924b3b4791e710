"""`@phi`: what an analyst gets de-identified, printed in the SDL; and the guard that leaves no field undecided.

The values themselves are replaced where rows leave the database (`resolvers.deidentification`); the directive says it to readers,
and makes whoever adds a field decide.
"""

from collections.abc import Iterator
from enum import Enum

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.schema_directive import Location

from models.role import Role
from schema.authorization import core_schema, declared, directives_of
from schema.guarded import UnguardedSchemaError


@strawberry.enum(description="What protected health information is of.")
class PhiKind(Enum):
    NAME = strawberry.enum_value("NAME", description="A person's name: a pseudonym instead, or nothing.")
    CONTACT = strawberry.enum_value("CONTACT", description="A way to reach somebody: nothing instead.")
    ADDRESS = strawberry.enum_value("ADDRESS", description="Where somebody lives: state and three-digit postal area instead.")
    DATE = strawberry.enum_value(
        "DATE", description="A date, or what tells one: 1 January of its year instead, nothing where it tells of an age over 89."
    )
    IDENTIFIER = strawberry.enum_value("IDENTIFIER", description="A number or code of somebody: a pseudonym instead, or nothing.")
    FREE_TEXT = strawberry.enum_value("FREE_TEXT", description="Words that somebody wrote: nothing instead.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="phi",
    description="Protected health information: a caller whose only right to it is ANALYST gets a de-identified value.",
)
class Phi:
    kind: PhiKind = strawberry.field(description="What it is of.")


def phi(kind: PhiKind) -> Phi:
    """`directives=[phi(PhiKind.DATE)]` on a field."""
    return Phi(kind=kind)


NO_PATIENTS = frozenset(
    {
        "Account",
        "EducationResource",
        "EducationResourceConnection",
        "EducationResourceEdge",
        "Organization",
        "OrganizationConnection",
        "OrganizationEdge",
        "Provider",
        "ProviderConnection",
        "ProviderEdge",
        "Statistics",
        "Viewer",
        "VisitType",
        "VisitTypeConnection",
        "VisitTypeEdge",
    }
)
"""The directory, articles, the caller's own account, and what is suppressed already: nothing in them is a patient's."""

PLAIN_VALUES = frozenset({"CodeableConcept", "Money", "PageInfo"})
"""Value types that copies hold coded, as numbers, or sealed."""

PLAIN_SCALARS = frozenset({"Boolean", "Decimal", "Float", "Int", "TimeZone"})

KEPT = {
    "Coverage.payer": "an insurer is none of the eighteen identifiers, and the payer mix is asked for",
    "Patient.ageGroup": "five years wide, from the birth year alone",
    "Quantity.code": "UCUM",
    "Quantity.unit": "UCUM, in copies",
    "ReferenceRange.unit": "left out of copies",
}
"""Texts that analysts read, and why."""


def verify_deidentified(schema: strawberry.Schema) -> None:
    """Raises UnguardedSchemaError when analysts would read a field about which nobody decided.

    A field that is open to ANALYST carries `@phi`, or leads to a type with an `@auth` of its own, or holds what cannot be
    protected health information: enums, numbers, coded concepts, money. Everything else is a fault.
    """
    types = core_schema(schema).type_map
    open_types = [
        type_
        for name, type_ in sorted(types.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        and name not in NO_PATIENTS
        and Role.ANALYST in (declared(type_) or ())
    ]
    faults = sorted({fault for type_ in open_types for fault in _undecided(type_, set())})
    if not open_types:
        faults = ["there are no types that analysts read"]
    if faults:
        raise UnguardedSchemaError(faults)


def _undecided(type_: GraphQLNamedType, seen: set[str]) -> Iterator[str]:
    seen.add(type_.name)
    fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
    for name, field in fields.items():
        coordinate = f"{type_.name}.{name}"
        inner = get_named_type(field.type)
        if _closed(field) or _closed(inner) or coordinate in KEPT or _is_phi(field) or _is_plain(type_, name, inner):
            continue
        if isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            if declared(inner) is None and inner.name not in seen:
                yield from _undecided(inner, seen)
            continue
        yield f"{coordinate} is open to ANALYST: decide with @phi, or narrow it with @auth"


def _closed(element: GraphQLField | GraphQLNamedType) -> bool:
    demand = declared(element)
    return demand is not None and Role.ANALYST not in demand


def _is_phi(field: GraphQLField) -> bool:
    return any(isinstance(found, Phi) for found in directives_of(field))


def _is_plain(parent: GraphQLNamedType, name: str, inner: GraphQLNamedType) -> bool:
    if isinstance(inner, GraphQLEnumType) or inner.name in PLAIN_SCALARS | PLAIN_VALUES:
        return True
    if parent.name.endswith("Edge") and name == "cursor":
        return True  # sealed
    return inner.name == "ID" and name == "id"  # a pseudonym
