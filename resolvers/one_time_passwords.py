"""The second factor when it is asked for: a time-based one-time password (RFC 6238), or one of the recovery codes.

A code is good once: the step it belongs to is written by a conditional update, so that of two who send it at once one gets in.
"""

import hmac
import secrets
from datetime import datetime

import pyotp

from models.account import Account
from resolvers.account_changes import change_account
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt, uncount
from resolvers.transactions import transact
from resolvers.typed_codes import digest_of, new_typed_code, plain

STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Steps that a device's clock may be away from ours (RFC 6238, 5.2: at most one for the network)."""
_GUESSES = 5
RECOVERY_CODES = 10
_RECOVERY_CODE_LENGTH = 16


def matching_step(secret: str, code: str, instant: datetime) -> int | None:
    """The time step that ``code`` is right for, if it is right now."""
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(instant.timestamp()) // STEP_SECONDS
    entered = "".join(code.split())
    if not (entered.isascii() and entered.isdigit()):
        return None
    found = [now + drift for drift in _DRIFT if hmac.compare_digest(totp.generate_otp(now + drift), entered)]
    return found[0] if found else None


def new_recovery_codes() -> list[str]:
    return [new_typed_code(_RECOVERY_CODE_LENGTH) for _ in range(RECOVERY_CODES)]


def new_secret() -> str:
    """160 bits in base32 (RFC 4226, 4: R6)."""
    return pyotp.random_base32(32)


def guesses(account: Account) -> Limit:
    """Counted after the password was right: who lacks it cannot use the owner's guesses up."""
    return Limit("one-time-code", account.id, _GUESSES)


async def spend_one_time_code(context: RequestContext, account: Account, code: str) -> bool:
    """Whether the code is right; it is used up then. Raises Rejected with TooManyAttempts after five wrong ones.

    A right code takes back its own attempt only: guesses made before it stay counted.
    """
    limit = guesses(account)
    await count_attempt([limit], context.access.instant)

    async def work(session: Session) -> bool:
        return await _spend(context, session, account, code)

    right = await transact(context, work)
    if right:
        await uncount(limit)
    return right


async def _spend(context: RequestContext, session: Session, account: Account, code: str) -> bool:
    factor = account.second_factor
    if factor is None or factor.confirmed_at is None:
        return False
    step = matching_step(context.ports.sealer.unseal(factor.secret), code, context.access.instant)
    same = {"_id": account.id, "second_factor.secret": factor.secret}
    if step is not None:
        unused = {**same, "second_factor.last_step": {"$lt": step}}
        return await change_account(context, session, unused, {"second_factor.last_step": step}) is not None
    digest = digest_of(code)
    if len(plain(code)) != _RECOVERY_CODE_LENGTH or not _is_among(digest, factor.recovery_digests):
        return False
    left = [kept for kept in factor.recovery_digests if kept != digest]
    unused = {**same, "second_factor.recovery_digests": factor.recovery_digests}
    return await change_account(context, session, unused, {"second_factor.recovery_digests": left}) is not None


def _is_among(digest: str, digests: list[str]) -> bool:
    return any(secrets.compare_digest(digest, other) for other in digests)
