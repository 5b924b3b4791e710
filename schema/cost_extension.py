"""Tells callers what their operation cost."""

from typing import Any

from strawberry.extensions import SchemaExtension

from resolvers.context import RequestContext


def cost_of(context: RequestContext | None) -> dict[str, Any]:
    """``{"cost": ...}`` of an operation that has come as far as the limits."""
    if context is None or context.estimated_cost is None:
        return {}
    commands = context.command_count()
    return {"cost": {"estimated": context.estimated_cost, "limit": context.cost_limit, "databaseCommands": commands}}


class CostExtension(SchemaExtension):
    """``extensions.cost``: what the limits estimate and allow, and the database commands it took, with the caller's account."""

    def get_results(self) -> dict[str, Any]:
        return cost_of(self.execution_context.context)
