"""Who sees which entries of the clinical record. Administrators and analysts see none, staff only pictures of insurance cards."""

from models.confidentiality import Confidentiality
from models.patient import ProxyScope
from models.record import RecordStatus
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
    behind_glass,
    one_of,
    under_care,
)

_UNSIGNED = [RecordStatus.REGISTERED.value, RecordStatus.PRELIMINARY.value]


def _rules(prefix: str) -> Rules:
    """The rules, where the entry lies whole under ``prefix``."""
    confidentiality = f"{prefix}confidentiality"
    not_very_restricted: Filter = {confidentiality: {"$ne": Confidentiality.VERY_RESTRICTED.value}}

    def shown(access: Access) -> Filter:
        return {
            f"{prefix}status": {"$ne": RecordStatus.ENTERED_IN_ERROR.value},
            "$or": [{f"{prefix}release.hold": None}, {f"{prefix}release.hold.until": {"$lte": access.instant}}],
            "$nor": [{f"{prefix}_class_id": "Record.ClinicalNote", f"{prefix}status": {"$in": _UNSIGNED}}],
        }

    async def own(access: Access, _within: Filter) -> Filter | None:
        rows = one_of(access.own)
        return None if rows is None else {**rows, **not_very_restricted, **shown(access)}

    async def proxied(access: Access, _within: Filter) -> Filter | None:
        rows = one_of(await access.proxied(ProxyScope.RECORDS))
        return None if rows is None else {**rows, confidentiality: Confidentiality.NORMAL.value, **shown(access)}

    async def care(access: Access, within: Filter) -> Filter | None:
        rows = await under_care(access, within)
        return None if rows is None else {**rows, **not_very_restricted}

    async def author(access: Access, within: Filter) -> Filter | None:
        rows = await under_care(access, within)
        return None if rows is None else {**rows, f"{prefix}author_id": access.principal.provider_id}

    async def emergency(access: Access, within: Filter) -> Filter | None:
        rows = await behind_glass(access, within)
        return None if rows is None else {**rows, **not_very_restricted}

    return (
        VisibleBy(
            name="the patient",
            roles=PATIENTS,
            why="Patients see their own record once it is released (45 CFR 171), except psychotherapy notes, which are outside "
            "the right of access (45 CFR 164.524(a)(1)(i)), notes that nobody has signed yet, and what was entered in error.",
            rows=own,
        ),
        VisibleBy(
            name="proxy",
            roles=PATIENTS,
            why="Proxies for RECORDS see what the patient sees while their right holds, ordinary confidentiality only "
            "(45 CFR 164.502(g)(3)).",
            rows=proxied,
        ),
        VisibleBy(name="under care", roles=PROVIDERS, why=f"{CARE} Psychotherapy notes are their author's.", rows=care),
        VisibleBy(
            name="author",
            roles=PROVIDERS,
            why="Who wrote an entry sees it, psychotherapy notes too, while the patient is under their care "
            "(45 CFR 164.508(a)(2)).",
            rows=author,
        ),
        VisibleBy(
            name="break glass",
            roles=PROVIDERS,
            why=f"{EMERGENCY} Restricted entries too, psychotherapy notes not.",
            rows=emergency,
        ),
    )


async def _insurance_cards(_access: Access, _within: Filter) -> Filter | None:
    return dict(INSURANCE_CARDS)


INSURANCE_CARDS: Filter = {
    "coverage_id": {"$type": "string"},
    "status": {"$ne": RecordStatus.ENTERED_IN_ERROR.value},
    "confidentiality": Confidentiality.NORMAL.value,
}

RECORD_RULES: Rules = (
    VisibleBy(
        name="insurance card",
        roles=STAFF,
        why="Staff see pictures of insurance cards, which belong to billing, and nothing else of the record.",
        rows=_insurance_cards,
    ),
    *_rules(""),
)
# An earlier version keeps the record whole under `document`: what hides the record hides its past.
RECORD_VERSION_RULES: Rules = _rules("document.")
