"""Documents: what is stored is read back, and what this version does not know is kept."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from models.patient import BirthDate, CareTeamMember, Patient, PatientLanguage
from models.record import RECORD_KINDS, Condition, ConditionStatus, Observation, ObservationValue, Record
from models.search_words import SearchTokens, search_tokens, sort_name
from models.values import CodeableConcept, HumanName, Period, Quantity

ANN = HumanName(family="Müller-Lüdenscheidt", given=["Ann", "Zoë"])


async def _raw(patient_id: str) -> dict[str, Any]:
    row: dict[str, Any] | None = await Patient.get_pymongo_collection().find_one({"_id": patient_id})
    assert row is not None
    return row


@pytest.mark.usefixtures("mock_database")
async def test_unknown_fields_survive_a_read_and_a_write_at_every_depth() -> None:
    name = HumanName(family="Winter", later=1)
    patient = Patient(mrn="M1", name=name, care_team=[CareTeamMember(provider_id="P")])
    await patient.insert()
    rows = Patient.get_pymongo_collection()
    strange = {"shoe": {"size": 39}, "care_team.0.nickname": "Annie"}
    await rows.update_one({"_id": patient.id}, {"$set": strange})
    read = await Patient.get(patient.id)
    assert read is not None
    assert read.unknown_fields == {"shoe": {"size": 39}}
    read.preferred_language = PatientLanguage("de")
    await read.save()
    row = await _raw(patient.id)
    assert (row["shoe"], row["care_team"][0]["nickname"]) == ({"size": 39}, "Annie")
    again = await Patient.get(patient.id)
    assert again is not None
    assert (again.preferred_language, again.name.model_extra) == ("de", {"later": 1})


@pytest.mark.usefixtures("mock_database")
async def test_dates_are_calendar_dates_and_instants_are_utc() -> None:
    patient = Patient(mrn="M1", name=ANN, birth_date=date(1980, 2, 29), deceased_at=datetime(2020, 1, 1, 5, tzinfo=UTC))
    await patient.insert()
    assert BirthDate.opened((await _raw(patient.id))["birth_date"]).isoformat() == "1980-02-29"
    read = await Patient.get(patient.id)
    assert read is not None
    assert (read.birth_date, read.deceased_at) == (date(1980, 2, 29), datetime(2020, 1, 1, 5, tzinfo=UTC))


@pytest.mark.usefixtures("mock_database")
async def test_a_quantity_keeps_its_digits() -> None:
    quantity = Quantity(value=Decimal("7.10"), unit="%")
    observation = Observation(code=CodeableConcept(text="HbA1c"), patient_id="p", value=ObservationValue(quantity=quantity))
    await observation.insert()
    read = await Observation.get(observation.id)
    assert read is not None
    assert str(read.value and read.value.quantity and read.value.quantity.value) == "7.10"


@pytest.mark.usefixtures("mock_database")
async def test_a_record_comes_back_as_its_own_kind() -> None:
    code = CodeableConcept(text="Asthma")
    condition = Condition(code=code, patient_id="p", clinical_status=ConditionStatus.ACTIVE)
    await condition.insert()
    await Observation(code=code, patient_id="p").insert()
    found = await Record.find({}, with_children=True).to_list()
    assert {type(record) for record in found} == {Condition, Observation}
    assert [record.id for record in await Condition.find({}).to_list()] == [condition.id]
    assert all(not record.unknown_fields for record in found)


def test_every_kind_of_record_says_in_the_database_what_it_is() -> None:
    assert len(RECORD_KINDS) == 9


def test_names_are_found_without_accents_and_sorted_by_family() -> None:
    patient = Patient.model_construct(mrn="M1", name=ANN)
    tokens = set(search_tokens(ANN, "M1-22").tokens)
    found = ["an", "ann", "zo", "mull", "muller", "ludenscheidt", "m1", "22"]
    assert tokens.issuperset(SearchTokens.beginning(word) for word in found)
    assert tokens.isdisjoint(SearchTokens.beginning(word) for word in ["a", "nn", "mullerin", "m", "m122"])
    assert sort_name(ANN) == "muller-ludenscheidt, ann zoe"
    assert patient.name.text == "Ann Zoë Müller-Lüdenscheidt"


def test_a_value_is_not_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ANN.family = "Other"  # type: ignore[misc]  # the type checker refuses it, too


def test_a_period_ends_before_its_end() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    period = Period(start=noon, end=noon.replace(hour=13))
    assert period.contains(noon)
    assert not period.contains(noon.replace(hour=13))
    assert Period().contains(noon)
