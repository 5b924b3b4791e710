"""Keyed hashes by which a person who is registered twice is found: of facts that two registrations of one person share.

What they reveal to somebody who reads the database is written in docs/decisions/0034-duplicates-and-merging.md.
"""

import re
from collections.abc import Sequence
from datetime import date

from models.search_words import folded, words_of
from models.secret_words import SecretWords
from models.values import ContactPoint, ContactSystem, HumanName

_NUMBERS = frozenset({ContactSystem.PHONE, ContactSystem.SMS})
_FEWEST_DIGITS = 7
_COMPARED_DIGITS = 10
_NOT_DIGIT = re.compile(r"\D")


class MatchTokens(SecretWords):
    """Of patients: facts of their names, birth dates, telephone numbers and addresses."""

    place = "patients.match_tokens"


def match_tokens(name: HumanName, birth_date: date | None, contacts: Sequence[ContactPoint]) -> MatchTokens:
    """Two persons who share one of them may be the same."""
    return MatchTokens([*name_facts(name, birth_date), *contact_facts(contacts)])


def name_facts(name: HumanName, birth_date: date | None) -> list[str]:
    """A slip in one part leaves another: of the date, its year or its day; of the name, another word."""
    words = name_words(name)
    whole = " ".join(words)
    if birth_date is None:
        return [f"name {whole}"]
    facts = [f"born {birth_date.isoformat()} {word}" for word in words]
    return [*facts, f"year {birth_date.year} {whole}", f"day {birth_date.month}-{birth_date.day} {whole}"]


def contact_facts(contacts: Sequence[ContactPoint]) -> list[str]:
    keys = (("phone", phone_key), ("mail", mail_key))
    return [f"{kind} {key}" for contact in contacts for kind, key_of in keys if (key := key_of(contact))]


def name_words(name: HumanName) -> list[str]:
    """Sorted, so that swapped names are the same."""
    return sorted(words_of(" ".join([*name.given, name.family])))


def phone_key(contact: ContactPoint) -> str | None:
    """The last digits of a telephone number, without what people write between and before them; None for anything else."""
    digits = _NOT_DIGIT.sub("", contact.value) if contact.system in _NUMBERS else ""
    return digits[-_COMPARED_DIGITS:] if len(digits) >= _FEWEST_DIGITS else None


def mail_key(contact: ContactPoint) -> str | None:
    return folded(contact.value.strip()) if contact.system is ContactSystem.EMAIL else None
