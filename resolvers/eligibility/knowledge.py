"""What is known of a coverage: the newest answer, not the newest asking. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.coverage import BenefitRow, Benefits, EligibilityCheck, EligibilityOutcome, Network

FRESH_FOR = timedelta(days=30)
"""Plans change by the month; an answer older than that is asked again."""

GENERAL = "30"
"""X12 service type: health benefit plan coverage."""

_ANSWERED = frozenset({EligibilityOutcome.COMPLETE, EligibilityOutcome.PARTIAL})


def answers(checks: Sequence[EligibilityCheck]) -> list[EligibilityCheck]:
    """Those that say whether the patient is covered, newest first. A payer that is down hides none of them."""
    found = [check for check in checks if check.outcome in _ANSWERED and check.in_force is not None]
    return sorted(found, key=lambda check: (check.checked_at, check.id), reverse=True)


def is_stale(check: EligibilityCheck, instant: datetime) -> bool:
    """Whether an answer is too old to rely on: after 30 days, and once a new plan year has begun."""
    return check.checked_at + FRESH_FOR <= instant or check.checked_at.year != instant.year


def known_benefits(
    checks: Sequence[EligibilityCheck], service_type: str, *, in_network: bool
) -> tuple[EligibilityCheck, BenefitRow] | None:
    """The newest answer and its row for a service: the row of another service type than GENERAL is no help.

    An answer that says no more than whether the coverage is in force has an empty row, unless an older one of the same plan year
    says more: then that one's row stands beside the newer answer. None where nobody has answered.
    """
    found = answers(checks)
    if not found:
        return None
    newest = found[0]
    for check in found:
        if check.checked_at.year != newest.checked_at.year or not check.in_force:
            break
        row = _row(check, service_type, in_network=in_network)
        if row is not None:
            return (check, row) if check is newest or newest.in_force else (newest, BenefitRow(service_type=service_type))
    return newest, BenefitRow(service_type=service_type)


def _row(check: EligibilityCheck, service_type: str, *, in_network: bool) -> BenefitRow | None:
    """The most exact row, filled up from the less exact ones: payers state a plan's deductible once, under GENERAL."""
    network = Network.IN if in_network else Network.OUT
    found: BenefitRow | None = None
    for wanted_type in dict.fromkeys((service_type, GENERAL)):
        for wanted_network in (network, Network.ANY):
            for row in check.benefit_rows:
                if row.service_type == wanted_type and row.network is wanted_network:
                    found = row if found is None else _filled(found, row)
    if not check.benefit_rows and check.benefits is not None and check.service_type in {service_type, GENERAL}:
        # Stored before answers had rows.
        return BenefitRow(service_type=check.service_type, covered=check.in_force, benefits=check.benefits)
    return found


_TOGETHER = (
    ("deductible", "deductible_remaining"),
    ("out_of_pocket_maximum", "out_of_pocket_remaining"),
    ("copay",),
    ("coinsurance_percent",),
)
"""What is left of a limit is no answer beside another row's limit."""


def _filled(row: BenefitRow, more: BenefitRow) -> BenefitRow:
    said = dict(row.benefits)
    for names in _TOGETHER:
        if all(said[name] is None for name in names):
            said.update({name: getattr(more.benefits, name) for name in names})
    covered = row.covered if row.covered is not None else more.covered
    return row.model_copy(update={"benefits": Benefits(**said), "covered": covered})
