"""What speaks for two registrations being one person: accents, swapped names, slips, and what does not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.match_tokens import match_tokens
from models.values import ContactPoint, ContactSystem, HumanName
from resolvers.patient_duplicates.scoring import POSSIBLE, DuplicateReason, Identity, reasons_for, score_of
from resolvers.patient_duplicates.spelling import distance, similar

R = DuplicateReason
BORN = date(1980, 3, 12)


def _identity(given: str, family: str, born: date | None = BORN, phone: str = "", mail: str = "") -> Identity:
    contacts = [ContactPoint(system=ContactSystem.PHONE, value=phone)] if phone else []
    contacts += [ContactPoint(system=ContactSystem.EMAIL, value=mail)] if mail else []
    return Identity(HumanName(family=family, given=given.split()), born, contacts)


ALICE = _identity("Alice Marie", "Müller", phone="+1 (202) 555-0123", mail="Alice@Example.com")


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (_identity("alice marie", "MULLER"), [R.SAME_NAME, R.SAME_BIRTH_DATE]),
        (_identity("Müller", "Marie Alice"), [R.SAME_NAME, R.SAME_BIRTH_DATE]),
        (_identity("Alicia Marie", "Müller"), [R.SAME_BIRTH_DATE, R.SHARED_NAME]),
        (_identity("Alcie", "Muller"), [R.SIMILAR_NAME, R.SAME_BIRTH_DATE]),
        (_identity("Alice Marie", "Müller", date(1980, 12, 3)), [R.SAME_NAME, R.SIMILAR_BIRTH_DATE]),
        (_identity("Alice Marie", "Müller", date(1980, 3, 21)), [R.SAME_NAME, R.SIMILAR_BIRTH_DATE]),
        (_identity("Alice Marie", "Müller", date(1908, 3, 12)), [R.SAME_NAME, R.SIMILAR_BIRTH_DATE]),
        (_identity("Alice Marie", "Smith", phone="202 555 0123"), [R.SAME_BIRTH_DATE, R.SAME_PHONE, R.SHARED_NAME]),
        (_identity("Alice Marie", "Müller", None, mail="alice@example.com"), [R.SAME_NAME, R.SAME_EMAIL]),
    ],
)
def test_the_same_person_entered_otherwise(other: Identity, reasons: list[DuplicateReason]) -> None:
    found = reasons_for(ALICE, other)
    assert found == reasons
    shared = set(match_tokens(ALICE.name, ALICE.birth_date, ALICE.contacts).tokens) & set(
        match_tokens(other.name, other.birth_date, other.contacts).tokens
    )
    assert shared, "the database would not find them"
    if reasons != [R.SAME_BIRTH_DATE, R.SHARED_NAME]:
        assert score_of(found) >= POSSIBLE


@pytest.mark.parametrize(
    "other",
    [
        _identity("Charlie", "Müller", date(2018, 1, 1), phone="+1 202 555 0123"),
        _identity("Alice Marie", "Müller", date(1955, 7, 30)),
        _identity("Robert", "Baker"),
        _identity("Robert", "Baker", date(1955, 7, 30), phone="2025550123", mail="alice@example.com"),
    ],
    ids=["a child with the same number", "a namesake", "born on the same day", "who shares number and address"],
)
def test_others_are_not_taken_for_them(other: Identity) -> None:
    assert score_of(reasons_for(ALICE, other)) < POSSIBLE


def test_all_that_can_speak_for_it_is_a_hundred() -> None:
    assert score_of(reasons_for(ALICE, ALICE)) == 100


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_for_the_same(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) is (left == right)
    assert distance(left, right) <= max(len(left), len(right))


def test_a_swap_is_one_slip() -> None:
    assert distance("muller", "mulelr") == 1
    assert similar("jonathan", "johnatan")
    assert not similar("anna", "hanno")
