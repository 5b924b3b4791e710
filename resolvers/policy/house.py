"""Who sees which rows that are no patient's: the directory, education, accounts, and the list of break-glass grants."""

from models.patient import ProxyScope
from models.role import Role
from resolvers.access import Access
from resolvers.audit_parts import about, own_trail
from resolvers.policy.rule import PROVIDERS, Filter, Rules, VisibleBy, everything, one_of

_EVERYBODY = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.ADMIN})
_EDITORS = frozenset({Role.STAFF, Role.ADMIN})


async def _published(access: Access, _within: Filter) -> Filter | None:
    return {"published_at": {"$lte": access.instant}, "retired_at": None}


async def _own_reading(access: Access, _within: Filter) -> Filter | None:
    return one_of(access.own)


async def _proxied_reading(access: Access, _within: Filter) -> Filter | None:
    return one_of(await access.proxied(ProxyScope.RECORDS))


async def _own_account(access: Access, _within: Filter) -> Filter | None:
    return {"_id": access.principal.account_id} if access.principal.account_id else None


async def _own_grants(access: Access, _within: Filter) -> Filter | None:
    return {"account_id": access.principal.account_id} if access.principal.account_id else None


async def _own_trail(access: Access, _within: Filter) -> Filter | None:
    # What else stands in these entries is left out where they are read (``resolvers.audit_parts``).
    own = await own_trail(access)
    return about(own) if own else None


DIRECTORY_RULES: Rules = (
    VisibleBy(name="directory", roles=_EVERYBODY, why="Everybody who is signed in sees the clinic's directory.", rows=everything),
)
EDUCATION_RULES: Rules = (
    VisibleBy(name="editors", roles=_EDITORS, why="Staff and administrators see drafts, too.", rows=everything),
    VisibleBy(
        name="published",
        roles=_EVERYBODY,
        why="Everybody who is signed in sees what is published and not retired.",
        rows=_published,
    ),
)
EDUCATION_READING_RULES: Rules = (
    VisibleBy(name="the patient", roles=frozenset({Role.PATIENT}), why="Patients see what they have read.", rows=_own_reading),
    VisibleBy(
        name="proxy",
        roles=frozenset({Role.PATIENT}),
        why="Proxies for RECORDS see what was read, as they are offered the same.",
        rows=_proxied_reading,
    ),
)
ACCOUNT_RULES: Rules = (
    VisibleBy(name="administrators", roles=_ADMINISTRATORS, why="Administrators see all accounts.", rows=everything),
    VisibleBy(name="own account", roles=_EVERYBODY, why="Everybody sees their own account.", rows=_own_account),
)
AUDIT_EVENT_RULES: Rules = (
    VisibleBy(name="administrators", roles=_ADMINISTRATORS, why="Administrators see the whole trail.", rows=everything),
    VisibleBy(
        name="the patient",
        roles=frozenset({Role.PATIENT}),
        why="Patients see who looked at their record; their proxies do not (45 CFR 164.528).",
        rows=_own_trail,
    ),
)
BREAK_GLASS_RULES: Rules = (
    VisibleBy(name="administrators", roles=_ADMINISTRATORS, why="Administrators review all break-glass grants.", rows=everything),
    VisibleBy(name="own grants", roles=PROVIDERS, why="Providers see their own break-glass grants.", rows=_own_grants),
)
