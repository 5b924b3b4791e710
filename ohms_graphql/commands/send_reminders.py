"""`ohms send-reminders`."""

import asyncio
import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings
    from resolvers.reminders.sending import Sent


def send_reminders() -> None:
    """Send the reminders of visits that are due now, once. `ohms serve` does it every minute; any number may run at once."""
    from ohms_graphql.database_url import database_url
    from ohms_graphql.json_logging import configure_logging
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    configure_logging(settings.log_level, with_exception_texts=not settings.in_production)
    with database_url(settings) as url:
        sent = asyncio.run(_send(settings.model_copy(update={"mongodb_url": url})))
    later = f", {sent.later} to be tried again" if sent.later else ""
    typer.echo(f"{sent.done} reminders done, {sent.mails} mails sent{later}")


async def _send(settings: "Settings") -> "Sent":
    from contextlib import AsyncExitStack

    from models.appointment import ScheduleEvent
    from models.base import now
    from ohms_graphql.access_tokens import AccessTokens
    from ohms_graphql.app import majority_of, ports_of
    from ohms_graphql.audit_key import audit_key
    from ohms_graphql.calendar.links import PublicLinks
    from ohms_graphql.card_payments.without_stripe import WithoutStripe
    from ohms_graphql.database import open_database
    from ohms_graphql.event_stream import ScheduleStream
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.mail.mailers import mailer_of
    from ohms_graphql.release_stream import ReleaseStream
    from ohms_graphql.streams import Streams
    from ohms_graphql.video.signal_stream import SignalStream
    from resolvers.audit.audit_trail import AuditTrail
    from resolvers.errors import ExpectedError
    from resolvers.reminders.sending import ReminderRun

    with_progress = sys.stderr.isatty()

    def progress(sent: "Sent") -> None:
        if with_progress:
            typer.echo(f"\r{sent.done:,} reminders done, {sent.mails:,} mails sent ...", nl=False, err=True)

    async with mailer_of(settings) as mailer, AsyncExitStack() as stack:
        try:
            mailer.check_ready()
        except ExpectedError as refusal:
            raise OhmsError(refusal.message) from refusal
        opened = open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings))
        database = await stack.enter_async_context(opened)
        trail = AuditTrail(audit_key(settings), now, database.transaction)
        tokens = AccessTokens(settings.public_url, timedelta(minutes=settings.access_token_minutes), now)
        links = PublicLinks(settings.public_url, settings.secret_key.get_secret_value(), now)
        events = ScheduleStream(ScheduleEvent.get_pymongo_collection())  # nobody follows it here
        streams = Streams(events=events, visits=SignalStream(), releases=ReleaseStream())
        ports = ports_of(settings, database, mailer, trail, tokens, links, streams, WithoutStripe())
        try:
            return await ReminderRun(ports, majority_of(settings), asyncio.Event(), progress).run()
        except ExpectedError as refusal:
            raise OhmsError(refusal.message) from refusal
        finally:
            if with_progress:
                typer.echo("\r\033[K", nl=False, err=True)
