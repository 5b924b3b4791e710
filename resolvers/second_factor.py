"""Turning a second factor on and off: an authenticator app (RFC 6238) and recovery codes."""

import io
from dataclasses import dataclass

import pyotp
import segno

from models.account import Account, SecondFactor
from resolvers.account_changes import change_account, own_account
from resolvers.context import RequestContext
from resolvers.notices import tell_owner
from resolvers.one_time_passwords import guesses, matching_step, new_recovery_codes, new_secret, spend_one_time_code
from resolvers.persons import must_be_a_person
from resolvers.ports import Session
from resolvers.queries import Filter
from resolvers.sign_in import ask_password
from resolvers.throttling import count_attempt, uncount
from resolvers.transactions import transact
from resolvers.typed_codes import digest_of
from resolvers.user_errors import Conflict, InvalidCredentials, NotFound, Rejected

_ISSUER = "OHMS"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the secret to type in, or the same as an ``otpauth`` address and its picture."""

    secret: str
    uri: str
    qr_code_svg: str


async def begin_second_factor(context: RequestContext, password: str) -> Enrolment:
    """A new secret, not asked for until it is confirmed. The password is asked: a stolen token must not lock the owner out.

    Raises Rejected: InvalidCredentials, TooManyAttempts, Conflict where a second factor is on.
    """
    account = await own_account(context)
    await ask_password(context, account, password, ["password"])
    secret = new_secret()
    factor = SecondFactor(secret=context.ports.sealer.seal(secret))
    await _set(context, {"_id": account.id, "second_factor.confirmed_at": None}, factor, _on_already())
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=_ISSUER)
    return Enrolment(secret=secret, uri=uri, qr_code_svg=_picture(uri))


async def confirm_second_factor(context: RequestContext, code: str) -> list[str]:
    """Turns it on once the app shows the right code. The recovery codes, which are not shown again.

    Raises Rejected: Conflict where none waits for it, InvalidCredentials, TooManyAttempts.
    """
    account = await own_account(context)
    waiting = account.second_factor
    if waiting is None or waiting.confirmed_at is not None:
        raise Rejected(Conflict(message="No second factor waits to be confirmed: begin first.", path=[]))
    await count_attempt([guesses(account)], context.access.instant)
    step = matching_step(context.ports.sealer.unseal(waiting.secret), code, context.access.instant)
    if step is None:
        raise Rejected(_wrong_code())
    await uncount(guesses(account))
    codes = new_recovery_codes()
    factor = SecondFactor(
        secret=waiting.secret,
        confirmed_at=context.access.instant,
        last_step=step,
        recovery_digests=[digest_of(recovery) for recovery in codes],
    )
    same = {"_id": account.id, "second_factor.secret": waiting.secret, "second_factor.confirmed_at": None}
    await _set(context, same, factor, Conflict(message="The second factor was changed meanwhile: begin again.", path=[]))
    await tell_owner(context, account.email, "A second factor was turned on for your account.")
    return codes


async def remove_second_factor(context: RequestContext, password: str, code: str) -> None:
    """Raises Rejected: InvalidCredentials, TooManyAttempts, Conflict where there is none."""
    account = await _with_second_factor(context)
    await ask_password(context, account, password, ["password"])
    await _ask_code(context, account, code)
    await _set(context, {"_id": account.id}, None, _off_already())
    await tell_owner(context, account.email, "The second factor of your account was turned off.")


async def renew_recovery_codes(context: RequestContext, code: str) -> list[str]:
    """Ten new ones; the old ones are void. Raises Rejected as ``remove_second_factor`` does."""
    account = await _with_second_factor(context)
    await _ask_code(context, account, code)
    codes = new_recovery_codes()

    async def work(session: Session) -> None:
        which = {"_id": account.id, "second_factor.confirmed_at": {"$ne": None}}
        digests = [digest_of(recovery) for recovery in codes]
        if await change_account(context, session, which, {"second_factor.recovery_digests": digests}) is None:
            raise Rejected(_off_already())

    await transact(context, work)
    await tell_owner(context, account.email, "The recovery codes of your account were renewed.")
    return codes


async def reset_second_factor(context: RequestContext, account_id: str) -> Account:
    """An administrator turns off the second factor of somebody who has lost it; never their own, for which a code is asked.

    Raises Rejected: NotFound, Conflict where it is their own or there is none.
    """
    must_be_a_person(context)
    if account_id == context.principal.account_id:
        raise Rejected(Conflict(message="Another administrator must do this for you.", path=["account"]))
    if await Account.get(account_id) is None:
        raise Rejected(NotFound(message="No such account.", path=["account"]))
    account = await _set(context, {"_id": account_id, "second_factor": {"$ne": None}}, None, _off_already(["account"]))
    await tell_owner(context, account.email, "An administrator turned off the second factor of your account.")
    return account


async def _set(context: RequestContext, which: Filter, factor: SecondFactor | None, otherwise: Conflict) -> Account:
    async def work(session: Session) -> Account:
        changes = {"second_factor": factor.model_dump() if factor else None}
        account = await change_account(context, session, which, changes)
        if account is None:
            raise Rejected(otherwise)
        return account

    return await transact(context, work)


async def _with_second_factor(context: RequestContext) -> Account:
    account = await own_account(context)
    if account.second_factor is None or account.second_factor.confirmed_at is None:
        raise Rejected(_off_already())
    return account


async def _ask_code(context: RequestContext, account: Account, code: str) -> None:
    if not await spend_one_time_code(context, account, code):
        raise Rejected(_wrong_code())


def _wrong_code() -> InvalidCredentials:
    return InvalidCredentials(message="The code is wrong or was used before.", path=["code"])


def _on_already() -> Conflict:
    return Conflict(message="A second factor is on: remove it first.", path=[])


def _off_already(path: list[str] | None = None) -> Conflict:
    return Conflict(message="There is no second factor.", path=path or [])


def _picture(uri: str) -> str:
    drawn = io.BytesIO()
    segno.make(uri, micro=False).save(drawn, kind="svg", scale=4, xmldecl=False, title="Code for the authenticator app")
    return drawn.getvalue().decode()
