"""Questions to ask in tests."""

from dataclasses import replace
from datetime import date

from models.coverage import SubscriberRelationship
from models.values import AdministrativeGender
from resolvers.eligibility.gateway import EligibilityQuestion, Insured

ALICE = Insured(given="Alice", family="Müller", birth_date=date(1980, 2, 29), gender=AdministrativeGender.FEMALE)
CHARLIE = Insured(given="Charlie", family="Müller", birth_date=date(2018, 1, 1), gender=AdministrativeGender.OTHER)

OWN = EligibilityQuestion(
    payer_id="60054",
    member_id="W123456",
    group_number="G1",
    subscriber=ALICE,
    dependent=None,
    relationship=SubscriberRelationship.SELF,
    service_types=("30", "98"),
    on=date(2026, 3, 2),
)
FOR_CHARLIE = replace(OWN, dependent=CHARLIE, relationship=SubscriberRelationship.CHILD)
