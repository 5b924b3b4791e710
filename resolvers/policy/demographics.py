"""Who sees which patients."""

from resolvers.access import Access
from resolvers.policy.rule import (
    CARE,
    EMERGENCY,
    PATIENTS,
    PROVIDERS,
    STAFF,
    Filter,
    Rules,
    VisibleBy,
    everything,
    one_of,
)


async def _self(access: Access, _within: Filter) -> Filter | None:
    return one_of(access.own, "_id")


async def _proxied(access: Access, _within: Filter) -> Filter | None:
    return one_of(await access.proxied(), "_id")


async def _care_team(access: Access, _within: Filter) -> Filter | None:
    provider_id = access.principal.provider_id
    return {"care_team.provider_id": provider_id} if provider_id else None


async def _treated(access: Access, _within: Filter) -> Filter | None:
    provider_id = access.principal.provider_id
    return {"treated_by": provider_id} if provider_id else None


async def _behind_glass(access: Access, _within: Filter) -> Filter | None:
    return one_of(await access.glass_broken_for(), "_id")


PATIENT_RULES: Rules = (
    VisibleBy(name="front desk", roles=STAFF, why="Staff see the demographics of every patient.", rows=everything),
    VisibleBy(name="the patient", roles=PATIENTS, why="Patients see themselves (45 CFR 164.524).", rows=_self),
    VisibleBy(
        name="proxy",
        roles=PATIENTS,
        why="Proxies see the patient while their right holds, a parent until the child comes of age (45 CFR 164.502(g)).",
        rows=_proxied,
    ),
    VisibleBy(name="care team", roles=PROVIDERS, why=CARE, rows=_care_team),
    VisibleBy(name="treating provider", roles=PROVIDERS, why=CARE, rows=_treated),
    VisibleBy(name="break glass", roles=PROVIDERS, why=EMERGENCY, rows=_behind_glass),
)
PATIENT_MERGE_RULES: Rules = (
    VisibleBy(name="front desk", roles=STAFF, why="Staff see which patients were merged, by whom and why.", rows=everything),
)
