"""Keyed hashes by which a person who is registered twice is found: of facts that two registrations of one person share.

What they reveal to somebody who reads the database is written in docs/decisions/0034-duplicates-and-merging.md.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from models.search_words import folded, words_of
from models.secret import key_ring
from models.values import ContactPoint, ContactSystem, HumanName

MATCH_PLACE = "patients.match_tokens"

_NUMBERS = frozenset({ContactSystem.PHONE, ContactSystem.SMS})
_FEWEST_DIGITS = 7
_COMPARED_DIGITS = 10
_NOT_DIGIT = re.compile(r"\D")


def match_tokens(name: HumanName, birth_date: date | None, contacts: Sequence[ContactPoint]) -> list[int]:
    """Two persons who share one of them may be the same. Sorted as hashes, so that the order tells nothing."""
    ring = key_ring()
    return sorted({ring.token(fact, MATCH_PLACE) for fact in _facts(name, birth_date, contacts)})


def name_words(name: HumanName) -> list[str]:
    """Sorted, so that swapped names are the same."""
    return sorted(words_of(" ".join([*name.given, name.family])))


def phone_key(contact: ContactPoint) -> str | None:
    """The last digits of a telephone number, without what people write between and before them; None for anything else."""
    digits = _NOT_DIGIT.sub("", contact.value) if contact.system in _NUMBERS else ""
    return digits[-_COMPARED_DIGITS:] if len(digits) >= _FEWEST_DIGITS else None


def mail_key(contact: ContactPoint) -> str | None:
    return folded(contact.value.strip()) if contact.system is ContactSystem.EMAIL else None


def _facts(name: HumanName, birth_date: date | None, contacts: Sequence[ContactPoint]) -> Iterable[str]:
    words = name_words(name)
    whole = " ".join(words)
    if birth_date is None:
        yield f"name {whole}"
    else:
        # A slip in one part leaves another: in the date, its year or its day; in the name, its other word.
        yield from (f"born {birth_date.isoformat()} {word}" for word in words)
        yield f"year {birth_date.year} {whole}"
        yield f"day {birth_date.month}-{birth_date.day} {whole}"
    for contact in contacts:
        if phone := phone_key(contact):
            yield f"phone {phone}"
        elif mail := mail_key(contact):
            yield f"mail {mail}"
