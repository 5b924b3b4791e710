"""Walking through the database, a batch at a time, from documents to lines of NDJSON."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.appointment import Appointment, ScheduleEvent
from models.base import StoredDocument, now
from models.billing_account import BillingAccount
from models.charge_definition import ChargeDefinition
from models.coverage import Coverage, EligibilityCheck
from models.exact_json import dumps
from models.imported_resource import ImportedResource
from models.invoice import Invoice, InvoiceStatus, Payment
from models.ledger import LedgerEntry
from models.number_series import NumberSeries
from models.organization import Organization
from models.patient import Patient
from models.payer import Payer
from models.provider import Provider
from models.record import LabReport, Observation, Record, RecordVersion
from models.visit_type import VisitType
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir_export.composing import composed_imported, composed_new, resource_type_of
from ohms_graphql.fhir_export.files import REST, ExportFolder, State
from ohms_graphql.fhir_export.names import Names, own_name
from ohms_graphql.fhir_export.remainder import line_of
from ohms_graphql.fhir_export.sources import unbundled, urns_in
from ohms_graphql.fhir_export.urns import Urns
from ohms_graphql.fhir_export.values import Resource, instant

Progress = Callable[[str, int, int], None]

BATCH = 500
_RESOURCES: tuple[type[StoredDocument], ...] = (
    Organization,
    Provider,
    Patient,
    Appointment,
    Coverage,
    Record,
    Invoice,
    Payment,
    ImportedResource,
)
_BESIDE: tuple[type[StoredDocument], ...] = (
    VisitType,
    EligibilityCheck,
    ScheduleEvent,
    RecordVersion,
    Payer,
    ChargeDefinition,
    BillingAccount,
    LedgerEntry,
    NumberSeries,
)
"""No resources of their own; kept in the file beside them."""

_OF_A_PATIENT = frozenset(
    {
        Appointment,
        Coverage,
        Record,
        Invoice,
        Payment,
        EligibilityCheck,
        ScheduleEvent,
        RecordVersion,
        BillingAccount,
        LedgerEntry,
    }
)
DEFAULT_HOME = "urn:ohms:fhir"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``types`` are FHIR resource types, all when empty; ``patient_id`` leaves out other patients and all that is nobody's."""

    types: frozenset[str] = frozenset()
    patient_id: str | None = None


async def export_fhir(folder: Path, wanted: Wanted, progress: Progress) -> State:
    """Writes a FHIR R4 export, or goes on with one that was broken off. Raises OhmsError where the folder does not allow it."""
    files = ExportFolder(folder)
    asked: dict[str, object] = {"types": sorted(wanted.types), "patient": wanted.patient_id}
    state = files.resume(asked)
    if state is None:
        state = State(asked=asked, home=await home_source(), started_at=str(instant(now())))
        files.mark(state)
    exporter = Exporter(state.home, wanted)
    for kind in (*_RESOURCES, *(() if wanted.types else _BESIDE)):
        if kind.__name__ not in state.finished and not _is_left_out(kind, wanted):
            await _walk(kind, files, state, exporter, progress)
            state.finished.append(kind.__name__)
            files.mark(state)
    files.finish(_manifest(state))
    return state


async def home_source() -> str:
    """The source whose ids stay as they are."""
    systems = await Patient.get_pymongo_collection().distinct("source.system", {"source": {"$ne": None}})
    return min(systems) if systems else DEFAULT_HOME


def _is_left_out(kind: type[StoredDocument], wanted: Wanted) -> bool:
    return wanted.patient_id is not None and kind is not Patient and kind not in _OF_A_PATIENT


async def _walk(kind: type[Any], files: ExportFolder, state: State, exporter: "Exporter", progress: Progress) -> None:
    name = kind.__name__
    within = exporter.within(kind)
    total = await kind.get_pymongo_collection().count_documents(within)
    done = 0
    if after := state.after.get(name):
        done = await kind.get_pymongo_collection().count_documents({**within, "_id": {"$lte": after, **within.get("_id", {})}})
    while True:
        rest = {**within, "_id": {**within.get("_id", {}), "$gt": state.after.get(name, "")}}
        batch = await kind.find(rest, with_children=kind is Record).sort("+_id").limit(BATCH).to_list()
        if not batch:
            return
        lines = await exporter.lines(kind, batch)
        files.write(lines)
        for file, found in lines.items():
            state.counts[file] = state.counts.get(file, 0) + len(found)
        state.after[name] = batch[-1].id
        files.mark(state)
        done += len(batch)
        progress(f"Exporting {name}", done, max(total, done))
        await asyncio.sleep(0)


def _manifest(state: State) -> dict[str, object]:
    """As of FHIR's Bulk Data Access; ``source`` is what ``ohms import-fhir --restore`` asks for."""
    output = [
        {"type": name.removesuffix(".ndjson"), "url": name, "count": count}
        for name, count in sorted(state.counts.items())
        if name != REST
    ]
    told = {"transactionTime": state.started_at, "requiresAccessToken": False, "output": output, "error": []}
    return {**told, "source": state.home}


