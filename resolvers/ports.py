"""What the use cases need from the world, in our words. ohms_graphql gives the real ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession

from resolvers.audit.log import AuditLog
from resolvers.billing.gateway import CardProcessor
from resolvers.directory_reads import DirectoryReads
from resolvers.documents.store import DocumentStore
from resolvers.eligibility.gateway import EligibilityGateway
from resolvers.release.stream import ReleaseStream
from resolvers.schedule_feed.stream import EventStream
from resolvers.video.rooms import VideoRooms
from resolvers.video.stream import VisitStream

T = TypeVar("T")

Session = AsyncClientSession


class Clock(Protocol):
    """The current instant, aware, in UTC."""

    def __call__(self) -> datetime: ...


class Transactor(Protocol):
    """Runs work whose writes are all done with its session: together, or not at all. May run it again after a conflict."""

    async def __call__(self, work: Callable[[Session], Awaitable[T]], /) -> T: ...


class Passwords(Protocol):
    """Password hashes (argon2id)."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Takes as long without a hash as with one, and is then false."""
        ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str
    expires_at: datetime


class TokenIssuer(Protocol):
    def issue(self, account_id: str, session_id: str) -> AccessToken: ...


class Sealer(Protocol):
    """Keeps secrets that must be read again, such as the one of a second factor: encrypted with a key of this deployment."""

    def seal(self, secret: str) -> str: ...

    def unseal(self, sealed: str) -> str:
        """Raises ValueError for what this deployment did not seal."""
        ...


class Pseudonyms(Protocol):
    """Names for what may not be named: the same for the same text and ``kind``, and meaningless without this deployment's key.

    Letters and digits only.
    """

    def hide(self, kind: str, plain: str) -> str: ...

    def reveal(self, kind: str, pseudonym: str) -> str | None:
        """None for what this deployment did not make for this kind."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """``key`` names what the mail tells: of two mails with one key a mailbox shows one (their Message-ID is the same)."""

    to: str
    subject: str
    text: str
    key: str | None = None


class MailNotTaken(Exception):
    """The mail server did not take a mail. ``temporary``: another try may help."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary


class Mailer(Protocol):
    def check_ready(self) -> None:
        """Asked before work whose answer must not tell whether a mail follows. Raises as ``send`` does."""
        ...

    async def send(self, mail: Mail) -> None:
        """Raises ExpectedError with code MAIL_NOT_SET_UP where mail cannot be sent."""
        ...

    async def deliver(self, mail: Mail) -> None:
        """Returns once the mail server has taken it. Raises MailNotTaken, and as ``send`` does."""
        ...


class Links(Protocol):
    """Addresses under which the world reaches this deployment."""

    def portal(self) -> str: ...

    def calendar(self, appointment_id: str, account_id: str) -> str:
        """Of the calendar file of a visit, as the account sees it; good for an hour."""
        ...

    def calendar_feed(self, secret: str) -> str: ...

    def fhir_bundle(self, patient_id: str, account_id: str) -> str:
        """Of a copy of the patient's record, as the account sees it; good for five minutes."""
        ...

    def invoice_pdf(self, invoice_id: str, account_id: str) -> str:
        """Of an invoice as PDF, as the account sees it; good for five minutes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside, gathered once at start."""

    clock: Clock
    transaction: Transactor
    passwords: Passwords
    tokens: TokenIssuer
    mailer: Mailer
    sealer: Sealer
    audit: AuditLog
    pseudonyms: Pseudonyms
    events: EventStream
    links: Links
    visits: VisitStream
    rooms: VideoRooms
    releases: ReleaseStream
    documents: DocumentStore
    eligibility: EligibilityGateway
    payments: CardProcessor
    directory: DirectoryReads
