"""Whether an answer depends on who asks."""

import dataclasses

import pytest

from models.role import Role
from resolvers.principal import ANONYMOUS, Principal
from resolvers.watched_principal import WatchedPrincipal

STAFF = Principal(account_id="a", roles=frozenset({Role.STAFF}), provider_id="p")


def test_roles_are_nobodys_in_particular() -> None:
    watched = WatchedPrincipal.of(STAFF)
    assert Role.STAFF in watched.roles
    assert not watched.is_personal


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Principal) if field.name != "roles"])
def test_everything_else_is_personal(name: str) -> None:
    watched = WatchedPrincipal.of(STAFF)
    assert getattr(watched, name) == getattr(STAFF, name)
    assert watched.is_personal


def test_what_is_worked_out_of_it_is_personal_too() -> None:
    for use in (
        lambda principal: principal.signed_in,
        lambda principal: principal == STAFF,
        hash,
        repr,
        dataclasses.asdict,
        lambda principal: dataclasses.replace(principal, roles=frozenset()),
    ):
        watched = WatchedPrincipal.of(ANONYMOUS)
        use(watched)
        assert watched.is_personal, use
