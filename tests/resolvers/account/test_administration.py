"""Inviting, giving roles, closing accounts: audited, bound at once, and never without an administrator left."""

import asyncio
from typing import Any

import pytest

from models.account import Account, AccountKind, AccountStatus
from models.role import Role
from resolvers.account_links import Links
from resolvers.account_roles import assign_roles
from resolvers.account_status import deactivate_account, reactivate_account
from resolvers.accounts import sign_in
from resolvers.errors import Forbidden
from resolvers.invitations import accept_invitation, invite_user
from resolvers.user_errors import Rejected
from tests.resolvers.account.desk import NEW_PASSWORD, Desk, rejection

NEW = "new@clinic.example"
NONE = Links()


async def _assign(desk: Desk, who: str, *roles: Role, by: str = "admin", links: Links = NONE, expected: Any = None) -> Account:
    return await assign_roles(await desk.by(by), desk.clinic.accounts[who].id, roles, links, expected)


async def _more_administrators(desk: Desk, *names: str) -> None:
    for name in names:
        await _assign(desk, name, Role.ADMIN)


async def test_who_is_invited_comes_in_by_the_mailed_code_once(desk: Desk) -> None:
    invited = await invite_user(await desk.by("admin"), " New@Clinic.Example ", [Role.STAFF], NONE)
    assert (invited.email, invited.status, invited.password_hash) == (NEW, AccountStatus.INVITED, None)
    assert (await rejection(sign_in(await desk.by(None), NEW, ""))).code == "INVALID_CREDENTIALS"
    calls = [accept_invitation(await desk.by(None), desk.code_to(NEW), NEW_PASSWORD) for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(outcome) is Rejected for outcome in outcomes) == [False, True, True]
    account = (await sign_in(await desk.by(None), NEW, NEW_PASSWORD)).account
    assert (account.roles, account.status) == ([Role.STAFF], AccountStatus.ACTIVE)
    assert account.email_verified_at is not None
    desk.clinic.accounts["new"] = account
    assert await desk.audited("admin", "new", "roles")


async def test_inviting_again_changes_the_offer_and_voids_the_first_code(desk: Desk) -> None:
    await invite_user(await desk.by("admin"), NEW, [Role.STAFF], NONE)
    first = desk.code_to(NEW)
    await invite_user(await desk.by("admin"), NEW, [Role.ANALYST], NONE)
    assert (await rejection(accept_invitation(await desk.by(None), first, NEW_PASSWORD))).code == "INVALID_CODE"
    assert (await accept_invitation(await desk.by(None), desk.code_to(NEW), NEW_PASSWORD)).account.roles == [Role.ANALYST]


async def test_an_invitation_is_good_for_seven_days(desk: Desk) -> None:
    await invite_user(await desk.by("admin"), NEW, [Role.STAFF], NONE)
    desk.wait(days=7)
    assert (await rejection(accept_invitation(await desk.by(None), desk.code_to(NEW), NEW_PASSWORD))).code == "INVALID_CODE"


async def test_what_is_wrong_with_an_invitation_is_told_by_path(desk: Desk) -> None:
    clinic, admin = desk.clinic, await desk.by("admin")
    taken, unlinked = Links(patient_id=clinic.alice.id), Links(patient_id=clinic.child.id)
    cases: list[tuple[str, list[Role], Links, str, list[str]]] = [
        ("no address", [Role.STAFF], NONE, "INVALID", ["email"]),
        ("alice@clinic.example", [Role.STAFF], NONE, "CONFLICT", ["email"]),
        (NEW, [], NONE, "INVALID", ["roles"]),
        (NEW, [Role.PATIENT], NONE, "INVALID", ["patient"]),
        (NEW, [Role.PROVIDER], NONE, "INVALID", ["provider"]),
        (NEW, [Role.STAFF], unlinked, "INVALID", ["patient"]),
        (NEW, [Role.PATIENT], Links(patient_id="nobody"), "NOT_FOUND", ["patient"]),
        (NEW, [Role.PROVIDER], Links(provider_id="nobody"), "NOT_FOUND", ["provider"]),
        (NEW, [Role.PATIENT], taken, "CONFLICT", ["patient"]),
        (NEW, [Role.PROVIDER], Links(provider_id=clinic.house.id), "CONFLICT", ["provider"]),
    ]
    before = await Account.find_all().count()
    for email, roles, links, code, path in cases:
        refused = await rejection(invite_user(admin, email, roles, links))
        assert (refused.code, refused.path) == (code, path), (email, roles, links)
    assert await Account.find_all().count() == before
    assert desk.mails == []
    assert (await invite_user(admin, NEW, [Role.PATIENT], unlinked)).patient_id == clinic.child.id


async def test_roles_are_set_audited_and_told_to_their_owner(desk: Desk) -> None:
    changed = await _assign(desk, "staff", Role.STAFF, Role.ANALYST, Role.STAFF, expected=[Role.STAFF])
    assert changed.roles == [Role.STAFF, Role.ANALYST]
    assert await desk.audited("admin", "staff", "roles")
    assert desk.mails[-1].to == "staff@clinic.example"
    assert "ANALYST, STAFF" in desk.mails[-1].text
    stale = await rejection(_assign(desk, "staff", Role.ADMIN, expected=[Role.STAFF]))
    assert (stale.code, stale.path) == ("CONFLICT", ["expectedRoles"])
    assert (await desk.account("staff")).roles == [Role.STAFF, Role.ANALYST]


