"""recordPayment."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.invoice import PaymentMethod
from models.role import Role
from resolvers.billing.receiving import Receipt, record_payment
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import shown_errors
from schema.info import Info
from schema.invoice.payloads import PaymentPayload, payment_payload
from schema.node import id_of
from schema.provider.inputs import MoneyInput


@strawberry.input(description="Money that came in other than by card.")
class RecordPaymentInput:
    invoice: strawberry.ID = strawberry.field(description="What it is for.")
    amount: MoneyInput = strawberry.field(
        description="How much. Zero only for a remittance that says who pays instead of the insurer."
    )
    method: PaymentMethod = strawberry.field(description="CASH, CHECK, BANK_TRANSFER or INSURANCE.")
    reference: str | None = strawberry.field(default=None, description="The check's, transfer's or remittance's number.")
    received_at: datetime | None = strawberry.field(default=None, description="When it came; now when not given.")
    adjustment: MoneyInput | None = strawberry.field(
        default=None, description="Of an insurer: what nobody pays, beyond what was agreed."
    )
    transferred: MoneyInput | None = strawberry.field(
        default=None, description="Of an insurer: what the patient pays instead (denied, or more deductible than known)."
    )
    overpayment_to_credit: bool = strawberry.field(
        default=False, description="What is beyond the open balance becomes the patient's credit; else it is refused."
    )
    idempotency_key: str | None = strawberry.field(default=None, description="The same key and input give one answer.")

    def receipt(self) -> Receipt:
        return Receipt(
            invoice_id=id_of("Invoice", self.invoice, ["input", "invoice"]) or "",
            amount=self.amount.cleaned(["amount"]),
            method=self.method,
            reference=self.reference,
            received_at=self.received_at,
            adjustment=self.adjustment.cleaned(["adjustment"]) if self.adjustment else None,
            transferred=self.transferred.cleaned(["transferred"]) if self.transferred else None,
            overpayment_to_credit=self.overpayment_to_credit,
        )


@strawberry.type(description="The payment and its invoice, or why not.")
class RecordPaymentPayload(PaymentPayload):
    pass


@strawberry.type
class RecordPayment:
    @strawberry.mutation(
        description="Notes money that came in: in cash, by check or transfer, or an insurer's remittance.",
        directives=[auth(Role.STAFF)],
    )
    async def record_payment(
        self, info: Info, input: Annotated[RecordPaymentInput, strawberry.argument(description="The input.")]
    ) -> RecordPaymentPayload:
        try:
            payment_id = await record_payment(info.context, input.receipt(), input.idempotency_key)
        except Rejected as rejection:
            return RecordPaymentPayload(errors=shown_errors(rejection))
        shown = await payment_payload(info, payment_id)
        return RecordPaymentPayload(payment=shown.payment, invoice=shown.invoice, errors=[])
