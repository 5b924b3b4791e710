"""Writes of invoices and payments, gathered."""

import strawberry

from schema.invoice.mutations.apply_credit import ApplyCredit
from schema.invoice.mutations.cancel_invoice import CancelInvoice
from schema.invoice.mutations.create_invoice import CreateInvoice
from schema.invoice.mutations.credit_invoice import CreditInvoice
from schema.invoice.mutations.issue_invoice import IssueInvoice
from schema.invoice.mutations.pay_invoice import PayInvoice
from schema.invoice.mutations.record_payment import RecordPayment
from schema.invoice.mutations.refund_payment import RefundPayment
from schema.invoice.mutations.remove_kept_card import RemoveKeptCard
from schema.invoice.mutations.send_payment_link import SendPaymentLink
from schema.invoice.mutations.set_charge import SetCharge
from schema.invoice.mutations.update_invoice import UpdateInvoice


@strawberry.type
class InvoiceMutations(
    CreateInvoice,
    UpdateInvoice,
    CancelInvoice,
    IssueInvoice,
    CreditInvoice,
    PayInvoice,
    SendPaymentLink,
    RecordPayment,
    RefundPayment,
    ApplyCredit,
    RemoveKeptCard,
    SetCharge,
):
    pass
