"""Work that nobody asked for, from the command line: with everything that the server has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ohms_graphql.settings import Settings
    from resolvers.context import RequestContext


@asynccontextmanager
async def context_of_nobody(settings: "Settings", asked: str) -> "AsyncIterator[RequestContext]":
    """The database of ``settings`` is open inside the block. ``asked`` is how the trail names the work."""
    from models.appointment import ScheduleEvent
    from models.base import now
    from ohms_graphql.access_tokens import AccessTokens
    from ohms_graphql.app import majority_of, ports_of
    from ohms_graphql.audit_key import audit_key
    from ohms_graphql.calendar.links import PublicLinks
    from ohms_graphql.card_payments.wiring import card_processor_of
    from ohms_graphql.database import open_database
    from ohms_graphql.event_stream import ScheduleStream
    from ohms_graphql.keys.master_key import master_key_of
    from ohms_graphql.mail.without_server import RefusingMailer
    from ohms_graphql.release_stream import ReleaseStream
    from ohms_graphql.streams import Streams
    from ohms_graphql.video.signal_stream import SignalStream
    from resolvers.audit.asked import Asked
    from resolvers.audit.audit_trail import AuditTrail
    from resolvers.context import open_context
    from resolvers.principal import ANONYMOUS

    opened = open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings))
    async with opened as database, card_processor_of(settings) as payments:
        trail = AuditTrail(audit_key(settings), now, database.transaction)
        tokens = AccessTokens(settings.public_url, timedelta(minutes=settings.access_token_minutes), now)
        links = PublicLinks(settings.public_url, settings.secret_key.get_secret_value(), now)
        events = ScheduleStream(ScheduleEvent.get_pymongo_collection())  # nobody follows it here
        streams = Streams(events=events, visits=SignalStream(), releases=ReleaseStream())
        ports = ports_of(settings, database, RefusingMailer(), trail, tokens, links, streams, payments)
        context = open_context(ANONYMOUS, ports, majority=majority_of(settings), currency=settings.currency)
        context.asked = Asked(asked, is_change=False)
        yield context
