"""A process that does one thing with money and is killed at a step of it.

Reads lines of JSON: ``{"url", "database", "processor", "account", "work", "given", "step", "key"}``. For each it forks a child
that does the work and dies without a word before its ``step``-th command to MongoDB or call to the processor. Answers with a line
of JSON: ``{"died": the step's name or null, "session": the child's in hex or null, "refused": what a child that lived met}``.
"""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pymongo import monitoring

from models.account import Account
from ohms_graphql.card_payments import stripe_gateway as gateway_module
from ohms_graphql.card_payments.stripe_gateway import stripe_gateway
from ohms_graphql.database import open_database
from resolvers.billing.issuing import Issue, issue_invoice
from resolvers.billing.paying import CardPayment, pay_invoice
from resolvers.billing.refunding import RefundWish, refund_payment
from resolvers.context import RequestContext, open_context
from resolvers.principal import principal_of
from tests.clinic import plain_ports
from tests.sent_commands import SentCommands

_QUIET = {"hello", "ping", "endSessions", "killCursors", "getMore"}


class Steps(SentCommands):
    """Counts, and dies in time."""

    def __init__(self, last: int, pipe: int) -> None:
        self.left: int | None = None
        self._last = last
        self._pipe = pipe
        self._session: str | None = None

    def begin(self) -> None:
        self.left = self._last

    def step(self, name: str) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            os.write(self._pipe, json.dumps({"died": name, "session": self._session}).encode())
            os._exit(9)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in _QUIET:
            return
        self.step(event.command_name)
        if "txnNumber" in event.command and "startTransaction" in event.command:
            self._session = event.command["lsid"]["id"].hex()


async def do(work: str, given: dict[str, Any], key: str, context: RequestContext) -> None:
    if work == "issue":
        await issue_invoice(context, Issue(**given), key)
    elif work == "pay":
        await pay_invoice(context, CardPayment(**given), key)
    else:
        await refund_payment(context, RefundWish(amount=None, reason="Wrong", **given), key)


async def _child(order: dict[str, Any], steps: Steps) -> None:
    ask = gateway_module._asked

    async def counted(call: Any) -> Any:
        steps.step("processor")
        return await ask(call)

    gateway_module._asked = counted
    opened = open_database(order["url"], order["database"], listeners=(steps,), build_indexes=False)
    async with opened as database, stripe_gateway("sk_test", "pk_test", order["processor"]) as gateway:
        account = await Account.get(order["account"])
        assert account is not None
        ports = replace(plain_ports(database.transaction), payments=gateway, clock=lambda: datetime.now(UTC))
        steps.begin()
        await do(order["work"], order["given"], order["key"], open_context(principal_of(account), ports))


def _forked(order: dict[str, Any]) -> str:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            refused = None
            try:
                asyncio.run(_child(order, Steps(order["step"], write)))
            except Exception as error:  # noqa: BLE001  # told to the test
                refused = repr(error)
            os.write(write, json.dumps({"died": None, "session": None, "refused": refused}).encode())
        finally:
            os._exit(0)
    os.close(write)
    told = b""
    while part := os.read(read, 4096):
        told += part
    os.close(read)
    os.waitpid(child, 0)
    return told.decode()


if __name__ == "__main__":
    for line in sys.stdin:
        print(_forked(json.loads(line)), flush=True)
