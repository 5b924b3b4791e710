"""What people enter about a coverage, checked. Every complaint names the input's path."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.coverage import Coverage, CoverageOrder, CoverageStatus, SubscriberRelationship
from models.values import AdministrativeGender, Period
from resolvers.complaints import Complaints
from resolvers.profile import OLDEST_BIRTH_YEARS

MOST_MEMBER_ID = 80
"""X12 NM109."""

SHOWN_AS = {
    "status": "status",
    "order": "order",
    "payer": "payer",
    "plan_name": "planName",
    "member_id": "memberId",
    "group_number": "groupNumber",
    "subscriber": "subscriber",
    "subscriber_birth_date": "subscriberBirthDate",
    "subscriber_gender": "subscriberGender",
    "relationship": "relationship",
    "period": "period",
}
"""The fields of a coverage that people enter, as callers type them."""

_TEXTS = ("payer", "plan_name", "group_number", "subscriber")
_EMPTY: dict[str, Any] = {"period": Period()}
_NEVER_EMPTY = ("status", "order", "payer", "relationship")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageWish:
    """What was given; None is "not given", except for ``cleared``, the fields that were given as null."""

    status: CoverageStatus | None = None
    order: CoverageOrder | None = None
    payer: str | None = None
    plan_name: str | None = None
    member_id: str | None = None
    group_number: str | None = None
    subscriber: str | None = None
    subscriber_birth_date: date | None = None
    subscriber_gender: AdministrativeGender | None = None
    relationship: SubscriberRelationship | None = None
    period: Period | None = None
    cleared: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        """The fields given, as the document names them; None (or an open period) for what is cleared."""
        values = {name: value for name in SHOWN_AS if (value := getattr(self, name)) is not None}
        return values | {name: _EMPTY.get(name) for name in SHOWN_AS if name in self.cleared}


def check_fields(wish: CoverageWish, today: date) -> None:
    """What can be told of each field by itself. Raises Rejected with every complaint at once."""
    complaints = Complaints()
    for name in _NEVER_EMPTY:
        if name in wish.cleared:
            complaints.add([SHOWN_AS[name]], "Cannot be cleared.")
    for name in _TEXTS:
        complaints.text([SHOWN_AS[name]], getattr(wish, name), required=True)
    complaints.text(["memberId"], wish.member_id, required=True, most=MOST_MEMBER_ID)
    born = wish.subscriber_birth_date
    if born is not None and born > today:
        complaints.add(["subscriberBirthDate"], f"{born} is in the future.")
    if born is not None and today.year - born.year > OLDEST_BIRTH_YEARS:
        complaints.add(["subscriberBirthDate"], f"{born} is more than {OLDEST_BIRTH_YEARS} years ago.")
    period = wish.period
    if period is not None and period.start is not None and period.end is not None and period.end <= period.start:
        complaints.add(["period", "end"], f"Is not after the start ({period.start.isoformat()}).")
    complaints.check()


def check_whole(coverage: Coverage) -> None:
    """What its fields must be together, unless it is a draft or no longer counts. Raises Rejected."""
    if coverage.status is not CoverageStatus.ACTIVE:
        return
    complaints = Complaints()
    if not coverage.member_id:
        complaints.add(["memberId"], "Is needed, unless this is a draft.")
    if coverage.relationship is not SubscriberRelationship.SELF and not coverage.subscriber:
        complaints.add(["subscriber"], "Is needed where the patient is not the subscriber, unless this is a draft.")
    complaints.check()
