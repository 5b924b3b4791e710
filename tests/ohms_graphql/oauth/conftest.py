"""The application, a clinic whose passwords are real hashes, and registered clients."""

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from models.account import Account, AccountKind
from models.oauth_client import OAuthClient
from models.role import Role
from ohms_graphql.oauth.clients import digest
from tests.clinic import Clinic
from tests.ohms_graphql.conftest import app, clinic, http, settings  # noqa: F401
from tests.ohms_graphql.oauth.browser import CALLBACK, Browser

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "s" * 43
ISSUER = "http://127.0.0.1:8000"


@pytest.fixture
async def people(clinic: Clinic) -> Clinic:  # noqa: F811
    """Everybody's password is ``<name>-password``."""
    for name, account in clinic.accounts.items():
        hashed = CHEAP.hash(f"{name}-password")
        await Account.find_one({"_id": account.id}).update({"$set": {"password_hash": hashed}})
    return clinic


@pytest.fixture
def graphiql(http: httpx.AsyncClient, people: Clinic) -> Browser:  # noqa: F811
    return Browser(http, "graphiql", f"{ISSUER}/graphql")


@pytest.fixture
async def app_client(app: Starlette) -> OAuthClient:  # noqa: F811
    """A confidential client of somebody else's."""
    client = OAuthClient(
        id="wellness-app",
        name="Wellness App",
        redirect_uris=[CALLBACK],
        secret_digest=digest(SECRET),
        grant_types=["authorization_code", "refresh_token"],
        scopes=["openid", "email", "offline_access", "ohms"],
    )
    await client.insert()
    return client


@pytest.fixture
async def machine(app: Starlette) -> OAuthClient:  # noqa: F811
    account = Account(email="lab-interface@service.invalid", kind=AccountKind.SERVICE, roles=[Role.STAFF])
    await account.insert()
    client = OAuthClient(
        id="lab-interface",
        name="Lab interface",
        secret_digest=digest(SECRET),
        grant_types=["client_credentials"],
        scopes=["ohms"],
        account_id=account.id,
    )
    await client.insert()
    return client
