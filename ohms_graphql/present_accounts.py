"""Accounts as the database has them now.

Each operation looks its caller up anew, so that a change of role and a closed account bind with the next one. Those that come at
once share a read (``resolvers.gathered_reads``).
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any, cast

from beanie.odm.utils.parsing import parse_obj

from models.account import Account, AccountStatus
from ohms_graphql.command_counter import count_command
from resolvers.gathered_reads import GatheredReads
from resolvers.principal import Principal, principal_of

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


class PresentAccounts:
    """One for a process and its event loop."""

    def __init__(self) -> None:
        self._reads = GatheredReads(self._read)
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def find(self, account_id: str, session_id: str) -> Principal | None:
        """The caller in one of their sessions; None if the account is gone or closed, or the session is over."""
        count_command("find")
        known = (await self._reads.find((account_id,))).get(account_id)
        return None if known is None else known.principal(session_id)

    async def _read(self, ids: Collection[str]) -> Mapping[str, "_Known"]:
        rows = await Account.get_pymongo_collection().find({"_id": {"$in": list(ids)}}, _PROJECTION).to_list()
        return {row["_id"]: self._account(row) for row in rows}

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
