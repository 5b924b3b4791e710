"""Out and in again: every resource as it came, and the same graph."""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.appointment import Appointment, AppointmentStatus
from models.coverage import Coverage, CoverageOrder, CoverageStatus, SubscriberRelationship
from models.patient import CareTeamMember, EmergencyContact, Patient, PatientExtensions
from models.provider import Provider
from models.record import (
    Allergy,
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    ClinicalNote,
    Condition,
    ConditionStatus,
    Confidentiality,
    Immunization,
    Interpretation,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    ObservationComponent,
    ObservationValue,
    Procedure,
    Reaction,
    ReactionSeverity,
    RecordStatus,
    ReferenceRange,
)
from models.values import (
    Address,
    AdministrativeGender,
    CodeableConcept,
    Coding,
    ContactPoint,
    ContactSystem,
    ContactUse,
    HumanName,
    Period,
    Quantity,
)
from models.visit_type import VisitMode
from ohms_graphql.database import Database
from ohms_graphql.fhir.importing import import_paths
from ohms_graphql.fhir.plan import Options
from tests.clinic import Clinic
from tests.ohms_graphql.fhir.conftest import SYNTHEA
from tests.ohms_graphql.fhir_export.conftest import Opened, Restored
from tests.ohms_graphql.fhir_export.graphs import differences as between_graphs
from tests.ohms_graphql.fhir_export.graphs import graph
from tests.ohms_graphql.fhir_export.resources import bundled_resources, differences, exported_resources, faults

Exported = Callable[..., Awaitable[Path]]
OPTIONS = Options(source="urn:test", time_zone="America/New_York")
LISTED = {
    "reference": "urn:uuid:X of a bundle's entry is Type/X in NDJSON, which has no entries",
    "Coverage": "made of what claims say of the insurer, who has no resource in the source",
}
"""docs/fhir.md has the same list."""


def _bundles() -> list[Path]:
    """The twelve in ``make soak``, the three smallest else."""
    if not SYNTHEA.is_dir():
        pytest.skip("the twelve Synthea bundles are not beside the repository (../shared/data/synthea)")
    found = sorted(SYNTHEA.glob("*.json.gz"), key=lambda path: path.stat().st_size)
    return found if os.environ.get("OHMS_SOAK") == "1" else found[:3]


async def test_what_was_imported_goes_out_as_it_came_and_makes_the_same_graph(
    database: Database, exported: Exported, restored: Restored
) -> None:
    bundles = _bundles()
    report = await import_paths(bundles, database, OPTIONS)
    assert report.problems == []
    before = await graph()
    folder = await exported()
    came, went = bundled_resources(bundles), exported_resources(folder)
    assert came.keys() - went.keys() == set()
    assert {kind for kind, _ in went.keys() - came.keys()} <= LISTED.keys()
    for name, resource in came.items():
        for path, was, now in differences(resource, went[name], name[0]):
            assert path.endswith(".reference"), path
            assert was.removeprefix("urn:uuid:") == now.partition("/")[2], path
    assert faults(went) == []
    after, again = await restored(folder)
    assert again.problems == []
    assert between_graphs(before, after) == []
    assert len(after) > 100


@pytest.mark.usefixtures("database")
async def test_a_clinic_that_was_never_imported_comes_back_whole(exported: Exported, restored: Restored) -> None:
    await Clinic().stored()
    before = await graph()
    folder = await exported()
    assert faults(exported_resources(folder)) == []
    after, report = await restored(folder)
    assert report.problems == []
    assert between_graphs(before, after) == []


