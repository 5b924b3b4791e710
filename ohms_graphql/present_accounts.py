"""Accounts as the database has them now, read for many callers at once.

Each operation looks its caller up anew, so that a change of role and a closed account bind with the next one. Under load that
would be a command for each. Instead one read is under way at a time, and who comes meanwhile waits for the next: nobody is told
of a state from before they asked.
"""

import asyncio
import contextvars
from collections import OrderedDict
from typing import Any

from beanie.odm.utils.parsing import parse_obj

from models.account import Account
from ohms_graphql.command_counter import count_shared

_PATIENCE_SECONDS = 0.25
"""A read that takes longer holds nobody else up: perhaps its connection hangs."""
_MOST_AT_ONCE = 500
_MOST_KNOWN = 2000
_READ = (
    "email",  # an account without one is none
    "kind",
    "roles",
    "status",
    "patient_id",
    "provider_id",
    "sessions_from",
    "kept_session_id",
    "ended_sessions",
    "broken_glass_until",
)
_PROJECTION = dict.fromkeys(_READ, 1)

_Row = dict[str, Any]
_Waiting = list[tuple[str, "asyncio.Future[Account | None]"]]


class PresentAccounts:
    """One for a process and its event loop."""

    def __init__(self) -> None:
        self._waiting: _Waiting = []
        self._begun = False
        self._under_way: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: OrderedDict[str, tuple[_Row, Account]] = OrderedDict()

    async def get(self, account_id: str) -> Account | None:
        """What a caller is held to: their roles, whether the account is open, its sessions. All else of it is left out."""
        count_shared("find")
        found: asyncio.Future[Account | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((account_id, found))
        if not self._begun:
            self._begun = True
            asyncio.get_running_loop().call_soon(self._gather, 0)
        return await found

    def _gather(self, before: int) -> None:
        """Begins when nobody has come for a turn of the loop: what was received at once is looked up at once."""
        if before < len(self._waiting) < _MOST_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._gather, len(self._waiting))
        else:
            self._begin()

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        loop = asyncio.get_running_loop()
        # In a context of its own: it is no operation's in particular.
        task = self._under_way = loop.create_task(self._read(waiting), context=contextvars.Context())
        self._tasks.add(task)
        impatience = loop.call_later(_PATIENCE_SECONDS, self._go_on, task)
        task.add_done_callback(lambda _: impatience.cancel())
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._go_on)

    def _go_on(self, task: "asyncio.Task[None]") -> None:
        if self._under_way is task:
            self._under_way = None
            self._begun = bool(self._waiting)
            if self._begun:
                self._gather(0)

    async def _read(self, waiting: _Waiting) -> None:
        try:
            ids = list({account_id for account_id, _ in waiting})
            rows = await Account.get_pymongo_collection().find({"_id": {"$in": ids}}, _PROJECTION).to_list()
            accounts = {row["_id"]: self._account(row) for row in rows}
        except BaseException as error:
            for _, found in waiting:
                if not found.done():
                    found.set_exception(error if isinstance(error, Exception) else ConnectionError("The read was ended."))
            if not isinstance(error, Exception):
                raise
            return
        for account_id, found in waiting:
            if not found.done():  # who left does not wait
                found.set_result(accounts.get(account_id))

    def _account(self, row: _Row) -> Account:
        """Validates a row once, as long as it stays what it is."""
        account_id = row["_id"]
        known = self._known.get(account_id)
        if known is not None and known[0] == row:
            return known[1]
        account: Account = parse_obj(Account, dict(row))
        self._known[account_id] = row, account
        self._known.move_to_end(account_id)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return account
