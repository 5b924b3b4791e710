"""Calling the use cases of accounts as somebody, from somewhere."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from models.account import Account
from models.audit_event import AuditEvent
from resolvers.context import RequestContext, open_context
from resolvers.ports import Ports
from resolvers.principal import ANONYMOUS, principal_of
from resolvers.second_factor import begin_second_factor, confirm_second_factor
from resolvers.user_errors import Rejected, UserError
from tests.clinic import Clinic, FixedClock, Mailbox, PlainPasswords

HOME = "198.51.100.7"
AWAY = "203.0.113.9"
NEW_PASSWORD = "a new long password"


@dataclass
class Desk:
    clinic: Clinic
    ports: Ports

    async def by(self, name: str | None, address: str = HOME, session: str | None = None) -> RequestContext:
        """The context of an operation of somebody, with the rights stored now."""
        principal = ANONYMOUS if name is None else principal_of(await self.account(name), session)
        return open_context(principal, self.ports, client_address=address)

    async def account(self, name: str) -> Account:
        account = await Account.get(self.clinic.accounts[name].id)
        assert account is not None
        return account

    @property
    def mails(self) -> list[Any]:
        assert isinstance(self.ports.mailer, Mailbox)
        return self.ports.mailer.mails

    @property
    def passwords(self) -> PlainPasswords:
        assert isinstance(self.ports.passwords, PlainPasswords)
        return self.ports.passwords

    def wait(self, **duration: float) -> None:
        assert isinstance(self.ports.clock, FixedClock)
        self.ports.clock.instant += timedelta(**duration)

    def code_for(self, name: str) -> str:
        """The code in the last mail to somebody that has one."""
        return self.code_to(self.clinic.accounts[name].email)

    def code_to(self, email: str) -> str:
        found = [re.search(r"\n\n([0-9A-Z-]{24})\n\n", mail.text) for mail in self.mails if mail.to == email]
        return [match[1] for match in found if match][-1]

    async def audited(self, actor: str, account: str, field: str) -> bool:
        """Whether the trail has it that ``actor`` changed this field of an account."""
        asked = {"actor_id": self.clinic.accounts[actor].id, "about.subjects": f"Account:{self.clinic.accounts[account].id}"}
        found = await AuditEvent.find(asked).to_list()
        return any(field in name for event in found for name in event.fields)

    def now_code(self, secret: str, steps: int = 0) -> str:
        """What the app shows now, or ``steps`` later."""
        return pyotp.TOTP(secret).at(self.ports.clock() + timedelta(seconds=30 * steps))

    async def enrolled(self, name: str) -> tuple[str, list[str]]:
        """Turns somebody's second factor on. The secret and the recovery codes; the clock goes on to the next code."""
        begun = await begin_second_factor(await self.by(name), f"{name}-password")
        codes = await confirm_second_factor(await self.by(name), self.now_code(begun.secret))
        self.wait(seconds=30)
        return begun.secret, codes


async def rejection(call: Any) -> UserError:
    """The one error that a use case is rejected with."""
    with pytest.raises(Rejected) as rejected:
        await call
    [error] = rejected.value.errors
    return error