async def test_what_the_clinic_changed_of_an_import_takes_the_place_of_what_came(
    database: Database, exported: Exported, restored: Restored
) -> None:
    await import_paths(_bundles()[:1], database, OPTIONS)
    patient = await Patient.find_one()
    assert patient is not None
    patient.contacts = [ContactPoint(system=ContactSystem.PHONE, value="555 0199")]  # type: ignore[list-item]  # becomes a PatientContact
    patient.emergency_contacts = [EmergencyContact(name="Kim", relationship="Sister", phone="555 0100")]
    await patient.replace()
    condition = await Condition.find_one()
    assert condition is not None
    condition.clinical_status = ConditionStatus.REMISSION
    condition.abated_at = None
    condition.confidentiality = Confidentiality.RESTRICTED
    await condition.replace()
    before = await graph()
    folder = await exported()
    went = exported_resources(folder)
    [told] = [resource for (kind, _), resource in went.items() if kind == "Patient"]
    assert [each["value"] for each in told["telecom"]] == ["555 0199"]
    assert told["maritalStatus"]  # what OHMS has no field for is as it came
    key = condition.source.key if condition.source else ""
    changed = went["Condition", key.removeprefix("Condition/")]
    assert changed["clinicalStatus"]["coding"][0]["code"] == "remission"
    assert not any(name.startswith("abatement") for name in changed)
    assert changed["meta"]["security"][-1]["code"] == "R"
    assert faults(went) == []
    after, _ = await restored(folder)
    assert between_graphs(before, after) == []


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P"), exclude_characters="\x00"), min_size=1, max_size=12)
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- given by timezones
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
MAYBE = INSTANTS | st.none()
CONCEPTS = st.builds(
    CodeableConcept,
    text=TEXT,
    codings=st.lists(
        st.builds(Coding, system=st.just("http://snomed.info/sct"), code=st.sampled_from(["44054006", "38341003"]), display=TEXT),
        max_size=2,
    ),
)
DECIMALS = st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False)
VALUES = st.one_of(
    st.builds(ObservationValue, quantity=st.builds(Quantity, value=DECIMALS, unit=st.just("mg/dL"), code=st.just("mg/dL"))),
    st.builds(ObservationValue, concept=CONCEPTS),
    st.builds(ObservationValue, boolean=st.booleans()),
    st.builds(ObservationValue, at=INSTANTS),
    st.builds(ObservationValue, text=TEXT),
)
SHARED = {
    "code": CONCEPTS,
    "status": st.sampled_from(RecordStatus),
    "effective_at": MAYBE,
    "recorded_at": INSTANTS,
    "confidentiality": st.sampled_from(Confidentiality),
}
REACTIONS = st.builds(
    Reaction,
    manifestations=st.lists(CONCEPTS, min_size=1, max_size=2),
    severity=st.sampled_from(ReactionSeverity) | st.none(),
    onset_at=MAYBE,
)
COMPONENTS = st.builds(
    ObservationComponent, code=CONCEPTS, value=VALUES, interpretations=st.lists(st.sampled_from(Interpretation), max_size=1)
)
RANGES = st.builds(ReferenceRange, low=DECIMALS, high=DECIMALS, unit=st.just("mg/dL"), text=TEXT | st.none())
ENTRIES: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    Allergy: {
        "clinical_status": st.sampled_from(AllergyStatus),
        "criticality": st.sampled_from(AllergyCriticality) | st.none(),
        "categories": st.lists(st.sampled_from(AllergyCategory), unique=True),
        "reactions": st.lists(REACTIONS, max_size=2),
        "onset_at": MAYBE,
    },
    Condition: {
        "clinical_status": st.sampled_from(ConditionStatus),
        "onset_at": MAYBE,
        "abated_at": MAYBE,
        "severity": CONCEPTS | st.none(),
    },
    Medication: {
        "request_status": st.sampled_from(MedicationStatus),
        "dosage": TEXT | st.none(),
        "reasons": st.lists(CONCEPTS, max_size=2),
    },
    Immunization: {"given": st.booleans(), "lot_number": TEXT | st.none()},
    Observation: {
        "value": VALUES | st.none(),
        "components": st.lists(COMPONENTS, max_size=2),
        "interpretations": st.lists(st.sampled_from(Interpretation), max_size=2),
        "reference_ranges": st.lists(RANGES, max_size=2),
        "categories": st.lists(CONCEPTS, max_size=1),
    },
    LabReport: {"categories": st.lists(CONCEPTS, max_size=1), "conclusion": TEXT | st.none()},
    Procedure: {"performed": st.builds(Period, start=MAYBE, end=MAYBE), "reasons": st.lists(CONCEPTS, max_size=2)},
    ClinicalNote: {"text": TEXT},
}


