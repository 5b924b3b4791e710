"""What people enter about coverages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import UNSET

from models.coverage import CoverageOrder, CoverageStatus, SubscriberRelationship
from models.values import AdministrativeGender, Period
from resolvers.coverage_writing.wish import CoverageWish
from resolvers.eligibility.recording import BenefitsTold
from schema.provider.inputs import MoneyInput


@strawberry.input(description="When a coverage holds: the start belongs to it, the end does not.")
class CoveragePeriodInput:
    start: datetime | None = strawberry.field(default=None, description="Null when it is not known.")
    end: datetime | None = strawberry.field(default=None, description="Null when it goes on.")


@strawberry.input
class CoverageFields:
    """What adding and updating share. Null clears."""

    plan_name: str | None = strawberry.field(default=UNSET, description="The plan.")
    member_id: str | None = strawberry.field(
        default=UNSET, description="The patient's number with the insurer, at most 80 characters; needed unless this is a draft."
    )
    group_number: str | None = strawberry.field(default=UNSET, description="The group's number.")
    subscriber: str | None = strawberry.field(
        default=UNSET, description="Who holds the policy, given name first; needed where that is not the patient."
    )
    subscriber_birth_date: date | None = strawberry.field(
        default=UNSET, description="Needed to ask the payer, where the patient is not the subscriber."
    )
    subscriber_gender: AdministrativeGender | None = strawberry.field(
        default=UNSET, description="Needed to ask the payer, where the patient is not the subscriber."
    )
    period: CoveragePeriodInput | None = strawberry.field(default=UNSET, description="When it holds.")

    def wish_of(
        self,
        payer: str | None,
        order: CoverageOrder | None,
        relationship: SubscriberRelationship | None,
        status: CoverageStatus | None,
    ) -> CoverageWish:
        given: dict[str, Any] = {
            "payer": payer,
            "order": order,
            "relationship": relationship,
            "status": status,
            **{name: getattr(self, name) for name in _TEXTS},
            "subscriber_birth_date": self.subscriber_birth_date,
            "subscriber_gender": self.subscriber_gender,
            "period": Period(start=self.period.start, end=self.period.end) if self.period else self.period,
        }
        said = {name: _stripped(value) for name, value in given.items() if value is not UNSET}
        cleared = frozenset(name for name, value in said.items() if value is None and name in _CLEARED_BY_NULL)
        return CoverageWish(**{name: value for name, value in said.items() if value is not None}, cleared=cleared)


_TEXTS = ("plan_name", "member_id", "group_number", "subscriber")
_CLEARED_BY_NULL = frozenset({*_TEXTS, "subscriber_birth_date", "subscriber_gender", "period"})


def _stripped(value: Any) -> Any:
    return value.strip() if type(value) is str else value


@strawberry.input(description="What staff were told that a plan pays. What is not given is not known, which is not zero.")
class BenefitsInput:
    deductible: MoneyInput | None = strawberry.field(default=None, description="What the patient pays before the plan does.")
    deductible_remaining: MoneyInput | None = strawberry.field(default=None, description="What is left of it.")
    copay: MoneyInput | None = strawberry.field(default=None, description="A fixed amount for each visit.")
    coinsurance_percent: Decimal | None = strawberry.field(
        default=None, description="The patient's share after the deductible, 0 to 100."
    )
    out_of_pocket_maximum: MoneyInput | None = strawberry.field(default=None, description="The most a patient pays in a year.")
    out_of_pocket_remaining: MoneyInput | None = strawberry.field(default=None, description="What is left of it.")

    def cleaned(self) -> BenefitsTold:
        """Raises Rejected for what is no currency code."""

        def money(given: MoneyInput | None, shown_as: str) -> Any:
            return None if given is None else given.cleaned(["benefits", shown_as])

        return BenefitsTold(
            deductible=money(self.deductible, "deductible"),
            deductible_remaining=money(self.deductible_remaining, "deductibleRemaining"),
            copay=money(self.copay, "copay"),
            coinsurance_percent=self.coinsurance_percent,
            out_of_pocket_maximum=money(self.out_of_pocket_maximum, "outOfPocketMaximum"),
            out_of_pocket_remaining=money(self.out_of_pocket_remaining, "outOfPocketRemaining"),
        )
