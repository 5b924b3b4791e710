"""The entries of an operation, made of what its trail noted: one for all patients of whom it asked the same.

Plain dictionaries: every read of a patient pays for this.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from models.audit_event import MOST_PARTS, AuditOutcome
from models.purpose_of_use import PurposeOfUse
from models.role import Role
from resolvers.audit.log import Row
from resolvers.audit.owners import Ownership, is_watched, ownership, patient_of_house
from resolvers.audit.purposes import purpose_of
from resolvers.trail import Change

if TYPE_CHECKING:
    from resolvers.context import RequestContext

Subjects = dict[str, str]
"""``Type:id``, and the type again."""

Part = tuple[str | None, list[str], frozenset[str]]
"""A patient, the subjects, and their types."""

# A version is shown as the record that it was.
_SHOWN_AS = {"RecordVersion": "Record"}


# Python looks members of enumerations up in Python, and there is one row for each patient.
_SUCCESS, _EMERGENCY = AuditOutcome.SUCCESS.value, PurposeOfUse.EMERGENCY.value
_NOBODY, _PATIENT, _HOUSE = Ownership.NOBODY, Ownership.PATIENT, Ownership.HOUSE


class Sightings:
    """What an operation (of a subscription: an event) read, asked for in vain and counted: entries but for who did it."""

    def __init__(self, context: "RequestContext") -> None:
        self._context = context
        self._fields: dict[frozenset[str], list[str]] = {}
        self._purposes: dict[tuple[bool, frozenset[str]], str] = {}
        principal = context.principal
        self._own_patient_id = principal.patient_id if Role.PATIENT in principal.roles else None

    def of_trail(self) -> list[Row]:
        return [*self._read(), *self._missed(), *self._counted()]

    def _read(self) -> list[Row]:
        by_patient: dict[str | None, Subjects] = {}
        principal = self._context.principal
        classes: dict[type, tuple[Ownership, str, str]] = {}
        for document in self._context.trail.seen:
            of = type(document)
            if of not in classes:
                classes[of] = ownership(of), of.__name__, f"{of.__name__}:"
            kind, name, prefix = classes[of]
            if kind is _NOBODY:
                continue
            document_id = document.id
            patient_id: str | None = document_id if kind is _PATIENT else getattr(document, "patient_id", None)
            if kind is _HOUSE:
                if not is_watched(document, patient_id, principal):
                    continue
                patient_id = patient_of_house(document, principal)
            elif patient_id is None:
                continue
            subjects = by_patient.get(patient_id)
            if subjects is None:
                by_patient[patient_id] = {prefix + document_id: name}
            else:
                subjects[prefix + document_id] = name
        kinds: dict[tuple[str, ...], frozenset[str]] = {}
        parts = []
        for patient_id, subjects in by_patient.items():
            names = tuple(subjects.values())  # mostly the same for all: what is alike about them is worked out once
            types = kinds.get(names)
            if types is None:
                types = kinds[names] = frozenset(names)
            parts.append((patient_id, list(subjects), types))
        return self._together(parts, self._fields_of)

    def _fields_of(self, types: frozenset[str]) -> list[str]:
        fields = self._fields.get(types)
        if fields is None:
            asked = self._context.asked.coordinates()
            named = sorted({_SHOWN_AS.get(name, name) for name in types})
            fields = self._fields[types] = [coordinate for name in named for coordinate in asked.get(name, ())]
        return fields

    def _missed(self) -> list[Row]:
        """The same for what does not exist and what is not the caller's to see."""
        subjects = dict.fromkeys(
            f"{document.__name__}:{document_id}"
            for document, ids in self._context.trail.missed
            if ownership(document) is not Ownership.NOBODY
            for document_id in ids
        )
        if not subjects:
            return []
        types = frozenset(subject.partition(":")[0] for subject in subjects)
        return [self.alone(None, list(subjects), types, self._fields_of(types), AuditOutcome.DENIED.value)]

    def _counted(self) -> list[Row]:
        by_patient: dict[str | None, set[str]] = {}
        for document, patient_ids in self._context.trail.counts:
            if ownership(document) is not Ownership.NOBODY:
                owners: Sequence[str | None] = patient_ids or [None]
                for owner in owners:
                    by_patient.setdefault(owner, set()).add(document.__name__)
        return self._together(((owner, [], frozenset(names)) for owner, names in by_patient.items()), self._totals_of)

    def _totals_of(self, names: frozenset[str]) -> list[str]:
        asked = self._context.asked.coordinates()
        connections = [f"{name}Connection" for name in sorted(names)]
        return [total for name in connections for total in asked.get(name, ()) if total.endswith(".totalCount")]

    def _together(self, parts: Iterable[Part], fields_of: Callable[[frozenset[str]], list[str]]) -> list[Row]:
        """Each patient once, with all others of whom the same was seen for the same purpose."""
        broken_glass = self._context.access.broken_glass
        begun: dict[tuple[frozenset[str], str, str | None], Row] = {}
        rows = []
        for patient_id, subjects, types in parts:
            grant_id = broken_glass.get(patient_id) if broken_glass and patient_id else None
            purpose = _EMERGENCY if grant_id else self._purpose_of(patient_id, types)
            key = (types, purpose, grant_id)
            row = begun.get(key)
            if row is None or len(row["about"]) == MOST_PARTS:
                row = begun[key] = {"outcome": _SUCCESS, "purpose": purpose, "about": [], "fields": fields_of(types)}
                if grant_id:
                    row["grant_id"] = grant_id
                rows.append(row)
            row["about"].append({"patient_id": patient_id, "subjects": subjects} if patient_id else {"subjects": subjects})
        return rows

    def alone(
        self,
        patient_id: str | None,
        subjects: list[str],
        types: frozenset[str],
        fields: list[str],
        outcome: str = _SUCCESS,
    ) -> Row:
        """An entry about one patient, or about nobody."""
        (row,) = self._together([(patient_id, subjects, types)], lambda _: fields)
        return {**row, "outcome": outcome}

    def _purpose_of(self, patient_id: str | None, types: frozenset[str]) -> str:
        """The same for all patients but the caller, so it is worked out once for all of them."""
        # Of staff nothing but the roles is looked at, so that they share answers (``resolvers.watched_principal``).
        key = (patient_id is not None and patient_id == self._own_patient_id, types)
        purpose = self._purposes.get(key)
        if purpose is None:
            purpose = self._purposes[key] = purpose_of(self._context.principal, patient_id, types).value
        return purpose


