"""Checking coded input: a known system, a well-formed code, and words only where words alone will do."""

from collections.abc import Collection, Sequence

from models.values import CodeableConcept, Coding
from resolvers.clinical_codes.systems import HL7, system_of
from resolvers.clinical_codes.ucum import is_ucum
from resolvers.complaints import Complaints

MAX_CODINGS = 10
MAX_CODE = 100


def check_concept(
    complaints: Complaints,
    concept: CodeableConcept,
    path: list[str],
    *,
    systems: Collection[str] | None = None,
    text_alone: bool = False,
) -> None:
    """``systems`` are those that the field takes, all known ones when not given; ``text_alone`` lets words go without codes."""
    complaints.text([*path, "text"], concept.text, required=True)
    if not concept.codings and not text_alone:
        complaints.add([*path, "codings"], "Needs a code: words alone are not enough here.")
    complaints.items([*path, "codings"], concept.codings, most=MAX_CODINGS)
    for place, coding in enumerate(concept.codings[:MAX_CODINGS]):
        check_coding(complaints, coding, [*path, "codings", str(place)], systems=systems)


def check_concepts(
    complaints: Complaints,
    concepts: Sequence[CodeableConcept],
    path: list[str],
    *,
    systems: Collection[str] | None = None,
    text_alone: bool = False,
) -> None:
    complaints.items(path, concepts)
    for place, concept in enumerate(concepts):
        check_concept(complaints, concept, [*path, str(place)], systems=systems, text_alone=text_alone)


def check_coding(complaints: Complaints, coding: Coding, path: list[str], *, systems: Collection[str] | None = None) -> None:
    """Codes are not patient data: the complaint quotes what was found."""
    system = system_of(coding.system)
    if system is None:
        complaints.add([*path, "system"], f"{coding.system[:MAX_CODE]!r} is not a code system that OHMS knows.")
    elif systems is not None and coding.system not in systems and not (coding.system.startswith(HL7) and HL7 in systems):
        names = ", ".join(sorted(found.name for uri in systems if (found := system_of(uri)) is not None))
        complaints.add([*path, "system"], f"{system.name} is not a system for this; {names} are.")
    elif not system.is_code(coding.code):
        complaints.add([*path, "code"], f"{coding.code[:MAX_CODE]!r} is no code of {system.name}: {system.shape}.")
    complaints.text([*path, "display"], coding.display)


def check_unit(complaints: Complaints, code: str | None, path: list[str]) -> None:
    """UCUM, where a unit has a code at all."""
    if code is not None and not is_ucum(code):
        complaints.add(path, f"{code[:MAX_CODE]!r} is not a unit of UCUM, such as mg/dL.")
