"""Codes that prove who reads a mailbox: mailed, typed in, good once, and only the last one of its kind."""

from dataclasses import dataclass
from datetime import timedelta

from models.account import Account
from models.one_time_code import CodePurpose, OneTimeCode
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.throttling import Limit, count_attempt
from resolvers.typed_codes import digest_of, new_typed_code
from resolvers.user_errors import InvalidInput, Rejected

GOOD_FOR = {
    CodePurpose.PASSWORD_RESET: timedelta(minutes=30),
    CodePurpose.EMAIL_VERIFICATION: timedelta(hours=24),
    CodePurpose.INVITATION: timedelta(days=7),
}
_LENGTH = 20
_TRIES_PER_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Recipient:
    """``key`` names the account, or the address that has none: for that one a code is written that nobody gets."""

    key: str
    account_id: str | None


def recipient(account: Account) -> Recipient:
    return Recipient(account.id, account.id)


async def write_code(context: RequestContext, session: Session, purpose: CodePurpose, to: Recipient) -> str:
    """A new code; the one before it is void."""
    code = new_typed_code(_LENGTH)
    instant = context.access.instant
    await OneTimeCode.get_pymongo_collection().update_one(
        {"_id": f"{purpose}:{to.key}"},
        {
            "$set": {
                "purpose": purpose.value,
                "account_id": to.account_id,
                "digest": digest_of(code),
                "expires_at": instant + GOOD_FOR[purpose],
                "updated_at": instant,
            },
            "$setOnInsert": {"created_at": instant},
            "$inc": {"revision": 1},
        },
        upsert=True,
        session=session,
    )
    return code


async def count_try(context: RequestContext, purpose: CodePurpose) -> None:
    """Before a code is looked at. Raises Rejected with TooManyAttempts: nobody tries codes by the thousand."""
    await count_attempt([Limit(f"code-{purpose}", context.client_address, _TRIES_PER_ADDRESS)], context.access.instant)


async def account_behind(context: RequestContext, purpose: CodePurpose, code: str) -> Account:
    """Whose code it is; the code stays good. Raises Rejected for one that is wrong, used or too old."""
    found = await OneTimeCode.find_one(_good(context, purpose, code))
    account = await Account.get(found.account_id) if found and found.account_id else None
    if account is None:
        raise Rejected(wrong_code(purpose))
    return account


async def use_code(context: RequestContext, session: Session, purpose: CodePurpose, code: str) -> str:
    """The id of the account; the code is used up, in the caller's transaction. Raises Rejected as ``account_behind`` does."""
    row = await OneTimeCode.get_pymongo_collection().find_one_and_delete(_good(context, purpose, code), session=session)
    if row is None:
        raise Rejected(wrong_code(purpose))
    return str(row["account_id"])


async def void_codes(session: Session, account_id: str) -> None:
    """All that are out."""
    await OneTimeCode.get_pymongo_collection().delete_many({"account_id": account_id}, session=session)


def wrong_code(purpose: CodePurpose) -> InvalidInput:
    age = {
        CodePurpose.PASSWORD_RESET: "30 minutes",
        CodePurpose.EMAIL_VERIFICATION: "24 hours",
        CodePurpose.INVITATION: "7 days",
    }[purpose]
    message = f"The code is wrong, used, replaced by a later one, or older than {age}."
    return InvalidInput(message=message, code="INVALID_CODE", path=["code"])


def _good(context: RequestContext, purpose: CodePurpose, code: str) -> dict[str, object]:
    return {
        "digest": digest_of(code),
        "purpose": purpose.value,
        "account_id": {"$type": "string"},
        "expires_at": {"$gt": context.access.instant},
    }
