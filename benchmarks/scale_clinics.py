"""Two databases on one MongoDB: the demo clinic, and the demo clinic with a large one beside it."""

import asyncio
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.errors import BenchmarkError
from benchmarks.progress import say
from benchmarks.scale_operations import Places
from benchmarks.stored_ring import tokens_with_stored_keys
from models.account import AccountEmail
from models.base import now
from models.identity import new_id
from models.patient import Mrn
from ohms_graphql.database import open_database
from ohms_graphql.demo.cast import SIGN_INS, STAFF, demo_id
from ohms_graphql.demo.load import load_demo, today
from ohms_graphql.demo.scale.load import ScaleSummary, load_scale
from ohms_graphql.demo.scale.providers import email_of
from ohms_graphql.demo.scale.size import Size
from ohms_graphql.embedded_mongod import embedded_mongod
from ohms_graphql.keys.master_key import make_key_file, master_key_of
from ohms_graphql.oauth.signing_keys import SigningKeys
from ohms_graphql.sealer import JweSealer
from ohms_graphql.settings import Settings, load_settings

_DEMO_PROVIDER, _DEMO_PATIENT = SIGN_INS[1].email, SIGN_INS[0].email


@dataclass(frozen=True, slots=True)
class Clinic:
    """``tokens`` by caller: the demo's provider and patient, somebody of the staff, and a busy provider where there is one."""

    variables: Mapping[str, str]
    tokens: Mapping[str, str]
    database: str


@dataclass(frozen=True, slots=True)
class Clinics:
    """``loaded`` is empty where the large clinic was there from an earlier run."""

    small: Clinic
    large: Clinic
    at: Places
    loaded: ScaleSummary
    size: Size
    client: MongoClient[dict[str, Any]]

    @property
    def mongod(self) -> int:
        """The server's process id."""
        return int(self.client.admin.command("serverStatus")["pid"])


@contextmanager
def two_clinics(folder: Path, size: Size, *, keep: bool) -> Iterator[Clinics]:
    """With ``keep``, what is loaded into the folder stays for the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    variables = _variables(folder)
    try:
        with embedded_mongod(folder / "data") as url, MongoClient[dict[str, Any]](url, tz_aware=True) as client:
            say(f"Loading the demo clinic, and beside another one {size.about:,} documents ...")
            small = {**variables, "OHMS_MONGODB_URL": url, "OHMS_DATABASE": "small"}
            large = {**small, "OHMS_DATABASE": "large"}
            asyncio.run(_load_small(load_settings(small)))
            loaded, at = asyncio.run(_load_large(load_settings(large), size))
            yield Clinics(_clinic(small), _clinic(large), at, loaded, size, client)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _variables(folder: Path) -> dict[str, str]:
    """The same in every run on a folder: its secrets lie beside what they encrypt."""
    key, secret = folder / "master.key", folder / "secret"
    if not key.exists():
        make_key_file(key)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48))
    return {
        "OHMS_ENVIRONMENT": "production",
        "OHMS_SECRET_KEY": secret.read_text(),
        "OHMS_PUBLIC_URL": "http://127.0.0.1",
        "OHMS_MASTER_KEY": f"file:{key}",
    }


async def _load_small(settings: Settings) -> None:
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
        await load_demo(database, today(), lambda _done, _all: None)
        await _make_signing_key(settings)


async def _load_large(settings: Settings, size: Size) -> tuple[ScaleSummary, Places]:
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)) as database:
        summary = await load_scale(database, settings, size, today(), lambda _what, _done, _all: None, own_server=True)
        await _make_signing_key(settings)
        rows = database.database
        account = await rows["accounts"].find_one({"email": AccountEmail.lookup(email_of(0))})
        patient = await rows["patients"].find_one({"mrn": Mrn.lookup("S00000000")})
    if account is None or patient is None:
        raise BenchmarkError("The large clinic has no first provider, or no first patient.")
    return summary, Places(account["provider_id"], patient["_id"], demo_id("Organization", 0))


async def _make_signing_key(settings: Settings) -> None:
    await SigningKeys(JweSealer(settings.secret_key.get_secret_value()), timedelta(hours=1)).open(now())


def _clinic(variables: Mapping[str, str]) -> Clinic:
    settings = load_settings(dict(variables))
    tokens = tokens_with_stored_keys(settings)
    callers = {"demo provider": _DEMO_PROVIDER, "patient": _DEMO_PATIENT, "staff": STAFF.email, "provider": email_of(0)}
    accounts = asyncio.run(_accounts(settings, callers))
    issued = {caller: tokens.issue(account_id, new_id()).value for caller, account_id in accounts.items()}
    return Clinic(variables, issued, settings.database)


async def _accounts(settings: Settings, callers: Mapping[str, str]) -> dict[str, str]:
    """Ids by caller, of those who are there."""
    opened = open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings), build_indexes=False)
    async with opened as database:
        rows = database.database["accounts"]
        found = {caller: await rows.find_one({"email": AccountEmail.lookup(email)}) for caller, email in callers.items()}
    return {caller: row["_id"] for caller, row in found.items() if row is not None}
