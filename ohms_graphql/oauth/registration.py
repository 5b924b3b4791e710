"""Registering clients by hand: what a client may be, and its secret, which is shown once."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from pymongo.errors import DuplicateKeyError

from models.account import Account, AccountKind
from models.base import now
from models.oauth_client import OAuthClient
from models.oauth_grant import Consent, OAuthGrant
from models.role import Role
from ohms_graphql.errors import OhmsError
from ohms_graphql.oauth.clients import FIRST_PARTY_IDS, digest
from ohms_graphql.oauth.grant_store import GrantStore
from ohms_graphql.oauth.scopes import SCOPES

_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,49}")
_LOOPBACK = {"127.0.0.1", "::1"}
_LONGEST_TOKEN = timedelta(days=1)
"""That OHMS_ACCESS_TOKEN_MINUTES allows."""


async def register_client(
    client_id: str, name: str, redirect_uris: Sequence[str], *, confidential: bool, role: Role | None = None
) -> str | None:
    """The secret of a confidential client, None for a public one. With a role it is a machine with a service account of its own.

    Raises OhmsError for an id that is taken or none, and for redirect addresses that a code must not be sent to.
    """
    if not _ID.fullmatch(client_id) or client_id in FIRST_PARTY_IDS:
        taken = " or ".join(sorted(FIRST_PARTY_IDS))
        raise OhmsError(f"{client_id!r} cannot be a client id: 3 to 50 small letters, digits and hyphens, and not {taken}.")
    for address in redirect_uris:
        check_redirect_uri(address)
    if (role is None) is not bool(redirect_uris):
        raise OhmsError("Give redirect addresses (a program that people use) or a role (a machine that acts for itself).")
    if role in (Role.PATIENT, Role.PROVIDER):
        raise OhmsError(f"A machine is no {role}: STAFF, ADMIN and ANALYST are for machines.")
    secret = secrets.token_urlsafe(32) if confidential or role is not None else None
    account_id = None if role is None else await _service_account(client_id, role)
    people = ["authorization_code", "refresh_token"]
    try:
        await OAuthClient(
            id=client_id,
            name=name,
            redirect_uris=list(redirect_uris),
            secret_digest=None if secret is None else digest(secret),
            grant_types=people if role is None else ["client_credentials"],
            scopes=list(SCOPES) if role is None else ["ohms"],
            account_id=account_id,
        ).insert()
    except DuplicateKeyError as error:
        raise OhmsError(f"There is a client {client_id!r} already.") from error
    return secret


def check_redirect_uri(address: str) -> None:
    """https, or http on loopback for programs on the person's own machine (RFC 8252, 7.3). Raises OhmsError."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    sound = bool(host) and not parts.fragment and "#" not in address and not parts.username and "*" not in address
    if not sound or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise OhmsError(
            f"{address!r} cannot be redirected to: https://..., or http://127.0.0.1/..., without fragment or wildcard."
        )


async def rotate_secret(client_id: str) -> str:
    """A new secret; the one before is worth nothing from now on. Raises OhmsError."""
    secret = secrets.token_urlsafe(32)
    updated = await OAuthClient.get_pymongo_collection().update_one(
        {"_id": client_id, "secret_digest": {"$ne": None}}, {"$set": {"secret_digest": digest(secret)}, "$inc": {"revision": 1}}
    )
    if not updated.matched_count:
        raise OhmsError(f"There is no confidential client {client_id!r}.")
    return secret


async def delete_client(client_id: str) -> None:
    """All its tokens end with it, and consent to it; its service account is closed. Raises OhmsError."""
    client = await OAuthClient.get(client_id)
    if client is None:
        raise OhmsError(f"There is no client {client_id!r}.")
    if client.account_id is not None:
        closed = {"$set": {"status": "DEACTIVATED"}, "$inc": {"revision": 1}}
        await Account.get_pymongo_collection().update_one({"_id": client.account_id}, closed)
    store = GrantStore(_LONGEST_TOKEN)
    async for grant in OAuthGrant.find({"client_id": client_id, "revoked_at": None}):
        await store.revoke(grant.id, grant.account_id, now())
    await Consent.find({"client_id": client_id}).delete()
    await client.delete()


async def _service_account(client_id: str, role: Role) -> str:
    account = Account(email=f"{client_id}@service.invalid", kind=AccountKind.SERVICE, roles=[role])
    try:
        await account.insert()
    except DuplicateKeyError as error:
        raise OhmsError(f"There is a client {client_id!r}, or was one: choose another id.") from error
    return account.id
