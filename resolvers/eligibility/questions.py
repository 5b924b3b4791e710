"""A coverage and its patient as a question to the payer. Pure."""

from datetime import date

from models.coverage import Coverage, CoverageStatus, SubscriberRelationship
from models.patient import Patient
from models.values import AdministrativeGender
from resolvers.complaints import Complaints
from resolvers.eligibility.gateway import EligibilityQuestion, Insured
from resolvers.user_errors import InvalidInput


def question_about(
    coverage: Coverage, patient: Patient, payer_id: str, service_types: tuple[str, ...], on: date
) -> EligibilityQuestion:
    """Raises Rejected, with NOT_ASKABLE for each thing that the payer must be told and nobody knows."""
    own = coverage.relationship is SubscriberRelationship.SELF
    complaints = _missing(coverage, patient, own=own)
    complaints.check()
    person = Insured(
        given=" ".join(patient.name.given), family=patient.name.family, birth_date=patient.birth_date, gender=patient.gender
    )
    return EligibilityQuestion(
        payer_id=payer_id,
        member_id=str(coverage.member_id),
        group_number=None if coverage.group_number is None else str(coverage.group_number),
        subscriber=person if own else _subscriber(coverage),
        dependent=None if own else person,
        relationship=coverage.relationship,
        service_types=service_types,
        on=on,
    )


def _missing(coverage: Coverage, patient: Patient, *, own: bool) -> Complaints:
    complaints = Complaints()

    def needs(message: str) -> None:
        complaints.found.append(InvalidInput(message=message, code="NOT_ASKABLE", path=["coverage"]))

    if coverage.status is CoverageStatus.ENTERED_IN_ERROR:
        needs("The coverage was entered in error.")
    if not coverage.member_id:
        needs("The coverage has no member id.")
    if patient.birth_date is None:
        needs("The patient's birth date is not known.")
    if not own and not coverage.subscriber:
        needs("The subscriber's name is not known.")
    if not own and coverage.subscriber_birth_date is None:
        needs("The subscriber's birth date is not known.")
    if not own and coverage.subscriber_gender is None:
        needs("The subscriber's gender is not known.")
    return complaints


def _subscriber(coverage: Coverage) -> Insured:
    """The last word of the name is taken for the family's."""
    given, _, family = str(coverage.subscriber).strip().rpartition(" ")
    gender = coverage.subscriber_gender or AdministrativeGender.UNKNOWN
    return Insured(given=given, family=family, birth_date=coverage.subscriber_birth_date, gender=gender)
