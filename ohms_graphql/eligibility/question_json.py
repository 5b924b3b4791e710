"""A question as the clearing house takes it: X12 270 in JSON."""

from datetime import date
from typing import Any

from models.coverage import SubscriberRelationship
from models.values import AdministrativeGender
from resolvers.eligibility.gateway import EligibilityQuestion, Insured

_GENDER = {AdministrativeGender.MALE: "M", AdministrativeGender.FEMALE: "F"}
"""X12 has no code for others."""

_RELATIONSHIP = {SubscriberRelationship.SPOUSE: "01", SubscriberRelationship.CHILD: "19", SubscriberRelationship.OTHER: "G8"}
"""X12 individual relationship codes (INS02)."""


def question_json(question: EligibilityQuestion, *, control_number: str, organization: str, npi: str) -> dict[str, Any]:
    subscriber = {"memberId": question.member_id, **_person(question.subscriber)}
    if question.group_number:
        subscriber["groupNumber"] = question.group_number
    asked: dict[str, Any] = {
        "controlNumber": control_number,
        "tradingPartnerServiceId": question.payer_id,
        "provider": {"organizationName": organization, "npi": npi},
        "subscriber": subscriber,
        "encounter": {"serviceTypeCodes": list(question.service_types), "dateOfService": _day(question.on)},
    }
    if question.dependent is not None:
        code = _RELATIONSHIP.get(question.relationship, "G8")
        asked["dependents"] = [{**_person(question.dependent), "relationshipCode": code}]
    return asked


def _person(person: Insured) -> dict[str, str]:
    told = {"firstName": person.given, "lastName": person.family}
    if person.birth_date is not None:
        told["dateOfBirth"] = _day(person.birth_date)
    if person.gender in _GENDER:
        told["gender"] = _GENDER[person.gender]
    return told


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
