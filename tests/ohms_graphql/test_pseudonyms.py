"""Pseudonyms: joinable, unreadable, and not to be forged."""

import pytest

from ohms_graphql.pseudonyms import SivPseudonyms

OURS = SivPseudonyms("a secret that has more than thirty-two bytes")
THEIRS = SivPseudonyms("another secret of more than thirty-two bytes")


def test_the_same_id_has_the_same_pseudonym_which_is_letters_and_digits() -> None:
    pseudonym = OURS.hide("Patient", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert pseudonym == OURS.hide("Patient", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert pseudonym.isalnum()
    assert OURS.reveal("Patient", pseudonym) == "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def test_kinds_and_deployments_have_their_own() -> None:
    pseudonym = OURS.hide("Patient", "A")
    assert pseudonym not in (OURS.hide("Invoice", "A"), THEIRS.hide("Patient", "A"))
    assert OURS.reveal("Invoice", pseudonym) is None
    assert THEIRS.reveal("Patient", pseudonym) is None


@pytest.mark.parametrize("forged", ["", "A", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 5000, "ÄÖÜ", "=" * 8, "AAAAAAAA" * 7])
def test_what_was_not_made_here_stands_for_nothing(forged: str) -> None:
    assert OURS.reveal("Patient", forged) is None


def test_another_spelling_stands_for_nothing() -> None:
    pseudonym = OURS.hide("Patient", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert OURS.reveal("Patient", pseudonym.lower()) is None
    assert OURS.reveal("Patient", pseudonym + "=") is None
    others = [pseudonym[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if last != pseudonym[-1]]
    assert {OURS.reveal("Patient", other) for other in others} == {None}
