"""What holds the chains of the audit trail together."""

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from models.base import StoredDocument
from models.value_object import ValueObject


class SealedRange(ValueObject):
    """Entries ``first`` to ``last`` of a chain. ``previous`` and ``hash`` are those before the first and of the last.

    ``missing`` are positions that were not there when it was sealed.
    """

    chain: str
    first: int
    last: int
    previous: str
    hash: str
    missing: list[int] = []


class AuditSeal(StoredDocument):
    """Gives entries of several chains their places in the one trail: ``first_sequence`` on, range by range.

    The id is the number of the seal, twelve digits: of two who seal at once, one is too late. ``hash`` is an HMAC over all else,
    with the ``previous`` seal's hash in it.
    """

    at: datetime
    first_sequence: int
    ranges: list[SealedRange]
    previous: str
    hash: str

    class Settings(StoredDocument.Settings):
        name = "audit_seals"
        indexes = [
            IndexModel([("first_sequence", ASCENDING)], name="by_sequence"),
            IndexModel([("at", ASCENDING)], name="by_time"),
            IndexModel([("ranges.chain", ASCENDING), ("ranges.last", ASCENDING)], name="by_chain"),
        ]


class ChainKind(StrEnum):
    PROCESS = "PROCESS"
    CHANGE = "CHANGE"


class AuditChain(StoredDocument):
    """A chain that is not wholly sealed yet; the id is the chain's.

    A PROCESS writes one until it ends; ``seen_at`` is its heartbeat. A CHANGE is written whole, with the transaction whose
    entries it holds: ``length`` of them. ``stored`` is how many entries its writer knew to be stored when it last said so.
    ``sealed`` counts the entries that seals hold, ``sealed_hash`` is the last one's.
    """

    kind: ChainKind
    seen_at: datetime
    closed_at: datetime | None = None
    length: int | None = None
    stored: int = 0
    sealed: int = 0
    sealed_hash: str = ""

    class Settings(StoredDocument.Settings):
        name = "audit_chains"
        indexes = [IndexModel([("seen_at", ASCENDING)], name="by_heartbeat")]


class AuditCheckpoint(StoredDocument):
    """Where the trail begins since what is older was pruned: ``seal`` is the number of the first seal that is kept."""

    at: datetime
    seal: int
    first_sequence: int
    previous: str
    hash: str

    class Settings(StoredDocument.Settings):
        name = "audit_checkpoints"


def seal_id(number: int) -> str:
    return f"{number:012d}"
