"""GET /invoices/{token}: an invoice as PDF."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ohms_graphql.invoice_pdf.composing import page_of
from ohms_graphql.invoice_pdf.page import InvoicePage
from ohms_graphql.sealed_links import SealedLinks
from resolvers.audit.settling import settle
from resolvers.billing.printing import read_invoice_as
from resolvers.context import RequestContext
from resolvers.errors import ExpectedError

OpenContext = Callable[[str | None, str], Awaitable[RequestContext]]

_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
}
_GONE = "This address is not good, or no longer."


def _drawn(page: InvoicePage) -> bytes:
    # Its library and its fonts take a third of a second and some memory: who prints nothing needs neither.
    from ohms_graphql.invoice_pdf.drawing import draw  # noqa: PLC0415

    return draw(page)


def invoice_routes(links: SealedLinks, open_context: OpenContext) -> list[Route]:
    """Who asks is known by the address alone; ``open_context(None, address)`` begins as nobody."""

    async def download(request: Request) -> Response:
        link = links.read(request.path_params["token"])
        if link is None:
            return PlainTextResponse(_GONE, 404, _HEADERS)
        context = await open_context(None, request.client.host if request.client else "")
        found = await read_invoice_as(context, link.account_id, link.document_id)
        try:
            await settle(context)
        except ExpectedError as unavailable:
            return PlainTextResponse(unavailable.message, 503, _HEADERS)
        if found is None:
            return PlainTextResponse(_GONE, 404, _HEADERS)
        headers = _HEADERS | {"content-disposition": f'attachment; filename="invoice-{found.invoice.number}.pdf"'}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="application/pdf")
        pdf = await asyncio.to_thread(_drawn, page_of(found))
        return Response(pdf, headers=headers, media_type="application/pdf")

    return [Route(links.path + "/{token}", download, methods=["GET"])]
