"""What tests of record writes have in common: the operations, codes, and asking as somebody."""

from typing import Any

from models.record import Record
from tests.graph import Answer, Graph, gid

ERRORS = "errors { __typename code path message ... on Conflict { currentVersion } }"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
ENTRY = "id status version effectiveAt recordedAt confidentiality author { id } signedAt signedBy { id } release { released }"


def concept(text: str, system: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"text": text, "codings": [{"system": system, "code": code}] if system else []}


PENICILLIN = concept("Penicillin", SNOMED, "764146007")
AMOXICILLIN = concept("Amoxicillin", RXNORM, "723")
NONE_KNOWN = concept("No known allergies", SNOMED, "716186003")
GLUCOSE = concept("Glucose", LOINC, "2345-7")
SODIUM = concept("Sodium", LOINC, "2951-2")
PANEL = concept("Metabolic panel", LOINC, "51990-0")


async def record(
    graph: Graph, kind: str, caller: str = "house", *, patient: Any = None, fields: str = ENTRY, **given: Any
) -> Answer:
    """``record(graph, "allergy", code=...)`` asks for recordAllergy."""
    mutation, field = ("writeNote", "note") if kind == "note" else (f"record{kind[0].upper()}{kind[1:]}", kind)
    type_name = mutation[0].upper() + mutation[1:]
    text = f"mutation ($input: {type_name}Input!) {{ {mutation}(input: $input) {{ {field} {{ {fields} }} {ERRORS} }} }}"
    patient = patient or graph.clinic.alice
    answer = await graph.ask(caller, text, input={"patient": gid(patient), **given})
    if answer.data is not None:
        payload = answer.data[mutation]
        answer.data = {"entry": payload[field], "errors": payload["errors"]}
    return answer


async def recorded(graph: Graph, kind: str, caller: str = "house", **given: Any) -> Any:
    """The new entry; it must not fail."""
    answer = await record(graph, kind, caller, **given)
    assert (answer.errors, answer.data["errors"]) == ([], [])
    return answer.data["entry"]


async def change(graph: Graph, mutation: str, entry: Any, caller: str = "house", **given: Any) -> Answer:
    """``entry`` is an id, or a stored record."""
    type_name = mutation[0].upper() + mutation[1:]
    fields = f"record {{ {ENTRY} change {{ reason at by {{ id }} }} }}"
    text = f"mutation ($input: {type_name}Input!) {{ {mutation}(input: $input) {{ {fields} {ERRORS} }} }}"
    entry_id = gid(entry) if isinstance(entry, Record) else entry
    answer = await graph.ask(caller, text, input={"record": entry_id, **given})
    if answer.data is not None:
        answer.data = answer.data[mutation]
    return answer


def paths(answer: Answer) -> dict[str, str]:
    """By path what was complained of."""
    return {".".join(error["path"]): error["message"] for error in answer.data["errors"]}
