"""Asking the graph about money, shortly."""

from dataclasses import dataclass
from typing import Any

from models.invoice import Invoice, Payment
from models.ledger import LedgerEntry
from resolvers.billing.books import read_books
from resolvers.billing.verifying import Finding, verify_ledger
from schema.node import global_id, read_global_id
from tests.graph import Graph, gid

INVOICE = """id number status revision total { minorUnits currency } insurance { minorUnits } patientResponsibility { minorUnits }
  adjustment { minorUnits } balance { minorUnits } insuranceBalance { minorUnits } paid { minorUnits } refunded { minorUnits }
  benefitsKnown dueOn lines { description quantity amount { minorUnits } discount { minorUnits } tax { minorUnits } }
  explanation { label rule amount { minorUnits } runningTotal { minorUnits } }"""
PAYMENT = """id status method amount { minorUnits } refunds { id amount { minorUnits } status } failureReason
  disputes { status amount { minorUnits } }"""
ERRORS = "errors { __typename code path message }"

_PAYLOADS = {
    "createInvoice": f"invoice {{ {INVOICE} }} unpriced {{ text }} {ERRORS}",
    "updateInvoice": f"invoice {{ {INVOICE} }} {ERRORS}",
    "cancelInvoice": f"invoice {{ {INVOICE} }} {ERRORS}",
    "issueInvoice": f"invoice {{ {INVOICE} }} {ERRORS}",
    "creditInvoice": f"creditNote {{ {INVOICE} creditReason }} invoice {{ {INVOICE} }} {ERRORS}",
    "recordPayment": f"payment {{ {PAYMENT} }} invoice {{ {INVOICE} }} {ERRORS}",
    "refundPayment": f"payment {{ {PAYMENT} }} invoice {{ {INVOICE} }} {ERRORS}",
    "applyCredit": f"payments {{ {PAYMENT} }} invoice {{ {INVOICE} }} {ERRORS}",
    "payInvoice": f"payment {{ {PAYMENT} }} invoice {{ {INVOICE} }} clientSecret publishableKey {ERRORS}",
    "sendPaymentLink": f"payment {{ {PAYMENT} }} expiresAt {ERRORS}",
    "removeKeptCard": f"removed {ERRORS}",
    "setCharge": f"charge {{ id code description price {{ minorUnits }} taxPercent }} {ERRORS}",
}


def usd(minor_units: int) -> dict[str, Any]:
    return {"minorUnits": minor_units}


def line(minor_units: int = 10_000, description: str = "Consultation", **given: Any) -> dict[str, Any]:
    return {"description": description, "unitPrice": usd(minor_units), **given}


@dataclass
class Till:
    graph: Graph

    async def do(self, mutation: str, caller: str = "staff", /, **given: Any) -> Any:
        """The payload of a mutation."""
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {_PAYLOADS[mutation]} }} }}"
        return (await self.graph.data(caller, query, input=given))[mutation]

    async def well(self, mutation: str, caller: str = "staff", /, **given: Any) -> Any:
        """The payload of one that must go well."""
        payload = await self.do(mutation, caller, **given)
        assert payload["errors"] == []
        return payload

    async def refusals(self, mutation: str, caller: str = "staff", /, **given: Any) -> list[tuple[str, str]]:
        """Codes and paths."""
        payload = await self.do(mutation, caller, **given)
        return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]

    async def draft(self, *lines: dict[str, Any], patient: Any = None, **given: Any) -> Any:
        of = patient or self.graph.clinic.alice
        return (await self.well("createInvoice", patient=gid(of), lines=list(lines) or [line()], **given))["invoice"]

    async def issued(self, minor_units: int = 10_000, patient: Any = None, **given: Any) -> Any:
        draft = await self.draft(line(minor_units), patient=patient, insured=False, **given)
        return (await self.well("issueInvoice", id=draft["id"]))["invoice"]

    async def read(self, invoice: Any) -> Any:
        query = f"query ($id: ID!) {{ invoice(id: $id) {{ {INVOICE} payments {{ {PAYMENT} }} }} }}"
        return (await self.graph.data("staff", query, id=invoice["id"]))["invoice"]

    async def money(self, patient: Any = None) -> tuple[int, int]:
        """Balance and credit of a patient."""
        query = "query ($id: ID!) { patient(id: $id) { balance { minorUnits } credit { minorUnits } } }"
        found = (await self.graph.data("staff", query, id=gid(patient or self.graph.clinic.alice)))["patient"]
        return found["balance"]["minorUnits"], found["credit"]["minorUnits"]

    async def positions(self, invoice: Any) -> dict[str, int]:
        """What the ledger says of an invoice, by account."""
        invoice_id = document_id(invoice["id"])
        return {str(account): units for account, units in (await read_books([invoice_id]))[invoice_id].booked.items()}

    async def findings(self) -> list[Finding]:
        """What `ohms ledger verify` finds wrong; and each entry sums to zero."""
        for entry in await LedgerEntry.find_all().to_list():
            assert sum(posting.minor_units for posting in entry.postings) == 0
        return [finding async for finding in verify_ledger()]


def document_id(global_: str) -> str:
    return read_global_id(global_, [])[1]


async def stored_invoice(invoice: Any) -> Invoice:
    found = await Invoice.get(document_id(invoice["id"]))
    assert found is not None
    return found


async def stored_payment(payment: Any) -> Payment:
    found = await Payment.get(document_id(payment["id"]))
    assert found is not None
    return found


def payment_gid(payment_id: str) -> str:
    return global_id("Payment", payment_id)
