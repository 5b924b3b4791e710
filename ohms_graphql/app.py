"""The application: everything that the world sees, wired together."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import partial
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from models.account import Account
from models.appointment import ScheduleEvent
from models.base import now
from ohms_graphql.access_tokens import AccessTokens
from ohms_graphql.access_watch import AccessWatch
from ohms_graphql.account_pages.wiring import account_pages
from ohms_graphql.application import GRAPHQL_PATH, Application
from ohms_graphql.audit_key import audit_key
from ohms_graphql.authentication import authenticate
from ohms_graphql.calendar.files import CalendarFiles
from ohms_graphql.calendar.links import PublicLinks
from ohms_graphql.calendar.routes import calendar_routes
from ohms_graphql.card_payments.webhook import StripeWebhook
from ohms_graphql.card_payments.wiring import card_processor_of
from ohms_graphql.chores import Chores
from ohms_graphql.command_counter import CommandCount, count_command, start_counting
from ohms_graphql.database import Database, open_database
from ohms_graphql.document_names import AutomaticDocuments
from ohms_graphql.documents.links import DocumentLinks
from ohms_graphql.documents.routes import document_routes
from ohms_graphql.documents.sealed_files import SealedFiles
from ohms_graphql.eligibility.wiring import eligibility_of
from ohms_graphql.error_policy import mask_unexpected_errors
from ohms_graphql.event_stream import ScheduleStream
from ohms_graphql.examples.pages import example_pages
from ohms_graphql.fhir_export.routes import bundle_routes
from ohms_graphql.graphiql import graphiql_assets, graphiql_page, to_graphiql
from ohms_graphql.graphql_endpoint import GraphQLEndpoint
from ohms_graphql.health import healthz, readyz
from ohms_graphql.identity_providers.outside_tokens import OutsideTokens
from ohms_graphql.identity_providers.sign_in_routes import OutsideSignIn
from ohms_graphql.invoice_pdf.routes import invoice_routes
from ohms_graphql.json_logging import request_id
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.mail.mailers import mailer_of
from ohms_graphql.oauth.oauth import OAuth
from ohms_graphql.oauth.sign_in_page import Provider
from ohms_graphql.pages.assets import page_assets
from ohms_graphql.passwords import ArgonPasswords
from ohms_graphql.present_accounts import PresentAccounts
from ohms_graphql.pseudonyms import SivPseudonyms
from ohms_graphql.release_stream import ReleaseStream
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings
from ohms_graphql.streams import Streams
from ohms_graphql.trusted_documents import load_trusted_documents, no_graphiql
from ohms_graphql.video.rooms import rooms_of
from ohms_graphql.video.signal_stream import SignalStream
from resolvers.audit.asked import Asked
from resolvers.audit.audit_trail import AuditTrail
from resolvers.billing.gateway import CardProcessor
from resolvers.context import RequestContext, open_context
from resolvers.directory_reads import DirectoryReads
from resolvers.majority import Majority
from resolvers.ports import Mailer, Ports
from resolvers.principal import ANONYMOUS, Principal
from schema import build_schema
from schema.cost_extension import CostExtension
from schema.document_cache import Pipeline
from schema.limits import OperationLimits

_log = logging.getLogger(__name__)


def create_app(settings: Settings, *, build_indexes: bool = True) -> Starlette:
    """The ASGI application. Its lifespan connects to ``settings.mongodb_url``; raises OhmsError there when it cannot.

    ``build_indexes`` false: the database has been prepared by another process of this version.
    """
    wired = _Wired(settings, build_indexes=build_indexes)
    pipeline = Pipeline(limits_of(settings))
    inline, trusted = settings.inline_execution, settings.trusted_documents
    schema = build_schema(
        extensions=[CostExtension], error_policy=mask_unexpected_errors, pipeline=pipeline, inline_execution=inline
    )
    endpoint = GraphQLEndpoint(
        schema,
        open_context=wired.open_context,
        callers=wired,
        ide=no_graphiql if trusted else graphiql_page,
        documents=load_trusted_documents(trusted, pipeline, schema) if trusted else AutomaticDocuments(pipeline.cache),
        allowed_origins=settings.allowed_origins,
    )
    app = Application(
        endpoint,
        [
            Route("/", to_graphiql),
            Route("/healthz", healthz),
            Route("/readyz", readyz(wired.ping)),
            WebSocketRoute(GRAPHQL_PATH, endpoint),
            *wired.oauth.routes(),
            *wired.outside.routes(),
            page_assets(),
            graphiql_assets(),
            *account_pages(settings, wired.tokens, wired.oauth, wired.open_context),
            *([] if settings.in_production else example_pages()),
            *calendar_routes(wired.links, CalendarFiles(settings.public_url, organizer_of(settings)), wired.open_context),
            *document_routes(document_links(settings), wired.open_context),
            *wired.webhook.routes(),
            *bundle_routes(wired.links.bundles, wired.open_context),
            *invoice_routes(wired.links.invoices, wired.open_context),
        ],
        settings.allowed_origins,
        wired.lifespan,
    )
    app.state.open_streams = endpoint.open_streams
    return app


def limits_of(settings: Settings) -> OperationLimits:
    return OperationLimits(
        max_tokens=settings.max_query_tokens,
        max_depth=settings.max_query_depth,
        max_aliases=settings.max_query_aliases,
        max_root_fields=settings.max_root_fields,
        max_cost=settings.max_query_cost,
        max_page_size=settings.max_page_size,
    )


def ports_of(
    settings: Settings,
    database: Database,
    mailer: Mailer,
    trail: AuditTrail,
    tokens: AccessTokens,
    links: PublicLinks,
    streams: Streams,
    payments: CardProcessor,
) -> Ports:
    """What the use cases need from outside, for the application and for commands that do its work."""
    return Ports(
        clock=now,
        transaction=database.transaction,
        passwords=ArgonPasswords(),
        tokens=tokens,
        mailer=mailer,
        sealer=JweSealer(settings.secret_key.get_secret_value()),
        audit=trail,
        pseudonyms=SivPseudonyms(settings.secret_key.get_secret_value()),
        links=links,
        events=streams.events,
        visits=streams.visits,
        rooms=rooms_of(settings),
        releases=streams.releases,
        documents=sealed_files(settings, database),
        eligibility=eligibility_of(settings),
        payments=payments,
        directory=DirectoryReads(count_command),
    )


def sealed_files(settings: Settings, database: Database) -> SealedFiles:
    limit = settings.max_document_mb * 1_000_000
    return SealedFiles(database.database, lambda: database.keys.ring, document_links(settings), limit)


def document_links(settings: Settings) -> DocumentLinks:
    return DocumentLinks(settings.public_url, settings.secret_key.get_secret_value(), now)


def majority_of(settings: Settings) -> Majority:
    return Majority(settings.age_of_majority, settings.time_zone)


def organizer_of(settings: Settings) -> str:
    """The address in calendar files that nobody answers to: where OHMS's mail comes from."""
    return parseaddr(settings.mail_from or "")[1] or f"no-reply@{urlsplit(settings.public_url).hostname}"


