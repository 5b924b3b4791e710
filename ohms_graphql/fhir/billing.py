"""Bringing claims and explanations of benefit together, also with what an earlier import brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.invoice import InvoiceSource
from models.source import new_source
from ohms_graphql.fhir.directory import Directory
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.index import reference_in
from ohms_graphql.fhir.keys import Key, id_in_urn
from ohms_graphql.fhir.kinds import BILLING
from ohms_graphql.fhir.links import Links
from ohms_graphql.fhir.mapping.claims import Benefit, Billed, is_bill, read_benefit, read_claim
from ohms_graphql.fhir.mapping.invoices import Parts, map_invoice
from ohms_graphql.fhir.plan import Frame, Options, Plan
from ohms_graphql.fhir.storage import Raw


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim or explanation that has been understood, and the links it makes."""

    key: Key
    billed: Billed
    links: Links


def invoice_id(key: Key, resource: Element, directory: Directory, source: str) -> str | None:
    """The invoice that a resource belongs to: the one of the claim that it is or answers. None for what is no bill.

    An explanation goes by the claim's id even before the claim has come, so that both meet whichever is first.
    """
    if key.type not in BILLING or not is_bill(resource):
        return None
    if key.type == "Claim" or not isinstance(resource.raw("claim"), dict):
        return key.document_id(source)
    holder = resource.raw("claim").get("reference")
    reference = holder if isinstance(holder, str) else ""
    claim = directory.find(reference).key
    if claim is None and (claim_id := id_in_urn(reference)):
        claim = Key("Claim", claim_id)
    return (claim if claim and claim.type == "Claim" else key).document_id(source)


def read(key: Key, resource: Element, directory: Directory, options: Options) -> Reading:
    """Raises Refusal or PutOff."""
    links = Links(directory, options.source)
    if key.type != "Claim":
        reference_in(resource, "claim")
    # The source of the invoice is made of its parts later on.
    frame = Frame(key, new_source(options.source, str(key), "", {}), links, options)
    billed = read_claim(resource, frame) if key.type == "Claim" else read_benefit(resource, frame)
    return Reading(key, billed, links)


def stored_parts(stored: Raw | None) -> dict[Key, dict[str, Any]]:
    """The resources that the invoice in the database was made of."""
    if stored is None:
        return {}
    found = {}
    whole = InvoiceSource(sealed=stored["source"]["content"]).plain["resource"]
    for part, entry in zip(stored["imported_parts"], whole["entry"], strict=True):
        resource_type, _, resource_id = part["key"].partition("/")
        found[Key(resource_type, resource_id)] = entry["resource"]
    return found


def plan_invoice(
    document_id: str,
    arrivals: Iterable[tuple[Key, dict[str, Any]]],
    readings: list[Reading],
    stored: Raw | None,
    directory: Directory,
    options: Options,
) -> tuple[Plan, list[str]]:
    """The invoice of the parts that arrived and were understood, and of those stored before; the links that it lacks."""
    resources = stored_parts(stored)
    understood = {reading.key: reading for reading in readings}
    resources |= {key: resource for key, resource in arrivals if key in understood}
    for key, resource in resources.items():
        if key not in understood:
            understood[key] = read(key, Element(resource), directory, options)
    billed = [understood[key].billed for key in sorted(understood, key=lambda key: key.id)]
    claim = next((found for found in billed if not isinstance(found, Benefit)), None)
    benefits = [found for found in billed if isinstance(found, Benefit)]
    answered = any(key in directory.index.answered for key in resources)
    parts = Parts(document_id, resources)
    plan = map_invoice(parts, claim, benefits, options, known=stored is not None, answered=answered)
    missing = {name for reading in understood.values() for name in reading.links.missing}
    return plan, sorted(missing)
