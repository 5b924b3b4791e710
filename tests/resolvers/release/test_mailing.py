"""Patient and proxies are told by mail that something is new: once, without a word of what."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from models.account import Account
from models.confidentiality import Confidentiality
from models.patient import Proxy, ProxyRelationship, ProxyScope
from models.record import ClinicalNote
from models.values import CodeableConcept
from ohms_graphql.database import Database
from resolvers.context import RequestContext, open_context
from resolvers.ports import Mail, MailNotTaken
from resolvers.principal import ANONYMOUS, principal_of
from resolvers.release.mailing import mail_releases
from tests.clinic import NOON, Clinic, FixedClock, plain_ports
from tests.schema.record.release_desk import written


@dataclass
class Post:
    """A mail server that may say "later"."""

    taken: list[Mail] = field(default_factory=list)
    busy: bool = False

    def check_ready(self) -> None:
        """Always is."""

    async def send(self, mail: Mail) -> None:
        raise AssertionError("a notice goes past the queue")

    async def deliver(self, mail: Mail) -> None:
        if self.busy:
            raise MailNotTaken("busy", temporary=True)
        self.taken.append(mail)


@dataclass
class Office:
    clinic: Clinic
    ports: Any
    post: Post

    def context(self, caller: str | None = None) -> RequestContext:
        principal = ANONYMOUS if caller is None else principal_of(self.clinic.accounts[caller])
        return open_context(principal, self.ports)

    def later(self, **delta: float) -> None:
        self.ports.clock.instant += timedelta(**delta)

    async def note(self, patient: Any, level: Confidentiality = Confidentiality.NORMAL) -> None:
        note = ClinicalNote(
            code=CodeableConcept(text="Note"),
            text="Words that stay here",
            patient_id=patient.id,
            author_id=self.clinic.house.id,
            confidentiality=level,
        )
        await written(self.context("house"), note)

    def addresses(self) -> list[str]:
        return [mail.to for mail in self.post.taken]


@pytest.fixture
async def office(database: Database) -> Office:
    clinic = await Clinic().stored()
    await Account.find_all().update({"$set": {"email_verified_at": NOON}})
    post = Post()
    return Office(clinic, replace(plain_ports(database.transaction), mailer=post, clock=FixedClock()), post)


async def test_one_mail_for_what_comes_together_and_none_twice(office: Office) -> None:
    for _ in range(3):
        await office.note(office.clinic.alice)
    assert await mail_releases(office.context()) == 0  # more may come
    office.later(minutes=1)
    sent = await asyncio.gather(*(mail_releases(office.context()) for _ in range(4)))
    assert (sum(sent), office.addresses()) == (1, ["alice@clinic.example"])
    [mail] = office.post.taken
    assert "Words" not in mail.text + mail.subject
    assert "Note" not in mail.text + mail.subject
    office.later(minutes=10)
    assert await mail_releases(office.context()) == 0
    await office.note(office.clinic.alice)
    office.later(minutes=1)
    assert await mail_releases(office.context()) == 1
    assert len({mail.key for mail in office.post.taken}) == 2


async def test_proxies_are_told_of_what_they_may_see(office: Office) -> None:
    child = office.clinic.child
    await office.note(child, Confidentiality.RESTRICTED)
    office.later(minutes=1)
    assert await mail_releases(office.context()) == 0  # confidential, and the child has no account
    await office.note(child)
    office.later(minutes=1)
    assert await mail_releases(office.context()) == 1
    assert office.addresses() == ["parent@clinic.example"]
    biller = Proxy(account_id=office.clinic.accounts["bob"].id, relationship=ProxyRelationship.OTHER, scope=[ProxyScope.BILLING])
    office.clinic.alice.proxies = [biller]
    await office.clinic.alice.replace()
    await office.note(office.clinic.alice)
    office.later(minutes=1)
    await mail_releases(office.context())
    assert office.addresses() == ["parent@clinic.example", "alice@clinic.example"]


async def test_an_address_that_is_not_proved_gets_none(office: Office) -> None:
    await Account.find({"_id": office.clinic.accounts["alice"].id}).update({"$set": {"email_verified_at": None}})
    await office.note(office.clinic.alice)
    office.later(minutes=1)
    assert await mail_releases(office.context()) == 0


async def test_a_busy_mail_server_is_asked_again_and_a_day_late_is_too_late(office: Office) -> None:
    await office.note(office.clinic.alice)
    office.later(minutes=1)
    office.post.busy = True
    assert await mail_releases(office.context()) == 0
    office.post.busy = False
    assert await mail_releases(office.context()) == 0  # not at once
    office.later(minutes=5)
    assert await mail_releases(office.context()) == 1
    await office.note(office.clinic.alice)
    office.later(days=1)
    assert await mail_releases(office.context()) == 0
