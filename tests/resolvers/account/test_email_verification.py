"""Showing that one reads mail at one's address."""

from models.patient import Patient, Proxy, ProxyRelationship, ProxyScope
from resolvers.email_verification import request_email_verification, verify_email
from tests.resolvers.account.desk import Desk, rejection


async def test_a_mailed_code_verifies_ones_own_address_once(desk: Desk) -> None:
    await request_email_verification(await desk.by("alice"))
    code = desk.code_for("alice")
    assert (await rejection(verify_email(await desk.by("bob"), code))).code == "INVALID_CODE"
    assert (await verify_email(await desk.by("alice"), code)).email_verified_at is not None
    assert (await rejection(verify_email(await desk.by("alice"), code))).code == "INVALID_CODE"
    assert (await rejection(request_email_verification(await desk.by("alice")))).code == "CONFLICT"
    assert (await desk.account("bob")).email_verified_at is None


async def test_what_was_granted_to_the_address_is_the_owners_then(desk: Desk) -> None:
    waiting = Proxy(id="waits", email="bob@clinic.example", relationship=ProxyRelationship.CAREGIVER, scope=[ProxyScope.BILLING])
    await Patient.find_one({"_id": desk.clinic.alice.id}).update({"$set": {"proxies": [waiting]}})
    await request_email_verification(await desk.by("bob"))
    await verify_email(await desk.by("bob"), desk.code_for("bob"))
    assert await (await desk.by("bob")).access.proxied() == [desk.clinic.alice.id]


async def test_a_mailbox_is_not_flooded(desk: Desk) -> None:
    for _ in range(3):
        await request_email_verification(await desk.by("alice"))
    assert (await rejection(request_email_verification(await desk.by("alice")))).code == "TOO_MANY_ATTEMPTS"
    assert len(desk.mails) == 3
