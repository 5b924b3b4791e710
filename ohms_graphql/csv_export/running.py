"""One export from its arguments to its file, over an open database."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from models.appointment import ScheduleEvent
from models.base import now
from models.identity import new_id
from models.role import Role
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.app import limits_of, majority_of, ports_of
from ohms_graphql.audit_key import audit_key
from ohms_graphql.calendar.links import PublicLinks
from ohms_graphql.card_payments.without_stripe import WithoutStripe
from ohms_graphql.csv_export.caller import MayNotExport, caller
from ohms_graphql.csv_export.cells import BOM
from ohms_graphql.csv_export.columns import Columns
from ohms_graphql.csv_export.exporting import Export
from ohms_graphql.csv_export.operation import exported
from ohms_graphql.csv_export.output import written
from ohms_graphql.database import open_database
from ohms_graphql.error_policy import mask_unexpected_errors
from ohms_graphql.event_stream import ScheduleStream
from ohms_graphql.json_logging import request_id
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.keys.ring_store import READ_EVERY_SECONDS
from ohms_graphql.mail.without_server import RefusingMailer
from ohms_graphql.periodic import every
from ohms_graphql.release_stream import ReleaseStream
from ohms_graphql.settings import Settings
from ohms_graphql.streams import Streams
from ohms_graphql.video.signal_stream import SignalStream
from resolvers.audit.asked import Asked
from resolvers.audit.audit_trail import AuditTrail
from resolvers.audit.settling import settle
from resolvers.context import RequestContext, open_context
from resolvers.ports import Ports
from resolvers.principal import Principal
from schema import build_schema
from schema.authorization import core_schema

FEWEST_TOLD = 11
"""Analysts are told no smaller count, here as in the API."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``columns`` are names as in GraphQL, None the usual ones; ``where`` the filter as in GraphQL's variables."""

    connection: str
    email: str
    role: Role | None
    output: Path
    where: dict[str, Any] | None = None
    columns: Sequence[str] | None = None
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    rows: int
    deidentified: bool

    def __str__(self) -> str:
        if self.deidentified and self.rows < FEWEST_TOLD:
            return f"fewer than {FEWEST_TOLD} rows"
        return f"{self.rows} rows"


async def run_export(settings: Settings, wanted: Wanted, progress: Callable[[int], None]) -> Done:
    """Raises OhmsError; then there is no file. ``progress`` hears the number of rows after each page.

    Every entry in the audit trail carries one request id, ``csv-...``, which tells an export from what the account read itself.
    """
    mark = f"csv-{new_id()}"
    request_id.set(mark)
    schema = build_schema(limits_of(settings), error_policy=mask_unexpected_errors)
    core = core_schema(schema)
    async with _ports(settings) as ports:

        def context_of(principal: Principal) -> RequestContext:
            size = settings.max_page_size
            context = open_context(principal, ports, max_page_size=size, majority=majority_of(settings))
            context.request_id = mark
            return context

        async def renewed() -> RequestContext:
            try:
                return context_of(await caller(wanted.email, wanted.role))
            except MayNotExport as refusal:
                context = context_of(refusal.principal)
                context.asked = Asked(f"Query.{found.name}")
                await settle(context, [f"Query.{found.name}"])
                raise

        found = exported(core, wanted.connection)
        [role] = (await renewed()).principal.roles
        columns = Columns(core, role)
        chosen = columns.usual(found.row) if wanted.columns is None else columns.named(found.row, wanted.columns)
        export = Export(schema, renewed, found, chosen, wanted.where, settings.max_page_size)
        return Done(await _write(export, wanted, progress), deidentified=role is Role.ANALYST)


async def _write(export: Export, wanted: Wanted, progress: Callable[[int], None]) -> int:
    lines_written = 0
    with written(wanted.output) as file:
        if wanted.bom:
            file.write(BOM)
        async for lines in export.lines():
            file.writelines(lines)
            lines_written += len(lines)
            progress(lines_written - 1)
    return lines_written - 1


@asynccontextmanager
async def _ports(settings: Settings) -> AsyncIterator[Ports]:
    """What reading asks for. Nobody follows the streams here, and no mail is sent."""
    opened = open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings))
    async with opened as database:
        trail = AuditTrail(audit_key(settings), now, database.transaction)
        tokens = AccessTokens(settings.public_url, timedelta(minutes=settings.access_token_minutes), now)
        links = PublicLinks(settings.public_url, settings.secret_key.get_secret_value(), now)
        events = ScheduleStream(ScheduleEvent.get_pymongo_collection())
        streams = Streams(events=events, visits=SignalStream(), releases=ReleaseStream())
        rereading = every(READ_EVERY_SECONDS, "reading the key ring", database.keys.read_again)
        async with trail.running(), rereading:
            yield ports_of(settings, database, RefusingMailer(), trail, tokens, links, streams, WithoutStripe())