def _changed_here(invoice: Invoice) -> list[str]:
    """What an import of the claim and its explanations would not find: that the rest was paid here, or asked for again."""
    as_imported = InvoiceStatus.ISSUED if invoice.patient_responsibility.minor_units else InvoiceStatus.BALANCED
    return ["status"] if invoice.status in {InvoiceStatus.ISSUED, InvoiceStatus.BALANCED} - {as_imported} else []


class Exporter:
    def __init__(self, home: str, wanted: Wanted) -> None:
        self._home = home
        self._wanted = wanted
        self.names = Names(home)
        self._urns: dict[str, Urns] = {}
        self._imported_invoices: set[str] = set()

    def within(self, kind: type[Any]) -> dict[str, Any]:
        patient_id = self._wanted.patient_id
        if patient_id is None:
            return {}
        return {"_id": {"$in": [patient_id]}} if kind is Patient else {"patient_id": patient_id}

    async def lines(self, kind: type[Any], documents: list[Any]) -> dict[str, list[bytes]]:
        """By file."""
        found: dict[str, list[bytes]] = defaultdict(list)
        if kind in _BESIDE:
            for document in documents:
                found[REST].append(dumps(line_of(document, [], whole=True)))
            return found
        await self.learn(documents)
        results = await self._results([document for document in documents if isinstance(document, LabReport)])
        for document in documents:
            for resource, rest, whole in self._composed(document, results):
                if not self._wanted.types or resource["resourceType"] in self._wanted.types:
                    found[f"{resource['resourceType']}.ndjson"].append(dumps(resource))
                    line = line_of(document, rest, whole=whole)
                    if line is not None and not self._wanted.types:
                        found[REST].append(dumps(line))
        return found

    async def learn(self, documents: list[Any]) -> None:
        """What the documents refer to, in a handful of commands."""
        await self.names.learn(documents)
        invoices = sorted({document.invoice_id for document in documents if isinstance(document, Payment)})
        within = {"_id": {"$in": invoices}, "source": {"$ne": None}}
        self._imported_invoices = set(await Invoice.get_pymongo_collection().distinct("_id", within)) if invoices else set()
        by_source: dict[str, list[Any]] = defaultdict(list)
        for document in documents:
            if getattr(document, "source", None) is not None:
                by_source[document.source.system].append(document.source.resource)
        for system, resources in by_source.items():
            urns = self._urns.setdefault(system, Urns(system))
            await urns.learn(urn for resource in resources for urn in urns_in(resource))

    def key_of(self, document: Any) -> Key:
        return own_name(document.source, self._home, resource_type_of(document), document.id)

    def resources(self, document: Any, results: dict[str, list[Key]] | None = None) -> list[Resource]:
        """Of a document whose links were learned."""
        return [resource for resource, _, _ in self._composed(document, results or {})]

    def _composed(self, document: Any, results: dict[str, list[Key]]) -> list[tuple[Resource, list[str], bool]]:
        if isinstance(document, Payment) and document.invoice_id in self._imported_invoices and document.recorded_by_id is None:
            return []  # in the explanation of benefit that told of it
        source = getattr(document, "source", None)
        if source is None:
            key = Key(resource_type_of(document), document.id)
            more = {"result": [{"reference": str(each)} for each in results[document.id]]} if document.id in results else None
            made = composed_new(document, key, self.names, more)
            return [(made.resource, made.rest, made.whole)]
        came = unbundled(source.resource, self._rename(source.system), self._urns[source.system].type_of)
        if isinstance(document, Invoice):
            rest = _changed_here(document)
            resources = [self._named(entry["resource"], source.system) for entry in came["entry"]]
            return [(resource, [] if place else rest, False) for place, resource in enumerate(resources)]
        if isinstance(document, ImportedResource):
            return [(self._named(came, source.system), [], False)]
        kept = composed_imported(document, own_name(source, self._home, "", document.id), came, self.names)
        return [(kept.resource, kept.rest, False)]

    def _named(self, resource: Resource, system: str) -> Resource:
        key = self._rename(system)(Key(resource["resourceType"], resource.get("id", "")))
        return {**resource, "id": key.id} if key.id else resource

    def _rename(self, system: str) -> Callable[[Key], Key]:
        if system == self._home:
            return lambda key: key
        return lambda key: Key(key.type, key.document_id(system)) if key.id else key

    async def _results(self, reports: list[LabReport]) -> dict[str, list[Key]]:
        """The observations of reports that were made here, by report, in order."""
        made_here = [report.id for report in reports if report.source is None]
        found: dict[str, list[Key]] = defaultdict(list)
        if made_here:
            within = {"lab_report_id": {"$in": made_here}}
            for each in await Observation.find(within).sort("+lab_report_id", "+position", "+_id").to_list():
                if each.lab_report_id is not None:
                    found[each.lab_report_id].append(self.key_of(each))
        return found