async def test_administrators_do_not_raise_themselves_silently(desk: Desk) -> None:
    await _assign(desk, "admin", Role.ADMIN, Role.STAFF)
    assert await desk.audited("admin", "admin", "roles")
    assert desk.mails[-1].to == "admin@clinic.example"


@pytest.mark.parametrize("how", ["closing", "other roles"])
async def test_the_last_administrator_cannot_be_taken_away(desk: Desk, how: str) -> None:
    await Account(email="machine@clinic.example", kind=AccountKind.SERVICE, roles=[Role.ADMIN]).insert()  # does not count
    if how == "closing":
        refused = await rejection(deactivate_account(await desk.by("admin"), desk.clinic.accounts["admin"].id))
    else:
        refused = await rejection(_assign(desk, "admin", Role.STAFF))
    assert refused.code == "LAST_ADMINISTRATOR"
    account = await desk.account("admin")
    assert (account.roles, account.status) == ([Role.ADMIN], AccountStatus.ACTIVE)


@pytest.mark.parametrize("others", [1, 2])
async def test_of_administrators_who_deactivate_each_other_at_once_one_stays(desk: Desk, others: int) -> None:
    names = ["admin", "staff", "analyst"][: others + 1]
    await _more_administrators(desk, *names[1:])
    targets = [*names[1:], names[0]]
    calls = [
        deactivate_account(await desk.by(name), desk.clinic.accounts[target].id)
        for name, target in zip(names, targets, strict=True)
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, Account | Rejected | Forbidden) for outcome in outcomes), outcomes
    left = await Account.find({"roles": "ADMIN", "status": "ACTIVE"}).count()
    assert left >= 1
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == others + 1 - left


async def test_of_two_who_step_down_at_once_one_stays(desk: Desk) -> None:
    await _more_administrators(desk, "staff")
    calls = [_assign(desk, name, Role.STAFF, by=name) for name in ("admin", "staff")]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert await Account.find({"roles": "ADMIN", "status": "ACTIVE"}).count() == 1


async def test_who_is_no_administrator_any_more_does_nothing_more(desk: Desk) -> None:
    await _more_administrators(desk, "staff")
    before = await desk.by("staff")
    await _assign(desk, "staff", Role.STAFF)
    for call in (
        deactivate_account(before, desk.clinic.accounts["alice"].id),
        assign_roles(before, desk.clinic.accounts["staff"].id, [Role.ADMIN], NONE, None),
        invite_user(before, NEW, [Role.ADMIN], NONE),
    ):
        with pytest.raises(Forbidden):
            await call
    assert (await desk.account("alice")).status is AccountStatus.ACTIVE


async def test_closing_ends_sessions_and_codes_and_opening_brings_back_the_account(desk: Desk) -> None:
    target = desk.clinic.accounts["staff"].id
    closed = await deactivate_account(await desk.by("admin"), target)
    assert closed.status is AccountStatus.DEACTIVATED
    assert not closed.session_is_live("01AAAAAAAAAAAAAAAAAAAAAAAA")
    assert (await rejection(deactivate_account(await desk.by("admin"), target))).code == "CONFLICT"
    assert (await reactivate_account(await desk.by("admin"), target)).status is AccountStatus.ACTIVE
    assert (await rejection(reactivate_account(await desk.by("admin"), target))).code == "CONFLICT"
    invited = await invite_user(await desk.by("admin"), NEW, [Role.STAFF], NONE)
    await deactivate_account(await desk.by("admin"), invited.id)
    assert (await rejection(accept_invitation(await desk.by(None), desk.code_to(NEW), NEW_PASSWORD))).code == "INVALID_CODE"
    assert (await reactivate_account(await desk.by("admin"), invited.id)).status is AccountStatus.INVITED


async def test_an_account_that_is_not_there_is_not_found(desk: Desk) -> None:
    admin = await desk.by("admin")
    for call in (
        deactivate_account(admin, "x"),
        reactivate_account(admin, "x"),
        assign_roles(admin, "x", [Role.STAFF], NONE, None),
    ):
        assert (await rejection(call)).code == "NOT_FOUND"


async def test_machines_do_not_administrate(desk: Desk) -> None:
    machine = Account(email="machine@clinic.example", kind=AccountKind.SERVICE, roles=[Role.ADMIN])
    desk.clinic.accounts["machine"] = await machine.insert()
    context, target = await desk.by("machine"), desk.clinic.accounts["staff"].id
    for call in (
        deactivate_account(context, target),
        reactivate_account(context, target),
        assign_roles(context, target, [Role.ADMIN], NONE, None),
        invite_user(context, NEW, [Role.ADMIN], NONE),
    ):
        with pytest.raises(Forbidden):
            await call
