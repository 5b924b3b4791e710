"""Accounts as the database has them now, read for many callers at once.

Each operation looks its caller up anew, so that a change of role and a closed account bind with the next one. Under load that
would be a command for each. Instead one read is under way at a time, and who comes meanwhile waits for the next: nobody is told
of a state from before they asked.
"""

import asyncio
import contextvars
from collections import OrderedDict
from typing import Any, cast

from beanie.odm.utils.parsing import parse_obj

from models.account import Account, AccountStatus
from ohms_graphql.command_counter import count_shared
from resolvers.principal import Principal, principal_of

_PATIENCE_SECONDS = 0.25
"""A read that takes longer holds nobody else up: perhaps its connection hangs."""
_MOST_AT_ONCE = 500
_QUIET_TURNS = 4
_MOST_KNOWN = 2000
_MOST_SESSIONS = 20
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
_Waiting = list[tuple[str, "asyncio.Future[_Known | None]"]]


class PresentAccounts:
    """One for a process and its event loop."""

    def __init__(self) -> None:
        self._waiting: _Waiting = []
        self._begun = False
        self._quiet_turns = 1
        self._under_way: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def find(self, account_id: str, session_id: str) -> Principal | None:
        """The caller in one of their sessions; None if the account is gone or closed, or the session is over."""
        count_shared("find")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[_Known | None] = loop.create_future()
        self._waiting.append((account_id, found))
        if not self._begun:
            self._begun = True
            loop.call_soon(self._gather, 0, 0)
        known = await found
        return None if known is None else known.principal(session_id)

    def _gather(self, before: int, quiet: int) -> None:
        """Begins the next read when nobody has come for a turn of the loop, under load for a few: so more share it."""
        count = len(self._waiting)
        quiet = quiet + 1 if count == before else 0
        if quiet < self._quiet_turns and count < _MOST_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._gather, count, quiet)
        else:
            self._quiet_turns = _QUIET_TURNS if count > 1 else 1
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
                self._gather(0, 0)

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

    def _account(self, row: _Row) -> "_Known":
        """Validates a row once, as long as it stays what it is."""
        account_id = row["_id"]
        known = self._known.get(account_id)
        if known is None or known.row != row:
            known = self._known[account_id] = _Known(row, cast("Account", parse_obj(Account, dict(row))))
            self._known.move_to_end(account_id)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return known


class _Known:
    """An account as it was read, and who its callers are by their sessions."""

    __slots__ = ("_account", "_principals", "row")

    def __init__(self, row: _Row, account: Account) -> None:
        self.row = row
        self._account = account
        self._principals: dict[str, Principal] = {}

    def principal(self, session_id: str) -> Principal | None:
        account = self._account
        if account.status is not AccountStatus.ACTIVE or not account.session_is_live(session_id):
            return None
        known = self._principals.get(session_id)
        if known is None:
            if len(self._principals) >= _MOST_SESSIONS:
                self._principals.clear()
            known = self._principals[session_id] = principal_of(account, session_id)
        return known
