"""Asking the graph as somebody, without HTTP: for tests of what the schema answers."""

from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import strawberry

from ohms_graphql.database import Database
from resolvers.context import RequestContext, open_context
from resolvers.ports import Ports
from resolvers.principal import ANONYMOUS, principal_of
from schema.node import global_id
from tests.clinic import Clinic, plain_ports
from tests.sent_commands import count_commands


@dataclass
class Answer:
    """What came back, and which database commands it took."""

    data: Any
    errors: list[Any]
    commands_by_name: Counter[str]

    @property
    def commands(self) -> int:
        return self.commands_by_name.total()

    @property
    def codes(self) -> list[str]:
        return [(error.extensions or {}).get("code", error.message) for error in self.errors]


@dataclass
class Graph:
    """``ask("alice", "{ viewer { roles } }")``: None asks as nobody."""

    schema: strawberry.Schema
    database: Database
    clinic: Clinic
    ports: Ports

    def context(self, caller: str | None) -> RequestContext:
        principal = ANONYMOUS if caller is None else principal_of(self.clinic.accounts[caller])
        return open_context(principal, self.ports, client_address="198.51.100.7")

    async def ask(self, caller: str | None, query: str, **variables: Any) -> Answer:
        with count_commands() as counter:
            result = await self._first(caller, query, variables)
        return Answer(result.data, list(result.errors or []), counter.by_name)

    async def _first(self, caller: str | None, query: str, variables: dict[str, Any]) -> Any:
        """The answer; of a subscription, its first event."""
        asked: dict[str, Any] = {"variable_values": variables, "context_value": self.context(caller)}
        if not query.startswith("subscription"):
            return await self.schema.execute(query, **asked)
        async with aclosing(await self.schema.subscribe(query, **asked)) as events:
            return await anext(events)

    async def data(self, caller: str | None, query: str, **variables: Any) -> Any:
        """The data of an operation that must not fail."""
        answer = await self.ask(caller, query, **variables)
        assert answer.errors == []
        return answer.data


def gid(document: Any) -> str:
    """The global id of a document, named as its class."""
    return global_id(type(document).__name__, document.id)


async def graph_of(schema: strawberry.Schema, database: Database, clinic: Clinic) -> Graph:
    return Graph(schema, database, clinic, plain_ports(database.transaction))
