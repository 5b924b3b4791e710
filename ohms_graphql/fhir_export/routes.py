"""GET /fhir/bundles/{token}: a patient's own copy as a FHIR Bundle, written while it is sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from models.base import StoredDocument, now
from models.exact_json import dumps
from models.patient import Patient
from models.record import LabReport
from ohms_graphql.fhir.keys import Key
from ohms_graphql.fhir_export.exporting import Exporter, Wanted, home_source
from ohms_graphql.fhir_export.values import Resource, instant
from ohms_graphql.sealed_links import SealedLinks
from resolvers.audit.settling import settle
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError
from resolvers.patient_copy import pages, read_patient

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]

_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
}
_GONE = "This address is not good, or no longer."


def bundle_routes(links: SealedLinks, open_context: OpenContext) -> list[Route]:
    """Who asks is known by the address alone; ``open_context(None, address)`` begins as nobody."""

    async def download(request: Request) -> Response:
        link = links.read(request.path_params["token"])
        if link is None:
            return PlainTextResponse(_GONE, 404, _HEADERS)
        context = await open_context(None, request.client.host if request.client else "")
        patient = await read_patient(context, link.account_id, link.document_id)
        try:
            await settle(context)
        except ExpectedError as unavailable:
            return PlainTextResponse(unavailable.message, 503, _HEADERS)
        if patient is None:
            return PlainTextResponse(_GONE, 404, _HEADERS)
        headers = _HEADERS | {"content-disposition": 'attachment; filename="health-record.fhir.json"'}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="application/fhir+json")
        return StreamingResponse(_bundle(context, patient, links.public_url), headers=headers, media_type="application/fhir+json")

    return [Route(links.path + "/{token}", download, methods=["GET"])]


async def _bundle(context: RequestContext, patient: Patient, public_url: str) -> AsyncIterator[bytes]:
    """A fault in the middle breaks the connection: what came before it is no JSON, and nobody takes it for whole."""
    exporter = Exporter(await home_source(), Wanted())
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": instant(now())}
    yield dumps(head)[:-1] + b',"entry":['
    comma = b""
    async for page in pages(context, patient):
        await exporter.learn(page)
        results = await _results(context, exporter, page)
        for document in page:
            for resource in exporter.resources(document, results):
                yield comma + dumps(_entry(_shown(resource), public_url))
                comma = b","
    yield b"]}"


async def _results(context: RequestContext, exporter: Exporter, page: list[StoredDocument]) -> dict[str, list[Key]]:
    """The observations of reports that were made here, as far as the caller sees them."""
    reports = [document.id for document in page if isinstance(document, LabReport) and document.source is None]
    found = await context.loaders.observations_of_report.load_many(reports)
    return {report: [exporter.key_of(each) for each in observations] for report, observations in zip(reports, found, strict=True)}


def _entry(resource: Resource, public_url: str) -> dict[str, Any]:
    return {"fullUrl": f"{public_url}/fhir/{resource['resourceType']}/{resource['id']}", "resource": resource}


def _shown(resource: Resource) -> Resource:
    """Practitioners and places with what the directory shows of them: their own addresses are not the patient's to read."""
    if resource["resourceType"] != "Practitioner":
        return resource
    return {name: value for name, value in resource.items() if name in _OF_PRACTITIONERS}


_OF_PRACTITIONERS = frozenset({"resourceType", "id", "meta", "identifier", "active", "name", "qualification", "communication"})
