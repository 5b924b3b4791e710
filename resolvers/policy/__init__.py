"""Which rows a caller may see. The one place that says so.

``restrict`` is the first step of every query and every loader. Its answer is a MongoDB filter, so that what a caller may not see
and what does not exist cannot be told apart: not in lists, counts, cursors or ``node``. ``explain`` tries each rule by itself, on
the same filters. The rules stand in ``table``, by document; several roles add up. No role, no rows.
"""

from dataclasses import dataclass

from models.audit_event import AuditEvent
from models.base import StoredDocument
from resolvers.access import Access
from resolvers.audit_parts import of_part
from resolvers.policy.rule import EVERYTHING, NOTHING, Filter, Rules, VisibleBy
from resolvers.policy.table import RULES, rules_for

__all__ = ["EVERYTHING", "NOTHING", "RULES", "Filter", "Rules", "Tried", "VisibleBy", "explain", "restrict", "rules_for"]


async def restrict(document: type[StoredDocument], access: Access, within: Filter) -> Filter:
    """``within`` narrowed to the rows of ``document`` that the caller may see.

    ``within`` is the caller's own filter: where it already names a patient or the caller's own schedule, the rules need to look
    up less. A document without a rule, or a caller without a role, gets nothing.
    """
    if access.deidentifier is not None:
        within = access.deidentifier.references.stored(document, within)
    roles = access.principal.roles
    alternatives: list[Filter] = []
    for rule in rules_for(document):
        if rule.roles.isdisjoint(roles):
            continue
        rows = await rule.rows(access, within)
        if rows == EVERYTHING:
            return within
        if rows is not None:
            alternatives.append(rows)
    if not alternatives:
        return NOTHING
    policy = _any_of(alternatives)
    if not within:
        return policy
    return {"$and": [within, policy]} if within.keys() & policy.keys() else {**within, **policy}


def _any_of(alternatives: list[Filter]) -> Filter:
    """Fields of which all ask the same stand once, in front: the planner does not see what alternatives have in common.

    So do the patients, of those alternatives that are about the same ones: else rows of one panel would be looked for twice.
    """
    by_patients: list[list[Filter]] = []
    for one in alternatives:
        same = (group for group in by_patients if "patient_id" in one and group[0].get("patient_id") == one["patient_id"])
        group = next(same, None)
        if group is None:
            by_patients.append([one])
        else:
            group.append(one)
    return _factored([_factored(group) for group in by_patients])


def _factored(alternatives: list[Filter]) -> Filter:
    first, *others = alternatives
    if not others:
        return first
    common = {
        name: value
        for name, value in first.items()
        if not name.startswith("$") and all(name in other and other[name] == value for other in others)
    }
    rest = [{name: value for name, value in one.items() if name not in common} for one in alternatives]
    return common if {} in rest else {**common, "$or": rest}


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule, and whether a caller sees a row by it."""

    rule: VisibleBy
    holds: bool


async def explain(document: type[StoredDocument], access: Access, document_id: str) -> list[Tried]:
    """Each rule of ``document``, tried by itself on one row. A row that does not exist is seen by none."""
    row = await document.get_pymongo_collection().find_one({"_id": document_id}, {"patient_id": 1})
    within: Filter = {"patient_id": row["patient_id"]} if row and "patient_id" in row else {}

    def of_row(rows: Filter) -> Filter:
        return of_part(document_id, rows) if document is AuditEvent else {"$and": [{"_id": document_id}, rows]}

    tried = []
    for rule in rules_for(document):
        rows = None if rule.roles.isdisjoint(access.principal.roles) else await rule.rows(access, within)
        holds = rows is not None and await document.find(of_row(rows), with_children=True).exists()
        tried.append(Tried(rule, holds))
    return tried
