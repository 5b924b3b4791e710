"""Showing that an account's address is read by its owner."""

from models.account import Account
from models.one_time_code import CodePurpose
from resolvers.account_changes import change_account, own_account
from resolvers.context import RequestContext
from resolvers.one_time_codes import recipient, use_code, write_code, wrong_code
from resolvers.ports import Mail, Session
from resolvers.proxies import bind_proxies
from resolvers.throttling import Limit, count_attempt
from resolvers.transactions import transact
from resolvers.user_errors import Conflict, Rejected

_PURPOSE = CodePurpose.EMAIL_VERIFICATION
_MAILS = 3
_TRIES = 20


async def request_email_verification(context: RequestContext) -> None:
    """Mails the caller a code. Raises Rejected: Conflict when there is nothing to verify, TooManyAttempts."""
    account = await own_account(context)
    if account.email_verified_at is not None:
        raise Rejected(Conflict(message="Your address is verified already.", path=[]))
    context.ports.mailer.check_ready()
    await count_attempt([Limit("verification-mail", account.id, _MAILS)], context.access.instant)

    async def work(session: Session) -> str:
        return await write_code(context, session, _PURPOSE, recipient(account))

    await context.ports.mailer.send(_mail(account.email, await transact(context, work)))


async def verify_email(context: RequestContext, code: str) -> Account:
    """Raises Rejected: InvalidInput for a code that is wrong or somebody else's, TooManyAttempts."""
    account = await own_account(context)
    await count_attempt([Limit("verification-code", account.id, _TRIES)], context.access.instant)

    async def work(session: Session) -> Account:
        if await use_code(context, session, _PURPOSE, code) != account.id:
            raise Rejected(wrong_code(_PURPOSE))  # which also undoes that it was used
        verified = await change_account(context, session, {"_id": account.id}, {"email_verified_at": context.access.instant})
        if verified is None:
            raise Rejected(wrong_code(_PURPOSE))
        await bind_proxies(verified, session)
        return verified

    return await transact(context, work)


def _mail(address: str, code: str) -> Mail:
    text = f"Your code to confirm this address, good for 24 hours:\n\n{code}\n\nIf this was not you, do nothing."
    return Mail(to=address, subject="Confirm your address", text=text)