class Entries:
    """Makes the entries of one operation (of a subscription: of one event), which share all but the patient's part."""

    def __init__(self, context: "RequestContext") -> None:
        self._context = context
        principal = context.principal
        self._stranger = principal.account_id is None and context.trail.actor_id is None
        self._shared = _given(
            at=context.ports.clock(),
            actor_id=principal.account_id or context.trail.actor_id,
            provider_id=principal.provider_id,
            service=principal.service,
            roles=[role.value for role in sorted(principal.roles)],
            action=context.asked.action,
            request_id=context.request_id,
            client=context.ports.audit.pseudonym(context.client_address) if context.client_address else None,
        )
        self._sightings = Sightings(context)

    def of_operation(self, refusals: Sequence[str]) -> list[Row]:
        """What was read, asked for in vain, counted, and changed outside of transactions. ``refusals`` are coordinates."""
        trail = self._context.trail
        seen = [{**self._shared, **part} for part in (*trail.shared, *self._sightings.of_trail())]
        rows = [*self._refused(refusals), *seen, *self.of_changes(trail.changes)]
        did_nothing = not (trail.succeeded or trail.changes or refusals)
        if self._context.asked.is_change and did_nothing:
            rows += self._unhappy(AuditOutcome.FAILURE, [])
        return rows

    def of_changes(self, changes: Iterable[Change]) -> list[Row]:
        """One for each patient whose documents were changed, and one for all that is nobody's."""
        by_patient: dict[str | None, tuple[dict[str, None], dict[str, None], set[str]]] = {}
        for change in changes:
            subjects, fields, types = by_patient.setdefault(change.patient_id, ({}, {}, set()))
            subjects[f"{change.document}:{change.document_id}"] = None
            fields.update(dict.fromkeys(f"{change.document}.{name}" for name in change.fields))
            types.add(change.document)
        return [
            self._row(patient_id, list(subjects), frozenset(types), list(fields))
            for patient_id, (subjects, fields, types) in by_patient.items()
        ]

    def _refused(self, refusals: Sequence[str]) -> list[Row]:
        return self._unhappy(AuditOutcome.DENIED, refusals) if refusals else []

    def _unhappy(self, outcome: AuditOutcome, fields: Sequence[str]) -> list[Row]:
        """An entry about nobody. Strangers cannot fill the trail with them."""
        unlisted = 0
        if self._stranger:
            address = self._context.client_address
            admitted = self._context.ports.audit.admit_refusal(address, self._shared["at"])
            if admitted is None:
                return []
            unlisted = admitted
        row = self._row(None, [], frozenset(), list(fields), outcome)
        return [row | _given(unlisted=unlisted)]

    def _row(
        self,
        patient_id: str | None,
        subjects: list[str],
        types: frozenset[str],
        fields: list[str],
        outcome: AuditOutcome = AuditOutcome.SUCCESS,
    ) -> Row:
        return {**self._shared, **self._sightings.alone(patient_id, subjects, types, fields, outcome.value)}


def _given(**values: Any) -> Row:
    """Without what says nothing: rows are stored by the million."""
    return {name: value for name, value in values.items() if value}
