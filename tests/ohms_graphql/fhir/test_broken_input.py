"""Broken files, entries and values: each is told by file, entry and path, never by its content, and the rest goes in."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.patient import Patient
from models.record import Observation, Record
from ohms_graphql.errors import OhmsError
from ohms_graphql.fhir import chunks, files
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer
from tests.ohms_graphql.fhir.sample import Resource
from tests.ohms_graphql.fhir.test_sample_import import ANN, id_of

GOOD = json.dumps(sample.bundle(sample.organization()))

BROKEN_FILES: dict[str, tuple[str, bytes, str]] = {
    "cut off": ("a.json", GOOD[:40].encode(), "not JSON: line 1 column 36: Unterminated string starting at"),
    "no comma": ("a.json", b'{\n  "resourceType": "Patient"\n  "id"', "not JSON: line 3 column 3: Expecting ',' delimiter"),
    "empty": ("a.json", b"", "not JSON: line 1 column 1: Expecting value"),
    "not UTF-8": ("a.json", b'{"resourceType": "Patient\xff"}', "not UTF-8 text: byte 26"),
    "a list": ("a.json", b"[]", "not FHIR: a resource with a resourceType expected"),
    "other JSON": ("a.json", b'{"name": "package"}', "not FHIR: a resource with a resourceType expected"),
    "no number": ("a.json", b'{"resourceType": "Patient", "x": NaN}', "not FHIR: a number beyond what FHIR allows"),
    "a number without end": ("a.json", b'{"x": ' + b"9" * 5000 + b"}", "not FHIR: a number beyond what FHIR allows"),
    "nested without end": ("a.json", b'{"resourceType": "Patient", "x":' + b"[" * 200_000, "not FHIR: nested too deeply"),
    "no gzip": ("a.json.gz", GOOD.encode(), "damaged gzip data"),
    "half a gzip": ("a.json.gz", gzip.compress(GOOD.encode())[:-20], "damaged gzip data"),
    "a gzip gone bad": ("a.json.gz", gzip.compress(GOOD.encode())[:12] + b"\xff" * 40, "damaged gzip data"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_FILES)
async def test_a_broken_file_is_named_and_the_others_go_in(case: str, imported: Importer, tmp_path: Path) -> None:
    name, content, reason = BROKEN_FILES[case]
    (tmp_path / name).write_bytes(content)
    sample.put(tmp_path / "z.json", sample.organization())
    report = await imported(tmp_path)
    assert report.problems == [f"{tmp_path}/{name}: {reason}"]
    assert (report.files_broken, report.files_read, report.total.written) == (1, 1, 1)


async def test_a_small_file_that_unfolds_too_far_is_refused(
    imported: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    sample.put_text(tmp_path / "bomb.json.gz", " " * (2 << 20))
    sample.put_text(tmp_path / "bomb.ndjson.gz", "\n" * (2 << 20))
    report = await imported(tmp_path)
    assert report.problems == [f"{tmp_path}/bomb.{kind}.gz: more than 1 MiB uncompressed" for kind in ("json", "ndjson")]


async def test_a_file_that_cannot_be_opened_is_named(imported: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sample.put(tmp_path / "a.json", sample.organization())
    opened = Path.open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    report = await imported(path)
    assert report.problems == [f"{path}: cannot be read: Permission denied"]


async def test_a_broken_line_keeps_no_other_line_out(imported: Importer, tmp_path: Path) -> None:
    lines = [json.dumps(sample.organization()), '{"resourceType": "Patient" "id"', "", "[]", json.dumps(sample.practitioner())]
    path = sample.put_text(tmp_path / "a.ndjson", "\n".join(lines))
    report = await imported(path)
    assert report.problems == [
        f"{path} line 2 (unknown): not JSON: column 28: Expecting ',' delimiter",
        f"{path} line 4 (unknown): a resource expected",
    ]
    assert report.of("(unknown)").refused == 2
    assert report.total.written == 2


async def test_lines_before_the_end_of_a_torn_file_go_in(imported: Importer, tmp_path: Path) -> None:
    text = "".join(f"{json.dumps(sample.organization(id=f'o{number}', alias=[str(number) * 50]))}\n" for number in range(2000))
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(text.encode())[:-100])
    report = await imported(path)
    assert report.problems == [f"{path}: damaged gzip data"]
    assert 0 < report.of("Organization").written < 2000


BROKEN_ENTRIES: list[tuple[Any, str]] = [
    ({}, "(unknown): resource: required"),
    ("text", "(unknown): resource: required"),
    ({"request": {"method": "DELETE", "url": "Patient/1"}}, "(unknown): resource: required"),
    ({"resource": {"id": "a"}}, "(unknown): resourceType: required"),
    ({"resource": {"resourceType": 5}}, "(unknown): resourceType: text expected"),
    ({"resource": {"resourceType": "Hospital", "id": "a"}}, "(unknown): resourceType: a resource type of FHIR R4 expected"),
    ({"resource": {"resourceType": "Organization"}}, "Organization: id: required, or a fullUrl of the entry"),
    ({"resource": {"resourceType": "Organization", "id": "a/b"}}, "Organization: id: 1 to 64 letters, digits, - and . expected"),
    (
        {"resource": {"resourceType": "Organization", "id": "a" * 65}},
        "Organization: id: 1 to 64 letters, digits, - and . expected",
    ),
]


async def test_broken_entries_are_told_by_their_number(imported: Importer, tmp_path: Path) -> None:
    entries = [entry for entry, _ in BROKEN_ENTRIES] + [{"resource": sample.organization()}]
    path = sample.put_text(tmp_path / "a.json", json.dumps({"resourceType": "Bundle", "entry": entries}))
    report = await imported(path)
    assert report.problems == [f"{path} entry {number} {text}" for number, (_, text) in enumerate(BROKEN_ENTRIES, 1)]
    assert report.total.written == 1
    assert report.total.read == report.total.written + report.total.refused


async def test_an_id_that_comes_twice_in_a_file_is_taken_once(imported: Importer, tmp_path: Path) -> None:
    path = sample.put(tmp_path / "a.json", sample.organization(), sample.organization(name="Another"))
    report = await imported(path)
    assert report.problems == [f"{path} entry 2 Organization: id: the same as in entry 1"]


def changed(make: Callable[..., Resource], remove: str = "", **fields: Any) -> Resource:
    resource = make(**fields)
    resource.pop(remove, None)
    return resource


SYSTEMS = "phone, email, sms, fax, url, pager, other"

BROKEN_VALUES: list[tuple[Resource, str]] = [
    (changed(sample.observation, "status"), "status: required"),
    (sample.immunization(status="done"), "status: one of completed, not-done, entered-in-error expected"),
    (sample.observation(status=["final"]), "status: text expected"),
    (changed(sample.observation, "code"), "code: required"),
    (sample.observation(code={"coding": []}), "code: required"),
    (sample.observation(code="4548-4"), "code: object expected"),
    (sample.observation(code={"coding": {}}), "code.coding: list expected"),
    (sample.observation(code={"coding": ["4548-4"]}), "code.coding[0]: object expected"),
    (changed(sample.observation, "subject"), "subject: required"),
    (sample.observation(subject={"display": "Ann"}), "subject: a reference to Patient expected"),
    (sample.observation(subject={"reference": "Organization/clinic"}), "subject: a reference to Patient expected"),
    (sample.observation(subject={"reference": "#p"}), "subject: a reference to Patient expected"),
    (sample.observation(valueQuantity={"value": "7.1"}), "valueQuantity.value: number expected"),
    (sample.observation(valueQuantity={"value": True}), "valueQuantity.value: number expected"),
    (sample.observation(valueBoolean="yes"), "valueBoolean: true or false expected"),
    (sample.observation(valueDateTime="12:30"), "valueDateTime: FHIR date or time with zone expected"),
    (sample.observation(effectiveDateTime="2024-02-30"), "effectiveDateTime: no such date or time"),
    (sample.observation(effectiveDateTime="2024-03-05T09:30:00"), "effectiveDateTime: FHIR date or time with zone expected"),
    (sample.observation(valueInteger=1 << 64), "valueInteger: number of at most 64 bits expected"),
    (sample.observation(component=[{"valueString": "x"}]), "component[0].code: required"),
    (sample.patient(name={}), "name: list expected"),
    (sample.patient(name=[{"given": [7]}]), "name[0].given: texts expected"),
    (sample.patient(telecom=[{"system": "pigeon", "value": "x"}]), f"telecom[0].system: one of {SYSTEMS} expected"),
    (changed(sample.encounter, "status"), "status: required"),
    (sample.immunization(vaccineCode={}), "vaccineCode: required"),
    (changed(sample.medication_request, "medicationReference"), "medicationCodeableConcept: required"),
    (sample.claim(total=sample.dollars(10**15)), "total: an amount below 90 trillion expected"),
    (sample.claim(item=[{"sequence": 1}]), "item[0].productOrService: required"),
    (sample.claim(total={"value": 5, "currency": "EUR"}), "total: amounts in one currency expected"),
    (sample.claim(total={"value": 5, "currency": "usd"}), "total: a currency of three capital letters (ISO 4217) expected"),
    (sample.claim(status="paid"), "status: one of active, cancelled, draft, entered-in-error expected"),
    (sample.benefit(claim="bill"), "claim: object expected"),
    ({"resourceType": "CarePlan", "id": "p", "subject": "ann"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "reason"), BROKEN_VALUES, ids=[reason or "accepted" for _, reason in BROKEN_VALUES])
async def test_a_wrong_value_is_told_by_its_path(resource: Resource, reason: str, imported: Importer, tmp_path: Path) -> None:
    base = [found for found in sample.base() if found["resourceType"] != resource["resourceType"]]
    path = sample.put(tmp_path / "a.json", *base, resource)
    report = await imported(path)
    told = [problem for problem in report.problems if f"entry {len(base) + 1} " in problem]
    assert told == ([f"{path} entry {len(base) + 1} {resource['resourceType']}: {reason}"] if reason else [])
    assert report.of("Organization").written == 1


async def test_numbers_with_more_digits_than_can_be_kept_are_refused(imported: Importer, tmp_path: Path) -> None:
    text = json.dumps(sample.bundle(*sample.base(), sample.observation(valueQuantity={"value": 1})))
    path = sample.put_text(tmp_path / "a.json", text.replace('"value": 1}', f'"value": 1.{"1" * 34}}}'))
    report = await imported(path)
    assert report.problems == [f"{path} entry 5 Observation: valueQuantity.value: number of at most 34 digits expected"]


async def test_what_the_database_does_not_take_is_told_and_keeps_nothing_else_out(imported: Importer, tmp_path: Path) -> None:
    deep: Any = "end"
    for _ in range(200):
        deep = [deep]
    entries = [
        sample.observation(id="half", note=[{"text": "\ud800"}]),
        sample.observation(id="nul", **{"a\0b": 1}),  # what is encrypted may have any name
        sample.observation(id="deep", extension=deep),
        sample.observation(id="huge", note=[{"text": "x" * (17 << 20)}]),
        *(sample.observation(id=f"good{number}") for number in range(20)),
    ]
    path = sample.put(tmp_path / "a.json", *sample.base(), *entries)
    report = await imported(path)
    start = f"{path} entry"
    assert report.problems[0] == f"{start} 5 Observation: holds text that is not Unicode"
    assert sorted(problem.split(":")[0] for problem in report.problems[1:]) == [
        f"{start} {number} Observation" for number in (7, 8)
    ]
    assert f"{start} 8 Observation: larger than the 16 MB that a document may have" in report.problems
    assert report.of("Observation").written == 21
    assert await Observation.find({}).count() == 21


@pytest.mark.usefixtures("unique")
async def test_a_medical_record_number_that_is_taken_is_refused(imported: Importer, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base()))
    twin, other = sample.patient(id="twin"), sample.practitioner(id="double")
    path = sample.put(tmp_path / "b.json", twin, other, sample.allergy(patient=sample.to("Patient/twin")))
    report = await imported(path)
    assert report.problems == [
        f"{path} entry 2 Practitioner: identifier: another provider has this NPI",
        f"{path} entry 1 Patient: identifier: another patient has this medical record number",
        f"{path} entry 3 AllergyIntolerance: patient: refers to a Patient that was refused",
    ]
    assert await Patient.find({}).count() == 1


async def test_no_message_carries_what_a_resource_says(imported: Importer, tmp_path: Path) -> None:
    secret = "Zaphod-8812"
    entries = [changed_resource for changed_resource, _ in BROKEN_VALUES]
    text = json.dumps(sample.bundle(*[{**entry, "id": f"x{number}"} for number, entry in enumerate(entries)]))
    for told in ('"ann"', '"Ann"', '"Winter"', "7.1", "MRN-1", "12:30", "pigeon"):
        text = text.replace(told, f'"{secret}"' if told.startswith('"') else secret if not told[0].isdigit() else told)
    report = await imported(sample.put_text(tmp_path / "a.json", text))
    assert report.problem_count > 20
    assert secret not in "".join(report.problems)


async def test_a_path_that_is_not_there_is_named(imported: Importer, tmp_path: Path) -> None:
    with pytest.raises(OhmsError, match=r"nowhere\.json does not exist"):
        await imported(tmp_path / "nowhere.json")
    other = tmp_path / "notes.txt"
    other.touch()
    with pytest.raises(OhmsError, match=r"notes\.txt is none of \.json, \.json\.gz, \.ndjson, \.ndjson\.gz"):
        await imported(other)


@pytest.mark.parametrize("limits", [{"CHUNK": 7}, {"CHUNK_BYTES": 3000}, {"CHUNK": 7, "KEPT_BYTES": 0}])
async def test_an_import_larger_than_a_chunk_goes_in(
    limits: dict[str, int], imported: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(chunks, name, value)
    observations = [sample.observation(id=f"o{number}") for number in range(40)]
    results = [sample.to(f"Observation/o{number}") for number in range(40)]
    labs = sample.report(result=results)
    sample.put(tmp_path / "a.json", *observations[:20], labs, *sample.base()[2:])
    sample.put_lines(tmp_path / "b.ndjson", *observations[20:], *sample.base()[:2])
    report = await imported(tmp_path)
    assert report.problems == []
    assert await Observation.find({"lab_report_id": id_of("DiagnosticReport/labs")}).count() == 40
    assert await Record.find({"patient_id": ANN}, with_children=True).count() == 41
