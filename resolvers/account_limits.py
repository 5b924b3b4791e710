"""How often one may try: for one account from one address, for one address, and for one account from wherever it is not known.

The last of them slows down those who guess from many addresses. It never holds for an address or device that the account was
signed in from before, so that nobody can use it to lock an owner out.
"""

from dataclasses import dataclass

from resolvers.context import RequestContext
from resolvers.known_devices import familiarity
from resolvers.throttling import Limit, count_attempt, forget_attempts, uncount


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Attempts in a quarter of an hour."""

    name: str
    per_account_and_address: int
    per_address: int
    per_account_from_strangers: int


SIGN_IN = Allowance(name="sign-in", per_account_and_address=5, per_address=100, per_account_from_strangers=50)
REGISTRATION = Allowance(name="registration", per_account_and_address=5, per_address=20, per_account_from_strangers=10)
PASSWORD_RESET = Allowance(name="password-reset", per_account_and_address=3, per_address=20, per_account_from_strangers=6)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was counted, under its pair of account and address and under limits that others share."""

    own: Limit
    shared: tuple[Limit, ...] = ()

    async def succeeded(self) -> None:
        """The pair starts anew; from the shared limits only this attempt is taken back: guesses of others stay counted."""
        await forget_attempts(self.own)
        for limit in self.shared:
            await uncount(limit)


async def attempt(context: RequestContext, allowance: Allowance, email: str, device: str | None = None) -> Attempt:
    """Counts an attempt. Raises Rejected with TooManyAttempts, for addresses with and without an account alike."""
    known = await familiarity(context, email, device)
    if known.device:
        own = Limit(f"{allowance.name}-device", f"{email}|{device}", allowance.per_account_and_address)
        await count_attempt([own], context.access.instant)
        return Attempt(own)
    own = Limit(allowance.name, f"{email}|{context.client_address}", allowance.per_account_and_address)
    shared = [Limit(f"{allowance.name}-from", context.client_address, allowance.per_address)]
    if not known.address:
        shared.append(Limit(f"{allowance.name}-strangers", email, allowance.per_account_from_strangers))
    await count_attempt([own, *shared], context.access.instant)
    return Attempt(own, tuple(shared))
