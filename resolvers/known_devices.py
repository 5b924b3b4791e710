"""Whom strangers' failures must not keep out: those who come from where the account was signed in to before.

A device may carry a token that it got when it signed in (OWASP's "device cookie"); without one, its network address counts.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from pymongo import UpdateOne

from models.known_device import KnownDevice
from resolvers.context import RequestContext

_KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Familiarity:
    """Which marks of this caller the account has seen before."""

    device: bool
    address: bool


async def familiarity(context: RequestContext, email: str, device: str | None) -> Familiarity:
    """One command, whether or not the address has an account."""
    address_mark = _mark(email, "address", context.client_address)
    device_mark = _mark(email, "device", device or "")
    asked = {"_id": {"$in": [address_mark, device_mark]}, "expires_at": {"$gt": context.access.instant}}
    found = {row["_id"] async for row in KnownDevice.get_pymongo_collection().find(asked, {"_id": 1})}
    return Familiarity(device=bool(device) and device_mark in found, address=address_mark in found)


async def remember(context: RequestContext, email: str, device: str | None) -> str:
    """After a sign-in: this address and this device are the owner's. The device's token, a new one unless it has a known one."""
    known = bool(device) and (await familiarity(context, email, device)).device
    token = device if device and known else secrets.token_urlsafe(24)
    instant = context.access.instant
    seen = {"$set": {"expires_at": instant + _KNOWN_FOR, "updated_at": instant}, "$setOnInsert": {"created_at": instant}}
    marks = [_mark(email, "address", context.client_address), _mark(email, "device", token)]
    await KnownDevice.get_pymongo_collection().bulk_write(
        [UpdateOne({"_id": mark}, seen, upsert=True) for mark in marks], ordered=False
    )
    return token


def _mark(email: str, kind: str, value: str) -> str:
    return hashlib.sha256("\n".join([email, kind, value]).encode()).hexdigest()
