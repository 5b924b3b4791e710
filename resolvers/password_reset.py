"""A new password for those who have lost theirs, by a code that is mailed to them.

Whether an address has an account is nobody's business: asking does the same work and gives the same answer either way. The code
proves the mailbox and nothing else, so a second factor is asked for as at every sign-in.
"""

from models.account import Account, AccountEmail, AccountKind, AccountStatus, normalized_email
from models.one_time_code import CodePurpose
from resolvers.account_changes import all_sessions_ended, change_account
from resolvers.account_limits import PASSWORD_RESET, attempt
from resolvers.context import RequestContext
from resolvers.notices import tell_owner
from resolvers.one_time_codes import Recipient, account_behind, count_try, recipient, use_code, void_codes, write_code, wrong_code
from resolvers.password_rules import check_new_password
from resolvers.ports import Mail, Session
from resolvers.profile import email_is_valid
from resolvers.proxies import bind_proxies
from resolvers.sign_in import ask_second_factor
from resolvers.transactions import transact
from resolvers.typed_codes import digest_of
from resolvers.user_errors import InvalidInput, Rejected

_PURPOSE = CodePurpose.PASSWORD_RESET


async def request_password_reset(context: RequestContext, email: str, device: str | None = None) -> None:
    """Mails a code to the owner of an active account, and nothing to anybody else.

    Raises Rejected: InvalidInput for what is no address, TooManyAttempts; ExpectedError where no mail can be sent to anybody.
    """
    if not email_is_valid(email.strip()):
        raise Rejected(InvalidInput(message="Is not an e-mail address.", path=["email"]))
    context.ports.mailer.check_ready()
    address = normalized_email(email)
    await attempt(context, PASSWORD_RESET, address, device)
    account = await Account.find_one({"email": AccountEmail.lookup(address)})
    entitled = account if account is not None and _may_reset(account) else None

    async def work(session: Session) -> str:
        to = recipient(entitled) if entitled else Recipient(digest_of(address), None)
        return await write_code(context, session, _PURPOSE, to)

    code = await transact(context, work)
    if entitled is not None:
        await context.ports.mailer.send(_mail(entitled.email, code))


async def reset_password(context: RequestContext, code: str, new: str, one_time_code: str | None = None) -> None:
    """Sets the password and ends every session. The second factor stays, and is asked for where there is one.

    Raises Rejected: InvalidInput for the password or code, TooManyAttempts, SecondFactorRequired (the mailed code stays good),
    InvalidCredentials for a wrong code of the second factor.
    """
    check_new_password(new, ["newPassword"])
    await count_try(context, _PURPOSE)
    password_hash = await context.ports.passwords.hash(new)
    await ask_second_factor(context, await account_behind(context, _PURPOSE, code), one_time_code)

    async def work(session: Session) -> Account:
        account_id = await use_code(context, session, _PURPOSE, code)
        # Whoever has the code reads mail there.
        changes = {"password_hash": password_hash, "email_verified_at": context.access.instant, **all_sessions_ended()}
        entitled = {"_id": account_id, "status": AccountStatus.ACTIVE.value, "kind": AccountKind.PERSON.value}
        account = await change_account(context, session, entitled, changes)
        if account is None:
            raise Rejected(wrong_code(_PURPOSE))
        await void_codes(session, account.id)
        await bind_proxies(account, session)
        return account

    account = await transact(context, work)
    await tell_owner(context, account.email, "The password of your account was reset, and all its sessions were ended.")


def _may_reset(account: Account) -> bool:
    return account.status is AccountStatus.ACTIVE and account.kind is AccountKind.PERSON


def _mail(address: str, code: str) -> Mail:
    text = (
        f"Your code to set a new password, good for 30 minutes:\n\n{code}\n\n"
        "Type it in where you asked for it. If this was not you, do nothing: your password stays as it is."
    )
    return Mail(to=address, subject="Your code for a new password", text=text)