@settings(
    max_examples=300 if os.environ.get("OHMS_SOAK") == "1" else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes a second: what fails is told as it is
)
@given(data=st.data())
async def test_whatever_is_written_here_comes_back_the_same(
    data: st.DataObject, opened: Opened, exported: Exported, restored: Restored
) -> None:
    async with opened():
        for document in _drawn(data.draw):
            await document.insert()
        before = await graph()
        folder = await exported()
    assert faults(exported_resources(folder)) == []
    after, report = await restored(folder)
    assert report.problems == []
    assert between_graphs(before, after) == []


def _drawn(draw: Any) -> list[Any]:
    """A patient with a provider, a visit, a coverage and an entry of each kind."""
    provider = Provider(npi="1234567893", npi_verified=True, name=HumanName(family=draw(TEXT), given=[draw(TEXT)]))
    contact = st.builds(
        ContactPoint, system=st.sampled_from(ContactSystem), value=TEXT, use=st.sampled_from(ContactUse) | st.none()
    )
    patient = Patient(
        mrn=draw(TEXT),
        name=HumanName(family=draw(TEXT), given=draw(st.lists(TEXT, max_size=2)), prefix=draw(st.lists(TEXT, max_size=1))),
        birth_date=draw(st.dates(datetime(1900, 1, 1).date(), datetime(2025, 1, 1).date()) | st.none()),  # noqa: DTZ001 -- a date
        gender=draw(st.sampled_from(AdministrativeGender)),
        contacts=draw(st.lists(contact, max_size=2)),
        address=draw(st.builds(Address, lines=st.lists(TEXT, max_size=2), city=TEXT, country=TEXT | st.none()) | st.none()),
        preferred_language=draw(st.sampled_from(["en-US", "es"]) | st.none()),
        care_team=[CareTeamMember(provider_id=provider.id)],
        treated_by=[provider.id],
        extensions=PatientExtensions(draw(st.dictionaries(TEXT, st.integers(0, 9) | TEXT, max_size=2))),
    )
    start = draw(INSTANTS)
    visit = Appointment(
        status=draw(st.sampled_from(AppointmentStatus)),
        start=start,
        end=start + timedelta(minutes=20),
        time_zone="America/New_York",
        mode=draw(st.sampled_from(VisitMode)),
        reason=draw(TEXT | st.none()),
        patient_id=patient.id,
        provider_id=provider.id,
    )
    coverage = Coverage(
        status=draw(st.sampled_from(CoverageStatus)),
        order=draw(st.sampled_from(CoverageOrder)),
        patient_id=patient.id,
        payer=draw(TEXT),
        plan_name=draw(TEXT | st.none()),
        member_id=draw(TEXT | st.none()),
        subscriber=draw(TEXT | st.none()),
        subscriber_birth_date=draw(st.dates() | st.none()),
        subscriber_gender=draw(st.sampled_from(AdministrativeGender) | st.none()),
        relationship=draw(st.sampled_from(SubscriberRelationship)),
    )
    links = {"patient_id": patient.id, "author_id": provider.id, "appointment_id": visit.id}
    entries = [
        kind(**links, **{name: draw(strategy) for name, strategy in {**SHARED, **own}.items()}) for kind, own in ENTRIES.items()
    ]
    return [provider, patient, visit, coverage, *entries]


def test_the_list_of_differences_is_in_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fhir.md").read_text(encoding="utf-8")
    assert [reason for reason in LISTED.values() if reason not in " ".join(page.split())] == []
