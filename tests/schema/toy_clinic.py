"""A small schema with every kind of road that `@auth` has to guard, and callers to send over it."""

# arguments are called what the graph calls them

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry.types import ExecutionResult

from models.role import Role
from resolvers.principal import ANONYMOUS, Principal
from schema.authorization import auth, public
from schema.document_cache import DocumentPipeline, Pipeline
from schema.guarded import inherit_auth, verify_guarded
from schema.known_documents import DocumentCache
from schema.limits import OperationLimits
from schema.operation_cost import COST, FieldCost

T = TypeVar("T")
LIMITS = OperationLimits(max_tokens=2000, max_depth=12, max_aliases=30, max_root_fields=20, max_cost=5000, max_page_size=100)


def caller(*roles: Role) -> Principal:
    return Principal(account_id="someone", roles=frozenset(roles))


@dataclass
class Context:
    principal: Principal = ANONYMOUS
    estimated_cost: int | None = None
    ran: list[str] = field(default_factory=list)
    access: SimpleNamespace = field(default_factory=SimpleNamespace)
    """Nothing reads rows here."""


@strawberry.interface
class Node:
    id: strawberry.ID = strawberry.field(default=strawberry.ID("1"))


@strawberry.type
class Money:
    currency: str = "EUR"


@strawberry.type
class PageInfo:
    has_next_page: bool = False


@strawberry.type
class Edge(Generic[T]):
    node: T


@strawberry.type
class Connection(Generic[T]):
    nodes: list[T]
    total_count: int = 0

    @strawberry.field
    def edges(self) -> list[Edge[T]]:
        return [Edge(node=node) for node in self.nodes]

    @strawberry.field
    def page_info(self) -> PageInfo:
        return PageInfo()


@strawberry.interface(directives=[auth(Role.PATIENT, Role.PROVIDER)])
class Record(Node):
    title: str = "a record"


@strawberry.type(directives=[auth(Role.PATIENT, Role.PROVIDER)])
class Note(Record):
    author: str = "someone"
    secret: str = strawberry.field(default="hush", directives=[auth(Role.PROVIDER)])


@strawberry.type(directives=[auth(Role.PATIENT, Role.PROVIDER, Role.STAFF)])
class Lab(Record):
    value: int = 7
    components: list[Money] = strawberry.field(default_factory=list)


@strawberry.type(directives=[auth(Role.PATIENT, Role.PROVIDER, Role.STAFF)])
class Patient(Node):
    mrn: str = "42"
    tags: list[str] = strawberry.field(default_factory=list)
    conditions: list[str] = strawberry.field(default_factory=list, directives=[auth(Role.PATIENT, Role.PROVIDER)])

    @strawberry.field
    def balance(self) -> Money:
        return Money()

    @strawberry.field
    def relatives(self) -> list["Patient"]:
        return [Patient()]

    @strawberry.field
    def records(self, first: int | None = None, last: int | None = None) -> Connection[Record]:
        return Connection(nodes=[Note(), Lab()])

    @strawberry.field
    def friends(self, first: int = 5) -> Connection["Patient"]:
        return Connection(nodes=[])


@strawberry.type(directives=[auth(*Role)])
class Provider(Node):
    npi: str = "1"


Found = Annotated[Patient | Provider, strawberry.union("Found")]


@strawberry.input
class BookInput:
    patient: strawberry.ID
    minutes: int
    role: Role | None = None


@strawberry.type
class BookPayload:
    patient: Patient | None
    ok: bool = True


@strawberry.type
class Query:
    @strawberry.field(directives=[public()])
    def hello(self, info: strawberry.Info) -> str:
        info.context.ran.append("hello")
        return "hello"

    @strawberry.field(directives=[public()])
    def price(self) -> Money:
        return Money()

    @strawberry.field(directives=[auth(Role.PATIENT, Role.PROVIDER, Role.STAFF, Role.ANALYST)])
    def patient(self, info: strawberry.Info, id: strawberry.ID | None = None) -> Patient:
        info.context.ran.append("patient")
        return Patient()

    @strawberry.field(directives=[auth(*Role)])
    def patients(self, first: int | None = None, last: int | None = None) -> Connection[Patient]:
        return Connection(nodes=[Patient()])

    @strawberry.field(directives=[public()])
    def node(self, id: strawberry.ID) -> Node | None:
        return Patient()

    @strawberry.field(directives=[public()])
    def nodes(self, ids: list[strawberry.ID]) -> list[Node]:
        return [Patient(), Provider()]

    @strawberry.field(directives=[public()])
    def search(self) -> list[Found]:
        return [Patient(), Provider()]

    @strawberry.field(directives=[auth(*Role)])
    def records(self, first: int | None = None) -> list[Record]:
        return [Note(), Lab()]

    @strawberry.field(directives=[auth(Role.ANALYST, Role.ADMIN)], metadata={COST: FieldCost(each=50, items=3)})
    def statistics(self) -> list[Money]:
        return []


@strawberry.type
class Mutation:
    @strawberry.mutation(directives=[auth(Role.STAFF)])
    def book(self, info: strawberry.Info, input: BookInput) -> BookPayload:
        info.context.ran.append("book")
        return BookPayload(patient=Patient())

    @strawberry.mutation(directives=[public()])
    def register(self, info: strawberry.Info) -> BookPayload:
        info.context.ran.append("register")
        return BookPayload(patient=None)


@strawberry.type
class Subscription:
    @strawberry.subscription(directives=[auth(Role.PROVIDER)])
    async def released(self, info: strawberry.Info) -> AsyncIterator[Note]:
        info.context.ran.append("released")
        yield Note()


def toy_schema(limits: OperationLimits = LIMITS, cache: DocumentCache | None = None) -> strawberry.Schema:
    pipeline = Pipeline(limits, cache)
    schema = strawberry.Schema(Query, Mutation, Subscription, types=[Note, Lab], extensions=[lambda: DocumentPipeline(pipeline)])
    inherit_auth(schema)
    verify_guarded(schema)
    return schema


SCHEMA = toy_schema()


async def run(
    query: str,
    principal: Principal = ANONYMOUS,
    variables: dict[str, Any] | None = None,
    name: str | None = None,
    schema: strawberry.Schema = SCHEMA,
) -> tuple[ExecutionResult, Context]:
    context = Context(principal)
    result = await schema.execute(query, variables, context_value=context, operation_name=name)
    return result, context


def codes(result: ExecutionResult) -> list[str]:
    return [(error.extensions or {}).get("code", error.message) for error in result.errors or ()]
