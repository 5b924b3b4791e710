"""How much speaks for two patients being one person. Pure rules: what is compared comes decrypted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.match_tokens import mail_key, name_words, phone_key
from models.values import ContactPoint, HumanName
from resolvers.patient_duplicates.spelling import similar


class DuplicateReason(StrEnum):
    SAME_NAME = "SAME_NAME"
    SIMILAR_NAME = "SIMILAR_NAME"
    SHARED_NAME = "SHARED_NAME"
    SAME_BIRTH_DATE = "SAME_BIRTH_DATE"
    SIMILAR_BIRTH_DATE = "SIMILAR_BIRTH_DATE"
    SAME_PHONE = "SAME_PHONE"
    SAME_EMAIL = "SAME_EMAIL"


_POINTS = {
    DuplicateReason.SAME_NAME: 40,
    DuplicateReason.SIMILAR_NAME: 30,
    DuplicateReason.SHARED_NAME: 10,
    DuplicateReason.SAME_BIRTH_DATE: 30,
    DuplicateReason.SIMILAR_BIRTH_DATE: 15,
    DuplicateReason.SAME_PHONE: 15,
    DuplicateReason.SAME_EMAIL: 15,
}
POSSIBLE = 50
"""From this score on two patients are shown as possible duplicates; 100 is the most."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is compared of a person."""

    name: HumanName
    birth_date: date | None
    contacts: Sequence[ContactPoint]


def reasons_for(left: Identity, right: Identity) -> list[DuplicateReason]:
    """What speaks for one person, the strongest first."""
    found = [
        _of_names(left.name, right.name),
        _of_birth_dates(left.birth_date, right.birth_date),
        DuplicateReason.SAME_PHONE if _share(phone_key, left, right) else None,
        DuplicateReason.SAME_EMAIL if _share(mail_key, left, right) else None,
    ]
    return sorted((reason for reason in found if reason), key=lambda reason: -_POINTS[reason])


def score_of(reasons: Sequence[DuplicateReason]) -> int:
    """From 0 to 100."""
    return sum(_POINTS[reason] for reason in reasons)


def _of_names(left: HumanName, right: HumanName) -> DuplicateReason | None:
    ours, theirs = name_words(left), name_words(right)
    if ours == theirs:
        return DuplicateReason.SAME_NAME
    fewer, more = sorted((ours, theirs), key=len)
    matched = sum(any(similar(word, other) for other in more) for word in fewer)
    if fewer and matched == len(fewer) and (len(fewer) > 1 or len(more) == 1):
        return DuplicateReason.SIMILAR_NAME  # slips, or a second given name that one of them lacks
    return DuplicateReason.SHARED_NAME if set(ours) & set(theirs) else None


def _of_birth_dates(left: date | None, right: date | None) -> DuplicateReason | None:
    if left is None or right is None:
        return None
    if left == right:
        return DuplicateReason.SAME_BIRTH_DATE
    ours, theirs = (left.month, left.day), (right.month, right.day)
    other_year = ours == theirs and similar(f"{left.year:04}", f"{right.year:04}")
    other_day = left.year == right.year and _one_slip(ours, theirs)
    return DuplicateReason.SIMILAR_BIRTH_DATE if other_year or other_day else None


def _one_slip(left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Month and day swapped, or a slip in one of them."""
    if left == right[::-1]:
        return True
    (month, day), (other_month, other_day) = left, right
    return (month == other_month and similar(f"{day:02}", f"{other_day:02}")) or (
        day == other_day and similar(f"{month:02}", f"{other_month:02}")
    )


def _share(key: Callable[[ContactPoint], str | None], left: Identity, right: Identity) -> bool:
    ours = {value for contact in left.contacts if (value := key(contact))}
    return any(key(contact) in ours for contact in right.contacts)
