"""The demo clinic on an embedded MongoDB of its own, in a temporary folder: nobody's data is touched."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.errors import BenchmarkError
from benchmarks.pages import Page, chart_page, schedule_page
from benchmarks.plain_copy import copy_in_plain
from benchmarks.progress import say
from benchmarks.stored_ring import tokens_with_stored_keys
from models.base import now
from models.identity import new_id
from ohms_graphql.database import open_database
from ohms_graphql.demo.cast import SHOWCASE_PATIENT_ID, SHOWCASE_PROVIDER_ID
from ohms_graphql.demo.load import load_demo_if_empty
from ohms_graphql.embedded_mongod import embedded_mongod
from ohms_graphql.keys.master_key import make_key_file, master_key_of
from ohms_graphql.oauth.signing_keys import SigningKeys
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings, load_settings

PLAIN = "benchmark_plain"
"""The database with the readable copy."""

_CACHE = "2G"
"""MongoDB's, for both servers. Elsewhere it takes half of the memory; the embedded one takes a quarter of a GB, which the demo
and its copy fill, so that all writing waits 50 ms in each second while pages are thrown out."""

# What was done to a collection by way of reading it; other commands are the driver's and the server's own.
_READS = ("aggregate", "count", "distinct", "find", "getMore")


@dataclass(frozen=True, slots=True)
class MeasuredClinic:
    """``variables`` are what the servers are told; ``token`` is that of the provider who signs in to see the pages,
    ``desk_token`` that of one at the front desk, who sees all appointments.
    """

    variables: Mapping[str, str]
    settings: Settings
    plain_variables: Mapping[str, str]
    token: str
    desk_token: str
    pages: tuple[Page, ...]
    client: MongoClient[dict[str, Any]]

    def reads(self) -> int:
        """Commands that have read from MongoDB since it was started, counted by itself."""
        commands = self.client.admin.command("serverStatus")["metrics"]["commands"]
        return sum(int(commands[name]["total"]) for name in _READS)


@contextmanager
def measured_clinic(folder: Path) -> Iterator[MeasuredClinic]:
    say("Starting a MongoDB in a temporary folder and loading the demo clinic ...")
    with embedded_mongod(folder / "data", throw_away=True) as url, MongoClient[dict[str, Any]](url) as client:
        client.admin.command({"setParameter": 1, "wiredTigerEngineRuntimeConfig": f"cache_size={_CACHE}"})
        variables = {
            "OHMS_ENVIRONMENT": "production",
            "OHMS_MONGODB_URL": url,
            "OHMS_DATABASE": "benchmark",
            "OHMS_SECRET_KEY": secrets.token_urlsafe(48),
            "OHMS_PUBLIC_URL": "http://127.0.0.1",  # issuer of the tokens: the same for both servers
            "OHMS_MASTER_KEY": f"file:{folder / 'master.key'}",
        }
        make_key_file(folder / "master.key")
        settings = load_settings(variables)
        provider_id, patient_id = _load(settings)
        account = client["benchmark"]["accounts"].find_one({"provider_id": provider_id})
        desk = client["benchmark"]["accounts"].find_one({"roles": "STAFF"})
        if account is None or desk is None:
            raise BenchmarkError("The demo clinic has no account for the provider of the schedule page, or none for the desk.")
        asyncio.run(_prepare(settings))
        tokens = tokens_with_stored_keys(settings)
        yield MeasuredClinic(
            variables=variables,
            plain_variables={**variables, "OHMS_DATABASE": PLAIN},
            settings=settings,
            token=tokens.issue(account["_id"], new_id()).value,
            desk_token=tokens.issue(desk["_id"], new_id()).value,
            pages=(schedule_page(provider_id), chart_page(patient_id)),
            client=client,
        )


async def _prepare(settings: Settings) -> None:
    """Makes the signing key, as the first start of a server does, and the readable copy."""
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
        await SigningKeys(JweSealer(settings.secret_key.get_secret_value()), timedelta(hours=1)).open(now())
        await copy_in_plain(database.database, database.client[PLAIN])


def _load(settings: Settings) -> tuple[str, str]:
    """The ids of the provider and the patient whose pages are measured."""
    load_demo_if_empty(settings.model_copy(update={"environment": "development"}))
    return SHOWCASE_PROVIDER_ID, SHOWCASE_PATIENT_ID
