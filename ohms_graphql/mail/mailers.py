"""Which mailer the settings ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ohms_graphql.mail.mail_queue import MailQueue
from ohms_graphql.mail.smtp_mailer import SmtpMailer
from ohms_graphql.mail.smtp_url import read_smtp_url
from ohms_graphql.mail.without_server import LogMailer, RefusingMailer
from ohms_graphql.settings import Settings
from resolvers.ports import Mailer


@asynccontextmanager
async def mailer_of(settings: Settings) -> AsyncIterator[Mailer]:
    """A mailer that works inside the block."""
    if settings.smtp_url is None or settings.mail_from is None:
        yield RefusingMailer() if settings.in_production else LogMailer()
        return
    queue = MailQueue(SmtpMailer(read_smtp_url(settings.smtp_url.get_secret_value()), settings.mail_from))
    async with queue.running():
        yield queue
