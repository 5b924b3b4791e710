"""An event that many follow is executed once for all whom the operation cannot tell apart.

Thousands may wait for the same change of a schedule, and nearly all of its cost is in resolving the same fields again. The right
to the event itself is checked for each caller (``resolvers.schedule_feed.following``), and each has entries in the audit trail.
What is shared is the answer below it: among callers with the same roles, of the same operation with the same variables, for a
moment, and only if nothing of the caller but the roles was looked at on the way (``resolvers.watched_principal``).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, cast

from graphql import ExecutionResult, Executor, FieldNode, Node, VariableNode, Visitor, visit

from resolvers.audit.entries import Sightings
from resolvers.audit.log import Row
from resolvers.context import RequestContext
from resolvers.watched_principal import WatchedPrincipal
from schema.appointment.types import ScheduleEvent
from schema.inline_execution import InlineExecutor, PlanCache

_GOOD_FOR_SECONDS = 0.5
"""Who comes later sees the rows as they are by then."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``data``, and its entries for the audit trail but for who reads it; the event's own part is in them."""

    data: dict[str, Any] | None
    entries: Sequence[Row]


class Promise:
    """An answer under way. ``answer`` is None, once it has come, if it is not to be shared after all."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.came = asyncio.Event()  # not a future: one who is cancelled while waiting must not cancel it for all
        self.answer: Answer | None = None

    def keep(self, answer: Answer | None) -> None:
        self.answer = answer
        self.came.set()


class Answers:
    """Of the last moment."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Promise] = OrderedDict()

    def get(self, key: Hashable) -> Promise | None:
        found = self._kept.get(key)
        return found if found is not None and time.monotonic() - found.begun < _GOOD_FOR_SECONDS else None

    def promise(self, key: Hashable) -> Promise:
        made = Promise()
        while self._kept and next(iter(self._kept.values())).begun < made.begun - _GOOD_FOR_SECONDS:
            self._kept.popitem(last=False)
        self._kept.pop(key, None)
        self._kept[key] = made
        return made


class SharingExecutor(InlineExecutor):
    """graphql-core's, for everything but events of schedules. ``answers`` is for one schema."""

    answers: ClassVar[Answers]
    _operation_key: Hashable = None

    def build_per_event_executor(self, payload: Any) -> Executor[RequestContext]:
        if not isinstance(payload, ScheduleEvent):
            return super().build_per_event_executor(payload)
        if self._operation_key is None:
            operation, given = _Operation(self), self.variable_values.coerced
            # Nobody's `after` is in it, unless the fields use it, too.
            self._operation_key = (operation, *(repr(given.get(name)) for name in operation.used_variables()))
        return cast("Executor[RequestContext]", _Event(self, payload))  # all that graphql-core does with it is to execute it

    async def answer(self, event: ScheduleEvent) -> ExecutionResult:
        context: RequestContext = self.context_value
        key = (self._operation_key, event.document.id, event.cursor, context.principal.roles)
        shared = self.answers.get(key)
        if shared is None:
            return await self._answered_first(event, context, self.answers.promise(key))
        await shared.came.wait()
        answer = shared.answer
        if answer is None:
            return await self._executed(event)
        context.trail.seen.clear()  # the event alone
        context.trail.shared = answer.entries
        return ExecutionResult(data=answer.data)

    async def _answered_first(self, event: ScheduleEvent, context: RequestContext, promise: Promise) -> ExecutionResult:
        principal = context.principal
        watched = WatchedPrincipal.of(principal)
        context.principal = context.access.principal = watched
        answer = None
        try:
            result = await self._executed(event)
            entries = Sightings(context).of_trail()
            if not result.errors and not watched.is_personal:
                answer = Answer(result.data, entries)
            return result
        finally:
            context.principal = context.access.principal = principal
            promise.keep(answer)

    async def _executed(self, event: ScheduleEvent) -> ExecutionResult:
        result = super().build_per_event_executor(event).execute_operation(serially=False)
        return cast("ExecutionResult", await result if self.is_awaitable(result) else result)


@dataclass(frozen=True, slots=True)
class _Event:
    """Stands for the executor of one event, which most events do not need."""

    executor: SharingExecutor
    event: ScheduleEvent

    def execute_operation(self, serially: bool | None = None) -> Awaitable[ExecutionResult]:  # noqa: ARG002  # it is not
        return self.executor.answer(self.event)


class _Operation:
    """By its identity: documents are kept by their text, and comparing whole trees would cost more than it saves."""

    def __init__(self, executor: Executor[RequestContext]) -> None:
        self._node = executor.operation
        self._fragments = [fragment.definition for fragment in executor.fragments.values()]

    def __hash__(self) -> int:
        return id(self._node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Operation) and other._node is self._node

    @lru_cache(maxsize=256)  # noqa: B019  # by the document, which thousands send; no request is in it
    def used_variables(self) -> tuple[str, ...]:
        """The names of variables that the selection below the root field, or any fragment, uses."""
        return tuple(sorted({name for node in self._below_the_root() for name in _variables(node)}))

    def _below_the_root(self) -> Iterator[Node]:
        for root in self._node.selection_set.selections:
            yield from root.directives or ()
            if isinstance(root, FieldNode):
                if root.selection_set is not None:
                    yield root.selection_set
            else:
                yield root
        yield from self._fragments


def _variables(node: Node) -> set[str]:
    found: set[str] = set()

    class Collector(Visitor):
        def enter_variable(self, variable: VariableNode, *_: Any) -> None:
            found.add(variable.name.value)

    visit(node, Collector())
    return found


def sharing_executor(*, inline: bool) -> type[SharingExecutor]:
    """One for each schema. ``inline`` false: graphql-core executes every field (``schema.inline_execution``)."""
    return type("SharingExecutor", (SharingExecutor,), {"answers": Answers(), "plan_cache": PlanCache() if inline else None})
