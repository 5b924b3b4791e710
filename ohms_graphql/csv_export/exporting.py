"""Reads a connection page by page, each page an operation of its own: authorized, de-identified and audited as any."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import GraphQLError

from ohms_graphql.csv_export.cells import cell, line
from ohms_graphql.csv_export.columns import Column
from ohms_graphql.csv_export.operation import Exported
from ohms_graphql.errors import OhmsError
from resolvers.context import RequestContext

OpenContext = Callable[[], Awaitable[RequestContext]]
"""Of the caller as they are now: asked for before each page, so that who loses the right in between reads no further."""


@dataclass(frozen=True, slots=True)
class Export:
    """One run. ``where`` is the connection's filter as GraphQL's JSON."""

    schema: strawberry.Schema
    open_context: OpenContext
    exported: Exported
    columns: list[Column]
    where: dict[str, Any] | None
    page_size: int

    async def lines(self) -> AsyncIterator[list[str]]:
        """The header with the rows of the first page, then those of each other page; no more is held. Raises OhmsError."""
        header = [line(column.header for column in self.columns)]
        async for rows in self._pages():
            yield header + [line(cell(column, row) for column in self.columns) for row in rows]
            header = []

    async def _pages(self) -> AsyncIterator[list[dict[str, Any]]]:
        operation, size, after = self.exported.operation(self.columns), self.page_size, None
        while True:
            variables = {"first": size, "after": after} | ({} if self.where is None else {"where": self.where})
            context = await self.open_context()
            result = await self.schema.execute(operation, variable_values=variables, context_value=context)
            errors = list(result.errors or [])
            if size > 1 and any(_too_dear(error) for error in errors):
                size //= 2
                continue
            if errors or result.data is None:
                raise OhmsError("; ".join(dict.fromkeys(error.message for error in errors)))
            page = result.data[self.exported.name]
            yield page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _too_dear(error: GraphQLError) -> bool:
    """Rows with many objects in them: fewer of them a page."""
    return (error.extensions or {}).get("limit") == "cost"
