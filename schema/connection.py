"""Relay connections over keyset pages."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from models.base import StoredDocument
from resolvers.pagination import Order, Page, PageRequest, page_request
from schema.info import Info
from schema.sample_arguments import check_sample_arguments
from schema.shown_document import READS

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="How many rows from the start, or after `after`.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the row to go on after.")]
Last = Annotated[int | None, strawberry.argument(description="How many rows from the end, or before `before`.")]
Before = Annotated[str | None, strawberry.argument(description="The cursor of the row to go back from.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow.")
    has_previous_page: bool = strawberry.field(description="Whether rows precede.")
    start_cursor: str | None = strawberry.field(description="The first row's cursor.")
    end_cursor: str | None = strawberry.field(description="The last row's cursor: give it as `after` for the next page.")


@strawberry.type(description="A row and its cursor.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Where this row stands.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="The rows of this page.")
    page: strawberry.Private[Page[Any]]

    @strawberry.field(description="The rows with their cursors.", metadata={READS: ()})
    def edges(self) -> list[Edge[T]]:
        rows = zip(self.page.documents, self.nodes, strict=True)
        return [Edge(cursor=self.page.cursor(document), node=node) for document, node in rows]

    @strawberry.field(description="Where this page stands in the list.", metadata={READS: ()})
    def page_info(self) -> PageInfo:
        page = self.page
        return PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursor(page.documents[0]) if page.documents else None,
            end_cursor=page.cursor(page.documents[-1]) if page.documents else None,
        )

    @strawberry.field(description="How many rows the whole list has; counted only when asked for.", metadata={READS: ()})
    async def total_count(self) -> int:
        return await self.page.count()


@strawberry.enum(description="Which way a list runs.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest or oldest first.")
    DESC = strawberry.enum_value("DESC", description="Largest or newest first.")


def order_of(field: Enum, direction: OrderDirection) -> Order:
    """The stored field is the enum's value: only fields that have an index are in it."""
    return Order(str(field.value), descending=direction is OrderDirection.DESC)


def page_arguments(info: Info, first: int | None, after: str | None, last: int | None, before: str | None) -> PageRequest:
    """Every connection reads its arguments through here."""
    check_sample_arguments(info)
    return page_request(first, after, last, before, info.context.max_page_size)


D = TypeVar("D", bound=StoredDocument)


def nodes_of(page: Page[D], make: Callable[[D], T]) -> list[T]:
    """The page's documents as nodes."""
    return [make(document) for document in page.documents]


async def related_page(
    info: Info, document: type[D], field: str, parent_id: str, within: dict[str, Any], order: Order, request: PageRequest
) -> Page[D]:
    """A page of the documents that hang on a parent, batched over all parents of the operation."""
    return await info.context.loaders.pages(document, field, within, order, request).load(parent_id)
