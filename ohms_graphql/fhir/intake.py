"""Taking resources in, a chunk at a time: compared with the database, mapped, written and counted."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from models.base import now
from models.record import Observation, Record
from models.source import new_source
from ohms_graphql.database import Database
from ohms_graphql.fhir.arrival import Arrival
from ohms_graphql.fhir.billing import plan_invoice, read
from ohms_graphql.fhir.changes import add_changed, add_links, add_new, home_of
from ohms_graphql.fhir.chunks import Chunk
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Refusal
from ohms_graphql.fhir.index import Standing
from ohms_graphql.fhir.jobs import Job, compare, find_heads, find_stored, jobs_of, last_updated
from ohms_graphql.fhir.keys import Key, key_of_entry
from ohms_graphql.fhir.kinds import TIERS, tier_of
from ohms_graphql.fhir.links import Links, PutOff
from ohms_graphql.fhir.mapping import map_resource
from ohms_graphql.fhir.mapping.results import joins_report
from ohms_graphql.fhir.plan import Frame, Options, Plan
from ohms_graphql.fhir.report import ImportReport, Place
from ohms_graphql.fhir.storage import Raw
from ohms_graphql.fhir.writing import Unit, write

# References whose target's name becomes part of the document.
_NAMED = ("medicationReference", "reasonReference", "payor")


@dataclass(slots=True)
class Intake:
    """``put_off`` collects the entries (file and ordinal) that wait for others of this import."""

    database: Database
    directory: Directory
    options: Options
    report: ImportReport
    put_off: set[tuple[int, int]] = field(default_factory=set)
    settled: int = 0
    _copies: dict[Key, Place] = field(default_factory=dict)

    async def take(self, chunk: Chunk) -> None:
        arrivals = chunk.arrivals
        for entry, refusal in chunk.refused:
            self.report.refuse(entry.place, key_of_entry(entry).type, str(refusal).removeprefix(": "))
        self.settled += len(chunk.refused)
        await self._stand_by_earlier([key_of_entry(entry) for entry, _ in chunk.refused])
        await self.directory.learn(reference for arrival in arrivals for _, reference in arrival.references)
        for tier in range(TIERS):
            waiting = [arrival for arrival in arrivals if tier_of(arrival.key.type) == tier]
            while waiting:
                batch = list({arrival.key: arrival for arrival in reversed(waiting)}.values())[::-1]
                taken = {id(arrival) for arrival in batch}
                waiting = [arrival for arrival in waiting if id(arrival) not in taken]
                await self._take_batch(batch)

    async def _take_batch(self, arrivals: list[Arrival]) -> None:
        """Arrivals of one tier, each resource once."""
        jobs = jobs_of(arrivals, self.directory, self.options.source)
        await find_heads(jobs)
        for job in jobs:
            compare(job, self._copies)
            if job.document_id in self.directory.merged:
                job.fresh.clear()  # the kept patient's profile stands
        at_work = [job for job in jobs if job.fresh or job.missing]
        await self.directory.learn_concepts(_named_by(at_work))
        stored = await find_stored(job for job in at_work if job.head)
        moment = now()
        units: list[Unit[Job]] = []
        waiting: set[int] = set()
        for job in jobs:
            unit = Unit(job)
            try:
                self._plan(job, unit, stored.get(job.document_id), moment)
            except PutOff:
                waiting.add(id(job))
                self.put_off.update((arrival.file, arrival.entry.ordinal) for arrival in job.arrivals)
                continue
            if unit.inserts or unit.updates:
                units.append(unit)
        linked = {unit.what.document_id for unit in units if not unit.what.fresh}
        for unit, reason in await write(self.database, units):
            linked.discard(unit.what.document_id)
            for arrival in list(unit.what.fresh):
                unit.what.refuse(arrival, reason)
        await self._settle([job for job in jobs if id(job) not in waiting], linked)

    def _plan(self, job: Job, unit: Unit[Job], stored: Raw | None, moment: datetime) -> None:
        """Puts into the unit what is to be written. Raises PutOff."""
        if not (job.fresh or job.missing or self._lacks_report(job)):
            return
        try:
            plan, missing = self._bill(job, stored) if job.bill else self._single(job)
        except (Refusal, ValidationError) as error:
            for arrival in list(job.fresh):
                job.refuse(arrival, _reason(error))
            return
        home = home_of(plan.document)
        if job.fresh and (stored is None or home is not job.home):
            add_new(unit, plan, missing)
            job.home = home
        elif job.fresh and stored is not None:
            add_changed(unit, plan, stored, missing, moment)
        elif not job.refused:
            self._fill_links(job, unit, plan, missing, moment)

    def _single(self, job: Job) -> tuple[Plan, list[str]]:
        arrival = job.arrivals[0]
        links = Links(self.directory, self.options.source)
        updated = last_updated(arrival.resource)
        source = new_source(self.options.source, str(arrival.key), arrival.digest, arrival.entry.content, updated)
        plan = map_resource(arrival.resource, Frame(arrival.key, source, links, self.options))
        job.broken = [(arrival, text) for text in links.broken]
        return plan, links.missing

    def _bill(self, job: Job, stored: Raw | None) -> tuple[Plan, list[str]]:
        """What is wrong in one of the resources does not keep the others out."""
        readings = []
        wrong: Refusal | None = None
        for arrival in list(job.fresh):
            try:
                reading = read(arrival.key, arrival.resource, self.directory, self.options)
            except Refusal as refusal:
                job.refuse(arrival, str(refusal))
                wrong = refusal
                continue
            readings.append(reading)
            job.broken += [(arrival, text) for text in reading.links.broken]
        if wrong and not readings:
            raise wrong
        parts = [(arrival.key, arrival.entry.content) for arrival in job.fresh]
        return plan_invoice(job.document_id, parts, readings, stored, self.directory, self.options)

    def _fill_links(self, job: Job, unit: Unit[Job], plan: Plan, missing: list[str], moment: datetime) -> None:
        if set(missing) < set(job.missing):
            add_links(unit, plan, job.missing, missing, moment)
        if self._lacks_report(job) and isinstance(plan.document, Observation) and plan.document.lab_report_id:
            unit.updates.append(joins_report(plan.document.id, plan.document.lab_report_id, plan.document.position))

    def _lacks_report(self, job: Job) -> bool:
        """Whether an observation stored without a report is listed by one of this import."""
        key = job.arrivals[0].key
        return job.head is not None and job.head.get("lab_report_id") is None and key in self.directory.index.report_of

    async def _settle(self, jobs: list[Job], linked: set[str]) -> None:
        """Counts, tells what is broken, and lets those go on that waited for these."""
        standing = self.directory.index.standing
        refused = []
        for job in jobs:
            for arrival, reason in job.refused:
                self.report.refuse(arrival.entry.place, arrival.key.type, reason)
                refused.append(arrival.key)
            gone = {id(arrival) for arrival, _ in job.refused}
            for arrival in job.arrivals:
                if id(arrival) in gone:
                    continue
                is_written = arrival in job.fresh or job.document_id in linked
                counts = self.report.of(arrival.key.type)
                counts.written += is_written
                counts.unchanged += not is_written
                standing[arrival.key] = Standing.READY
                if arrival.key.type == "Encounter" and job.home is Record:
                    self.directory.not_appointments.add(arrival.key)
                if arrival.key in self.directory.index.repeated and arrival not in job.older:
                    self._copies[arrival.key] = arrival.entry.place
                self._tell_broken(arrival, job)
            self.settled += len(job.arrivals)
        await self._stand_by_earlier(refused)

    def _tell_broken(self, arrival: Arrival, job: Job) -> None:
        texts = arrival.broken_references(self.directory) + [text for which, text in job.broken if which is arrival]
        for text in texts:
            self.report.broken_reference(arrival.entry.place, arrival.key.type, text)

    async def _stand_by_earlier(self, refused: list[Key]) -> None:
        """What was refused now may be in the database from an earlier import: others can still refer to that."""
        there = await self.directory.which_exist(set(refused)) if refused else set()
        for key in refused:
            self.directory.index.standing[key] = Standing.READY if key in there else Standing.REFUSED


def _reason(error: Refusal | ValidationError) -> str:
    """A validation error's own text quotes what it found: only the field is named."""
    if isinstance(error, Refusal):
        return str(error).removeprefix(": ")
    return f"{'.'.join(map(str, error.errors()[0]['loc']))}: does not fit the document"


def _named_by(jobs: list[Job]) -> list[str]:
    return [
        reference for job in jobs for arrival in job.arrivals for path, reference in arrival.references if path.startswith(_NAMED)
    ]
