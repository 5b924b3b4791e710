"""What a caller gets of entries of the audit trail, each of which is about several patients: the parts that are theirs to see."""

from collections.abc import Iterable, Sequence
from typing import Any

from models.audit_event import part_of
from models.role import Role
from resolvers.access import Access
from resolvers.patient_merge.merged_into import merged_into

Filter = dict[str, Any]


async def own_trail(access: Access) -> list[str]:
    """The patient that the caller is, with those who were merged into them: the trail is never rewritten."""
    return [*access.own, *await merged_into(access.own)]


async def patients_shown(access: Access, asked: Sequence[str] | None = None) -> frozenset[str] | None:
    """The patients whose parts the caller gets, of those ``asked`` for; None for all parts, those about nobody as well."""
    if Role.ADMIN in access.principal.roles:
        return None if asked is None else frozenset(asked)
    own = frozenset(await own_trail(access))
    return own if asked is None else own.intersection(asked)


def about(patients: Iterable[str]) -> Filter:
    """Entries with a part about one of these patients. There has to be one."""
    ids = sorted(patients)
    wanted = ids[0] if len(ids) == 1 else {"$in": ids}
    return {"$or": [{"about.patient_id": wanted}, {"patient_id": wanted}]}


def of_part(id_: str, rows: Filter) -> Filter:
    """A rule's filter of entries (EVERYTHING, or ``about``), as one of the part with this id."""
    try:
        entry, index = part_of(id_)
    except ValueError:
        return {"_id": id_}  # nobody gave such an id, so it is no entry's either
    part = f"about.{index}"
    there: Filter = {part: {"$exists": True}}
    alone: Filter = {"about": {"$exists": False}}  # from before there were parts
    narrowed = {"$or": [{name.replace("about", part): wanted for name, wanted in one.items()} for one in rows.get("$or", [{}])]}
    return {"_id": entry, "$and": [there if index else {"$or": [there, alone]}, narrowed]}
