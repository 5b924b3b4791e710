"""Tells callers what their operation cost."""

from typing import Any

from strawberry.extensions import SchemaExtension


class CostExtension(SchemaExtension):
    """``extensions.cost``: what the limits estimated, and the database commands it took, signing the caller in included."""

    def get_results(self) -> dict[str, Any]:
        context = self.execution_context.context
        if context is None or context.estimated_cost is None:
            return {}
        return {"cost": {"estimated": context.estimated_cost, "databaseCommands": context.command_count()}}
