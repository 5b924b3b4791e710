"""Whom tokens are about."""

from dataclasses import dataclass
from datetime import datetime

from models.account import Account, AccountStatus


@dataclass(frozen=True, slots=True)
class Subject:
    """An account in one session. ``nonce`` is the client's own, for the ID token of the first exchange."""

    account: Account
    session_id: str
    authenticated_at: datetime
    nonce: str | None = None


async def subject_of(account_id: str, session_id: str, authenticated_at: datetime, nonce: str | None = None) -> Subject | None:
    """None for an account that is gone or closed, and for a session that has ended."""
    account = await Account.get(account_id)
    if account is None or account.status is not AccountStatus.ACTIVE or not account.session_is_live(session_id):
        return None
    return Subject(account, session_id, authenticated_at, nonce)
