"""Who sees who is in a video visit, and what is told in it."""

from models.patient import ProxyScope
from models.visit_entry import VisitRole
from resolvers.access import Access
from resolvers.policy.rule import ORDINARY, PATIENTS, PROVIDERS, Filter, Rules, VisibleBy, one_of


async def _own_visits(access: Access, _within: Filter) -> Filter | None:
    return {"provider_id": access.principal.provider_id} if access.principal.provider_id else None


async def _themselves(access: Access, _within: Filter) -> Filter | None:
    return {"account_id": access.principal.account_id}


def _provider_of(rows: Filter | None) -> Filter | None:
    return None if rows is None else {**rows, "role": VisitRole.PROVIDER.value}


async def _patients_provider(access: Access, _within: Filter) -> Filter | None:
    return _provider_of(one_of(access.own))


async def _proxieds_provider(access: Access, within: Filter) -> Filter | None:
    return _provider_of(await _proxied(access, within))


async def _own(access: Access, _within: Filter) -> Filter | None:
    return one_of(access.own)


async def _proxied(access: Access, _within: Filter) -> Filter | None:
    rows = one_of(await access.proxied(ProxyScope.APPOINTMENTS))
    return None if rows is None else {**rows, **ORDINARY}


VISIT_ENTRY_RULES: Rules = (
    VisibleBy(
        name="own schedule", roles=PROVIDERS, why="Providers see who is in their own visits, and who waits.", rows=_own_visits
    ),
    VisibleBy(name="themselves", roles=PATIENTS, why="Patients and proxies see when they came and left.", rows=_themselves),
    VisibleBy(
        name="the patient", roles=PATIENTS, why="Patients see whether the provider is in their visit.", rows=_patients_provider
    ),
    VisibleBy(
        name="proxy",
        roles=PATIENTS,
        why="Proxies for APPOINTMENTS see whether the provider is in the patient's visit, except in confidential ones.",
        rows=_proxieds_provider,
    ),
)
_SIGNALS = "tell each other how to connect; whoever has not joined gets none (resolvers.video.following)."
VISIT_SIGNAL_RULES: Rules = (
    VisibleBy(name="own schedule", roles=PROVIDERS, why=f"Providers and those in their visits {_SIGNALS}", rows=_own_visits),
    VisibleBy(name="the patient", roles=PATIENTS, why=f"Patients and those in their visits {_SIGNALS}", rows=_own),
    VisibleBy(
        name="proxy",
        roles=PATIENTS,
        why=f"Proxies for APPOINTMENTS in visits that are not confidential {_SIGNALS}",
        rows=_proxied,
    ),
)
