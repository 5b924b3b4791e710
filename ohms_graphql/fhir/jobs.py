"""What there is to do about one document: which of the resources that it is made of are new, changed or as before."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from models.base import StoredDocument
from models.invoice import Invoice
from models.record import Record
from ohms_graphql.fhir.arrival import Arrival
from ohms_graphql.fhir.billing import invoice_id
from ohms_graphql.fhir.changes import MISSING
from ohms_graphql.fhir.datatypes import instant
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Element, Refusal
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir.kinds import homes_of
from ohms_graphql.fhir.report import Place
from ohms_graphql.fhir.storage import Raw, exact

_HEAD = {"source.digest": 1, "source.last_updated": 1, "imported_parts": 1, MISSING: 1, "lab_report_id": 1}


@dataclass(slots=True)
class Job:
    """One document. ``head`` is what is needed of the stored one, ``home`` where it is; both None for a new one.

    ``arrivals`` are several only for an invoice. Of these ``fresh`` are to be written, ``older`` than what is stored, ``refused``
    with a reason; the others are as they were. ``broken`` tells of links that lead nowhere.
    """

    document_id: str
    bill: bool
    arrivals: list[Arrival]
    home: type[StoredDocument] | None = None
    head: Raw | None = None
    fresh: list[Arrival] = field(default_factory=list)
    older: list[Arrival] = field(default_factory=list)
    refused: list[tuple[Arrival, str]] = field(default_factory=list)
    broken: list[tuple[Arrival, str]] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The links that the stored document lacks."""
        return list(self.head.get(MISSING, [])) if self.head else []

    def refuse(self, arrival: Arrival, reason: str) -> None:
        self.refused.append((arrival, reason))
        self.fresh.remove(arrival)


def jobs_of(arrivals: Iterable[Arrival], directory: Directory, source: str) -> list[Job]:
    jobs: dict[str, Job] = {}
    for arrival in arrivals:
        invoice = invoice_id(arrival.key, arrival.resource, directory, source)
        document_id = invoice or arrival.key.document_id(source)
        jobs.setdefault(document_id, Job(document_id, invoice is not None, [])).arrivals.append(arrival)
    return list(jobs.values())


async def find_heads(jobs: list[Job]) -> None:
    """Looks up which documents are there already: one command for each collection."""
    wanted: dict[type[StoredDocument], dict[str, Job]] = defaultdict(dict)
    for job in jobs:
        for home in _homes(job):
            wanted[home][job.document_id] = job
    for home, by_id in wanted.items():
        async for head in exact(home).find({"_id": {"$in": list(by_id)}}, _HEAD):
            job = by_id[head["_id"]]
            if job.head is None or home is _homes(job)[0]:
                job.home, job.head = home, head


def _homes(job: Job) -> tuple[type[StoredDocument], ...]:
    if job.bill:
        return (Invoice,)
    homes = homes_of(job.arrivals[0].key.type)
    return (Record,) if Invoice in homes else homes


async def find_stored(jobs: Iterable[Job]) -> dict[str, Raw]:
    """The whole documents of jobs that change something stored."""
    wanted: dict[type[StoredDocument], list[str]] = defaultdict(list)
    for job in jobs:
        if job.home is not None:
            wanted[job.home].append(job.document_id)
    found: dict[str, Raw] = {}
    for home, ids in wanted.items():
        async for stored in exact(home).find({"_id": {"$in": ids}}):
            found[stored["_id"]] = stored
    return found


def compare(job: Job, copies: dict[Key, Place]) -> None:
    """Finds the fresh ones: new, or with another digest than the stored one and not older. ``copies`` tells which came already.

    A folder may hold several copies of a resource. The newest counts; where they differ and do not say which is newer
    (meta.lastUpdated), the first does and the others are refused, so that a second import does not turn them over.
    """
    digests = _digests(job)
    for arrival in job.arrivals:
        if arrival.digest == digests.get(str(arrival.key)):
            continue
        age = _age(arrival.resource, job)
        if age == "older":
            job.older.append(arrival)
            continue
        job.fresh.append(arrival)
        earlier = copies.get(arrival.key)
        if earlier and age != "newer":
            job.refuse(arrival, f"differs from the copy in {earlier}, and neither says which is newer (meta.lastUpdated)")


def _digests(job: Job) -> dict[str, str]:
    if job.head is None:
        return {}
    if job.bill:
        return {part["key"]: part["digest"] for part in job.head["imported_parts"]}
    return {str(job.arrivals[0].key): job.head["source"]["digest"]}


def _age(resource: Element, job: Job) -> str | None:
    """Whether a resource is ``newer`` or ``older`` than the stored one, where both say when they were updated last."""
    if job.head is None or job.bill:
        return None
    here = last_updated(resource)
    there = job.head["source"].get("last_updated")
    if here is None or there is None or here == there:
        return None
    return "newer" if here > there else "older"


def last_updated(resource: Element) -> datetime | None:
    """The resource's own meta.lastUpdated; None where it has none that can be read."""
    try:
        meta = resource.element("meta")
        return instant(meta, "lastUpdated") if meta else None
    except Refusal:
        return None