class _Wired:
    """What the application has once its lifespan has begun."""

    def __init__(self, settings: Settings, *, build_indexes: bool) -> None:
        self._settings = settings
        self._majority = majority_of(settings)
        self._build_indexes = build_indexes
        lifetime = timedelta(minutes=settings.access_token_minutes)
        self.tokens = AccessTokens(settings.public_url, lifetime, partial(datetime.now, UTC))
        secret = settings.secret_key.get_secret_value()
        providers = settings.identity_providers
        self.oauth = OAuth(
            self.tokens,
            secret,
            self.open_context,
            now,
            in_production=settings.in_production,
            providers=[Provider(f"/sign-in/with/{provider.name}", provider.label) for provider in providers],
        )
        self.outside = OutsideSignIn(providers, settings.public_url, secret, self.oauth.sessions, self.open_context)
        self._outside_tokens = OutsideTokens(providers)
        secrets = tuple(each.get_secret_value() for each in settings.stripe_webhook_secrets)
        self.webhook = StripeWebhook(secrets, now)
        self.links = PublicLinks(settings.public_url, secret, now)
        self._accounts = PresentAccounts()
        self._database: Database
        self._ports: Ports
        self._watch: AccessWatch

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        async with (
            open_database(
                settings.mongodb_url or "",
                settings.database,
                master_key=master_key_of(settings),
                counted=True,
                build_indexes=self._build_indexes,
            ) as database,
            mailer_of(settings) as mailer,
            card_processor_of(settings) as payments,
        ):
            self._database = database
            self._watch = AccessWatch(Account.get_pymongo_collection())
            trail = AuditTrail(audit_key(settings), now, database.transaction)
            events = ScheduleStream(ScheduleEvent.get_pymongo_collection())
            visits = SignalStream()
            releases = ReleaseStream()
            streams = Streams(events=events, visits=visits, releases=releases)
            self._ports = ports_of(settings, database, mailer, trail, self.tokens, self.links, streams, payments)
            async with (
                self._watch.running(),
                trail.running(),
                events.running(),
                visits.running(),
                releases.running(),
                self.oauth.running(),
                self._chores().running(),
                self.webhook.working(self._context_of_nobody, _log_webhook),
            ):
                yield

    def _chores(self) -> Chores:
        return Chores(
            ports=self._ports,
            keys=self._database.keys,
            majority=self._majority,
            open_context=self._context_of_nobody,
        )

    def _context_of_nobody(self) -> RequestContext:
        """For work that nobody asked for."""
        return self._context_of(ANONYMOUS, "", CommandCount())

    async def open_context(self, token: str | None, client_address: str) -> RequestContext:
        counter = start_counting()
        return self._context_of(await self._principal(token, client_address), client_address, counter)

    def _context_of(self, principal: Principal, client_address: str, counter: CommandCount) -> RequestContext:
        context = open_context(
            principal,
            self._ports,
            client_address=client_address,
            max_page_size=self._settings.max_page_size,
            cost_limit=self._settings.max_query_cost,
            command_count=lambda: counter.total,
            majority=self._majority,
            currency=self._settings.currency,
        )
        context.request_id = request_id.get()
        return context

    async def _principal(self, token: str | None, client_address: str) -> Principal:
        issuer = None if token is None else self._outside_tokens.issuer_of(token)
        if token is None or issuer is None:
            return await authenticate(token, self.tokens, self._accounts, self.oauth.read_keys_again)
        context = self._context_of(ANONYMOUS, client_address, CommandCount())
        context.asked = Asked("oauth.bearerToken", is_change=True)
        return await self._outside_tokens.principal(token, issuer, context)

    async def authenticate(self, token: str | None) -> Principal:
        return await self._principal(token, "")

    def follow(self, account_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        return self._watch.follow(account_id)

    async def ping(self) -> None:
        await self._database.ping()


def _log_webhook(problem: str) -> None:
    _log.warning("working on card events failed (%s); it is tried again", problem)
