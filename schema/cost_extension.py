"""Tells callers what their operation cost."""

from typing import Any

from strawberry.extensions import SchemaExtension


class CostExtension(SchemaExtension):
    """``extensions.cost``: what the limits estimate and allow, and the database commands it took, with the caller's account."""

    def get_results(self) -> dict[str, Any]:
        context = self.execution_context.context
        if context is None or context.estimated_cost is None:
            return {}
        commands = context.command_count()
        return {"cost": {"estimated": context.estimated_cost, "limit": context.cost_limit, "databaseCommands": commands}}
