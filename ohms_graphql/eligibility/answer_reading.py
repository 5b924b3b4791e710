"""What a clearing house answers, X12 271 in JSON, read with suspicion: a wrong benefit is worse than none."""

import re
import unicodedata
from typing import Any

from models.coverage import EligibilityOutcome
from ohms_graphql.eligibility.benefit_facts import ACTIVE, GENERAL, INACTIVE, BenefitFacts, Unsound, service_types
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion, Insured

_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,50}")
_CODE = re.compile(r"[A-Z0-9]{1,3}")

UNREADABLE = "The answer cannot be read."
_SOMEBODY_ELSE = "The answer is about somebody else."
_NOT_SAID = "The payer does not say whether the coverage is in force."
_CONTRADICTION = "The payer says both that the coverage is in force and that it is not."
_LEFT_OUT = "Some of the answer contradicts itself or cannot be, and was left out."
_REJECTIONS = {
    "42": "The payer cannot answer now: ask again later.",
    "80": "The payer cannot answer now: ask again later.",
    "72": "The payer does not know this member id.",
    "75": "The payer does not know this member id.",
    "79": "The clearing house does not know the payer: check its electronic id.",
}
"""AAA03, in our own words: the payer's may quote what was asked."""


class _Unreadable(Exception):
    """Of another shape than an answer has."""


def read_answer(body: object, question: EligibilityQuestion, currency: str) -> EligibilityAnswer:
    """Never raises for what the payer says."""
    try:
        return _answer(_object(body), question, currency)
    except _Unreadable:
        return failed(UNREADABLE)


def failed(message: str, reference: str | None = None) -> EligibilityAnswer:
    return EligibilityAnswer(outcome=EligibilityOutcome.ERROR, message=message, reference=reference)


def _answer(body: dict[str, Any], question: EligibilityQuestion, currency: str) -> EligibilityAnswer:
    reference = _reference(body)
    errors = [_object(error) for error in _list(body, "errors")]
    if errors:
        return failed(_rejection(errors), reference)
    if not _is_about(body, question):
        return failed(_SOMEBODY_ELSE, reference)
    facts = BenefitFacts(currency)
    information = _list(body, "benefitsInformation")
    for entry in information:
        facts.add(entry)
    said = _standings(_list(body, "planStatus"), information, facts)
    in_force = next(iter(said)) if len(said) == 1 else None
    rows = [] if in_force is False else facts.rows()
    unsound = facts.unsound
    if in_force is None:
        outcome = EligibilityOutcome.PARTIAL if rows else EligibilityOutcome.ERROR
        message: str | None = _CONTRADICTION if said else _NOT_SAID
    else:
        outcome = EligibilityOutcome.PARTIAL if unsound else EligibilityOutcome.COMPLETE
        message = _LEFT_OUT if unsound else None
    return EligibilityAnswer(outcome=outcome, in_force=in_force, rows=rows, message=message, reference=reference)


def _standings(statuses: list[Any], information: list[Any], facts: BenefitFacts) -> set[bool]:
    """What is said of the plan as a whole; else that a part of it is in force, which the whole then is as well."""
    whole: set[bool] = set()
    parts: set[bool] = set()
    for entry in [*statuses, *(each for each in information if isinstance(each, dict))]:
        try:
            code, types = _standing(entry)
        except Unsound:
            facts.unsound = True
            continue
        if code in ACTIVE | INACTIVE:
            (whole if GENERAL in types else parts).add(code in ACTIVE)
    return whole or parts & {True}


def _standing(entry: Any) -> tuple[str, list[str]]:
    if not isinstance(entry, dict):
        raise Unsound
    code = entry.get("statusCode", entry.get("code"))
    if not isinstance(code, str):
        raise Unsound
    return code, list(service_types(entry))


def _rejection(errors: list[dict[str, Any]]) -> str:
    codes = [code for error in errors if isinstance(code := error.get("code"), str) and _CODE.fullmatch(code)]
    known = next((_REJECTIONS[code] for code in codes if code in _REJECTIONS), None)
    if known is not None:
        return known
    return f"The payer did not take the question (X12 AAA {codes[0]})." if codes else "The payer did not take the question."


def _is_about(body: dict[str, Any], question: EligibilityQuestion) -> bool:
    """Whether the member id is the one that was asked for, and the patient among those whom the answer names."""
    subscriber = _object(body.get("subscriber"))
    member_id = subscriber.get("memberId")
    if not isinstance(member_id, str) or _plain(member_id) != _plain(question.member_id):
        return False
    if question.dependent is None:
        return _may_be(subscriber, question.subscriber)
    # Payers that give everybody a member id of their own answer for a dependent as for a subscriber.
    people = [*(_object(each) for each in _list(body, "dependents")), subscriber]
    return any(_is_surely(person, question.dependent) for person in people)


def _may_be(person: dict[str, Any], asked: Insured) -> bool:
    born, family = _text(person, "dateOfBirth"), _text(person, "lastName")
    same_day = born is None or asked.birth_date is None or _digits(born) == f"{asked.birth_date:%Y%m%d}"
    return same_day and (family is None or _alike(family, asked.family))


def _is_surely(person: dict[str, Any], asked: Insured) -> bool:
    given = _text(person, "firstName")
    return _text(person, "dateOfBirth") is not None and _may_be(person, asked) and (given is None or _alike(given, asked.given))


def _alike(left: str, right: str) -> bool:
    """Payers cut names off, write them in capitals and leave accents out."""
    one, other = _plain(left), _plain(right)
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def _digits(text: str) -> str:
    return text.replace("-", "")


def _reference(body: dict[str, Any]) -> str | None:
    value = body.get("controlNumber")
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else None


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Unreadable
    return value


def _list(body: dict[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Unreadable
    return value


def _text(person: dict[str, Any], name: str) -> str | None:
    value = person.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Unreadable
    return value or None
