"""Compiles a validated operation to its `CostPlan`: each definition is read once, constants are added up at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
)

from schema.limits import OperationLimits
from schema.operation_cost import (
    ASSUMED_LIST,
    COST,
    INTROSPECTION_COST,
    Conditional,
    Cost,
    CostPlan,
    Dearest,
    FieldCost,
    FieldShape,
    FieldTerm,
    Request,
    Size,
    Spread,
    Term,
    Total,
    dearest,
)
from schema.operation_document import OperationDocument, conditions_of
