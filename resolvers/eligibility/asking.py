"""Asking a payer whether a coverage holds, and storing the answer: what is asked is outside of any transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.coverage import Benefits, Coverage, CoverageStatus, EligibilityCheck, EligibilityOutcome, EligibilitySource
from models.patient import Patient
from models.payer import Payer
from resolvers.billing.working_out import work_out_drafts
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.coverage_writing.book import open_book
from resolvers.coverage_writing.rights import no_coverage, visible_coverage
from resolvers.eligibility.gateway import EligibilityAnswer
from resolvers.eligibility.knowledge import known_benefits
from resolvers.eligibility.questions import question_about
from resolvers.idempotency import Answer, answered_before, once
from resolvers.payers import payer_named
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, Rejected

USUAL_SERVICES = ("30", "98")
"""The plan as a whole, and a visit at a practice."""

_MOST_SERVICES = 10
_SERVICE_TYPE = re.compile(r"[A-Z0-9]{1,3}")
_ASKED_ABOUT = ("patient_id", "payer", "member_id", "relationship", "subscriber", "subscriber_birth_date")
_MUTATION = "verifyCoverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifying:
    """``on`` None: today."""

    coverage_id: str
    service_types: Sequence[str] = USUAL_SERVICES
    on: date | None = None


async def verify_coverage(context: RequestContext, wish: Verifying, key: str | None) -> str:
    """The id of the check. That the payer does not answer is stored, too, and is no error of the caller's.

    Raises Rejected: NotFound, InvalidInput (PAYER_NOT_SET_UP, ELIGIBILITY_NOT_SET_UP, NOT_ASKABLE), Conflict.
    """
    await visible_coverage(context, wish.coverage_id, ["coverage"])
    _check(wish, context.access.instant.date())
    noted = {"coverage": wish.coverage_id, "services": list(wish.service_types), "on": wish.on}
    given = await answered_before(context, _MUTATION, key, noted)
    if given is not None:
        return str(given["id"])
    asked = await ask_payer(context, wish)

    async def work(session: Session) -> Answer:
        return {"id": await store_answer(context, session, wish, asked)}

    answer = await once(context, _MUTATION, key, noted, work)
    return str(answer["id"])


def _check(wish: Verifying, today: date) -> None:
    complaints = Complaints()
    services = wish.service_types
    if not services or len(set(services)) < len(services):
        complaints.add(["serviceTypes"], "Give at least one, and each once.")
    complaints.items(["serviceTypes"], services, most=_MOST_SERVICES)
    for number, service in enumerate(services):
        check_service_type(complaints, ["serviceTypes", str(number)], service)
    if wish.on is not None and wish.on.year != today.year:
        # What is left of a limit is of the plan year that the answer is stored in.
        complaints.add(["on"], f"Is in {wish.on.year}; a day of this year can be asked about.")
    complaints.check()


def check_service_type(complaints: Complaints, path: list[str], code: str) -> None:
    if not _SERVICE_TYPE.fullmatch(code):
        complaints.add(path, "Is not an X12 service type code such as 30 or 98.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about what, and the answer."""

    coverage: Coverage
    payer: Payer
    answer: EligibilityAnswer


async def ask_payer(context: RequestContext, wish: Verifying) -> Asked:
    """Raises Rejected."""
    gateway = context.ports.eligibility
    if not gateway.is_set_up:
        message = "No clearing house is set up: ask the payer by telephone, and record the answer."
        raise Rejected(InvalidInput(message=message, code="ELIGIBILITY_NOT_SET_UP", path=[]))
    coverage = await Coverage.get(wish.coverage_id)
    patient = None if coverage is None else await Patient.get(coverage.patient_id)
    if coverage is None or patient is None:
        raise Rejected(no_coverage(["coverage"]))
    payer = await payer_named(coverage.payer)
    if payer is None or payer.electronic_number is None or not payer.active:
        message = "The payer has no electronic id here (`setPayer`): ask by telephone, and record the answer."
        raise Rejected(InvalidInput(message=message, code="PAYER_NOT_SET_UP", path=["coverage"]))
    day = wish.on or context.access.instant.date()
    question = question_about(coverage, patient, payer.electronic_number, tuple(wish.service_types), day)
    return Asked(coverage, payer, await gateway.ask(question))


async def store_answer(context: RequestContext, session: Session, wish: Verifying, asked: Asked) -> str:
    """The check's id. Raises Rejected: Conflict where the coverage has become another's meanwhile."""
    coverage = await Coverage.get(wish.coverage_id, session=session)
    if coverage is None:
        raise Rejected(no_coverage(["coverage"]))
    await open_book(session, coverage.patient_id)
    changed = any(getattr(coverage, name) != getattr(asked.coverage, name) for name in _ASKED_ABOUT)
    if changed or coverage.status is CoverageStatus.ENTERED_IN_ERROR:
        raise Rejected(Conflict(message="The coverage was changed while the payer was asked: ask again.", path=["coverage"]))
    answer, service = asked.answer, wish.service_types[0]
    check = EligibilityCheck(
        coverage_id=coverage.id,
        patient_id=coverage.patient_id,
        outcome=answer.outcome,
        in_force=None if answer.outcome is EligibilityOutcome.ERROR else answer.in_force,
        answered_by=EligibilitySource.PAYER,
        service_type=service,
        checked_at=context.ports.clock(),
        checked_by_id=context.principal.account_id,
        benefit_rows=answer.rows,
        message=answer.message,
        reference=answer.reference,
    )
    known = known_benefits([check], service, in_network=asked.payer.in_network)
    check.benefits = None if known is None or known[1].benefits == Benefits() else known[1].benefits
    await check.insert(session=session)
    await work_out_drafts(session, coverage.patient_id, context.access.instant)
    context.trail.changed("EligibilityCheck", check.id, coverage.patient_id, ["outcome", "in_force", "benefits"])
    return check.id
