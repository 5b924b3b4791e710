"""The audit trail: who looked at or changed what of whom, when, what for, and with what outcome."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.purpose_of_use import PurposeOfUse
from models.role import Role
from models.value_object import ValueObject


class AuditOutcome(StrEnum):
    """FHIR's AuditEvent.outcome, in the words that people use."""

    SUCCESS = "SUCCESS"
    DENIED = "DENIED"
    FAILURE = "FAILURE"


class AuditedPart(ValueObject):
    """Whose data it was (None for refusals, counts over all and accounts), and what of it: ``subjects`` are ``Type:id``."""

    patient_id: str | None = None
    subjects: list[str] = []


class AuditEvent(StoredDocument):
    """One operation, and the patients about whom it asked the same for the same purpose: a part for each of them.

    Written once and never updated; references only, never names or free text. The id says where it stands: the chain (a ULID)
    and the position in it, ten digits. ``hash`` is an HMAC over all else, with the ``previous`` entry's hash in it. ``about`` has
    one part at least and MOST_PARTS at most; an entry from before there were parts has none and is about one patient alone.
    ``unlisted`` counts refusals of strangers that were too many to be listed since the entry before of the same ``client``, which
    is a pseudonym of an address.

    Callers get it patient by patient (``parts``).
    """

    at: datetime
    actor_id: str | None = None
    provider_id: str | None = None
    service: bool = False
    roles: list[Role] = []
    action: str
    outcome: AuditOutcome
    purpose: PurposeOfUse
    about: list[AuditedPart] = []
    alone_patient_id: str | None = Field(None, alias="patient_id")
    alone_subjects: list[str] = Field([], alias="subjects")
    fields: list[str] = []
    request_id: str | None = None
    grant_id: str | None = None
    client: str | None = None
    unlisted: int = 0
    previous: str
    hash: str

    def parts(self, patients: Collection[str] | None = None) -> list["AuditEvent"]:
        """The same for each patient (of these) alone, with the id of the part; itself where there are not several."""
        if len(self.about) <= 1:
            return [self] if patients is None or self.patient_id in patients else []
        return [
            self.model_copy(update={"id": part_id(self.id, index), "about": [part]})
            for index, part in enumerate(self.about)
            if patients is None or part.patient_id in patients
        ]

    @property
    def patient_id(self) -> str | None:
        """Of a part. Raises ValueError for several patients."""
        return self._part.patient_id

    @property
    def subjects(self) -> list[str]:
        """Of a part. Raises ValueError for several patients."""
        return self._part.subjects

    @property
    def _part(self) -> AuditedPart:
        if not self.about:
            return AuditedPart(patient_id=self.alone_patient_id, subjects=self.alone_subjects)
        (part,) = self.about
        return part

    class Settings(StoredDocument.Settings):
        name = "audit_events"
        # Few, for each costs every read of a patient: other filters walk `by_time`, within `from` and `to`.
        indexes = [
            IndexModel([("at", ASCENDING), ("_id", ASCENDING)], name="by_time"),
            IndexModel([("about.patient_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_audited_patient"),
            IndexModel(
                [("patient_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)],
                name="by_patient_alone",
                partialFilterExpression={"patient_id": {"$exists": True}},  # nothing for entries with parts
            ),
            IndexModel([("actor_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)], name="by_actor"),
        ]


CHAIN_LENGTH = 26
"""Characters of a chain's id, at the front of its entries' ids."""

MOST_PARTS = 100
"""Patients in one entry: a page of the trail is cut out of whole entries."""


def entry_id(chain: str, position: int) -> str:
    """Sorts as the positions do."""
    return f"{chain}{position:010d}"


def part_id(entry: str, index: int) -> str:
    """The first part has the entry's own id; further ones say which they are, in a letter that is in no ULID."""
    return f"{entry}p{index}" if index else entry


def part_of(id_: str) -> tuple[str, int]:
    """The entry and the index that ``part_id`` was made of. Raises ValueError for what it would not make."""
    entry, _, given = id_.partition("p")
    index = int(given) if given else 0
    if part_id(entry, index) != id_:
        raise ValueError("not the id of a part")
    return entry, index
