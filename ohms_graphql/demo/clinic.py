"""All of the demo clinic, as documents; nothing here touches a database."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from models.base import StoredDocument
from ohms_graphql.demo.accounts import accounts
from ohms_graphql.demo.billing import Books, check, coverages
from ohms_graphql.demo.education import articles
from ohms_graphql.demo.history import History
from ohms_graphql.demo.people import PARENTS_CHILD, organizations, patients, providers, visit_types
from ohms_graphql.demo.schedule import appointments, events

_SEED = 20260115


def demo_clinic(anchor: datetime) -> list[StoredDocument]:
    """The same documents for the same ``anchor``, the instant that the demo takes for now."""
    random = Random(_SEED)  # noqa: S311  # no secret comes from it
    made = anchor - timedelta(days=365)
    types = visit_types(made)
    doctors = providers(random, made, anchor.date())
    people = patients(random, made, anchor.date())
    visits = appointments(random, anchor, doctors, people, types)
    visits_of = defaultdict(list)
    for visit in visits:
        visits_of[visit.patient_id].append(visit)
    records = [
        record
        for number, patient in enumerate(people)
        for record in History(random, patient, visits_of[patient.id], anchor, rich=number == 0).written()
    ]
    insurance = [
        coverage
        for number, patient in enumerate(people)
        for coverage in coverages(random, number, patient, made, child=number == PARENTS_CHILD)
    ]
    checks = [answer for coverage in insurance if (answer := check(random, coverage, anchor)) is not None]
    primary = {coverage.patient_id: coverage for coverage in reversed(insurance)}
    books = Books(random, anchor, {kind.id: kind for kind in types}, primary)
    for visit in visits:
        books.bill(visit)
    books.credit()
    happened = [event for visit in visits for event in events(visit)]
    return [
        *organizations(made),
        *types,
        *doctors,
        *people,
        *accounts(made),
        *visits,
        *happened,
        *records,
        *insurance,
        *checks,
        *books.invoices,
        *books.payments,
        *articles(anchor),
    ]
