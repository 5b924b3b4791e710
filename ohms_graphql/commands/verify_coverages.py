"""`ohms verify-coverages`."""

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ohms_graphql.errors import OhmsError

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings
    from resolvers.eligibility.verifying_all import Verified


def verify_coverages(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how many there are; nobody is asked.")] = False,
) -> None:
    """Ask payers about the coverages of the next week's visits that nobody has answered for, or too long ago.

    A payer that is down changes nothing: run it again.
    """
    from ohms_graphql.database_url import database_url
    from ohms_graphql.json_logging import configure_logging
    from ohms_graphql.settings import load_settings

    settings = load_settings(os.environ)
    configure_logging(settings.log_level, with_exception_texts=not settings.in_production)
    if settings.eligibility_url is None and not dry_run:
        raise OhmsError("No clearing house is set up: OHMS_ELIGIBILITY_URL, OHMS_ELIGIBILITY_KEY and OHMS_CLINIC_NPI.")
    with database_url(settings) as url:
        verified = asyncio.run(_verify(settings.model_copy(update={"mongodb_url": url}), dry_run=dry_run))
    typer.echo(f"{verified.waiting} to verify" if dry_run else _told(verified))


def _told(verified: "Verified") -> str:
    told = f"{verified.asked} of {verified.waiting} asked: {verified.in_force} in force, {verified.not_in_force} not in force, "
    missing = [f"{count} {code}" for code, count in sorted(verified.not_askable.items())]
    return f"{told}{verified.no_answer} without an answer" + (f"; not asked: {', '.join(missing)}" if missing else "")


async def _verify(settings: "Settings", *, dry_run: bool) -> "Verified":
    from models.appointment import ScheduleEvent
    from models.base import now
    from ohms_graphql.access_tokens import AccessTokens
    from ohms_graphql.app import majority_of, ports_of
    from ohms_graphql.audit_key import audit_key
    from ohms_graphql.calendar.links import PublicLinks
    from ohms_graphql.card_payments.without_stripe import WithoutStripe
    from ohms_graphql.commands.progress_bars import progress_bars
    from ohms_graphql.database import open_database
    from ohms_graphql.event_stream import ScheduleStream
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.mail.mailers import mailer_of
    from ohms_graphql.release_stream import ReleaseStream
    from ohms_graphql.streams import Streams
    from ohms_graphql.video.signal_stream import SignalStream
    from resolvers.audit.audit_trail import AuditTrail
    from resolvers.eligibility.verifying_all import VerificationRun

    async with (
        mailer_of(settings) as mailer,
        open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database,
    ):
        trail = AuditTrail(audit_key(settings), now, database.transaction)
        tokens = AccessTokens(settings.public_url, timedelta(minutes=settings.access_token_minutes), now)
        links = PublicLinks(settings.public_url, settings.secret_key.get_secret_value(), now)
        events = ScheduleStream(ScheduleEvent.get_pymongo_collection())  # nobody follows it here
        streams = Streams(events=events, visits=SignalStream(), releases=ReleaseStream())
        ports = ports_of(settings, database, mailer, trail, tokens, links, streams, WithoutStripe())
        with progress_bars() as tell:
            run = VerificationRun(ports, majority_of(settings), lambda done, total: tell("coverages", done, total))
            return await run.run(dry=dry_run)
