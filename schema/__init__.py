"""What GraphQL shows: one schema, built once."""

import strawberry
from strawberry.schema.config import StrawberryConfig

import schema.enums
from schema.errors import USER_ERRORS
from schema.guarded import inherit_auth, verify_guarded
from schema.mutation import Mutation
from schema.query import Query
from schema.record.types import RECORD_TYPES
from schema.scalars import SCALARS


def build_schema() -> strawberry.Schema:
    """Raises UnguardedSchemaError when a road into the graph does not say who may take it."""
    built = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[*RECORD_TYPES, *USER_ERRORS],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    inherit_auth(built)
    verify_guarded(built)
    return built
