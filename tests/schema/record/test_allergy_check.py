"""A medication against a known allergy: by code, never by name, acknowledged with a reason."""

import asyncio
from typing import Any

from models.record import Allergy, Medication
from models.values import CodeableConcept
from tests.graph import Graph, gid
from tests.schema.record.chart_desk import AMOXICILLIN, NONE_KNOWN, PENICILLIN, RXNORM, change, concept, record, recorded

WARNED = """mutation ($input: RecordMedicationInput!) { recordMedication(input: $input) {
    medication { id acknowledgedAllergies { reason allergy { id } by { id } } }
    errors { __typename code path ... on AllergyWarning { criticality allergy { id code { text } } } } } }"""


async def _prescribe(graph: Graph, code: Any = AMOXICILLIN, **given: Any) -> Any:
    answer = await graph.data("house", WARNED, input={"patient": gid(graph.clinic.alice), "code": code, **given})
    return answer["recordMedication"]


async def test_a_known_allergy_to_an_ingredient_is_a_warning_until_it_is_acknowledged(graph: Graph) -> None:
    allergy = await recorded(graph, "allergy", code=PENICILLIN, criticality="HIGH")
    before = await Medication.count()
    warned = await _prescribe(graph)
    [warning] = warned["errors"]
    assert warned["medication"] is None
    assert await Medication.count() == before
    assert warning == {
        "__typename": "AllergyWarning",
        "code": "ALLERGY",
        "path": ["acknowledgedAllergies"],
        "criticality": "HIGH",
        "allergy": {"id": allergy["id"], "code": {"text": "Penicillin"}},
    }
    without_reason = await _prescribe(graph, acknowledgedAllergies=[{"allergy": allergy["id"], "reason": " "}])
    assert without_reason["errors"][0]["path"] == ["acknowledgedAllergies", "0", "reason"]
    known = [{"allergy": allergy["id"], "reason": "Tolerated it last year."}]
    prescribed = await _prescribe(graph, acknowledgedAllergies=known)
    assert prescribed["errors"] == []
    assert prescribed["medication"]["acknowledgedAllergies"] == [
        {"reason": "Tolerated it last year.", "allergy": {"id": allergy["id"]}, "by": {"id": gid(graph.clinic.house)}}
    ]


async def test_names_alone_never_block_and_other_codes_do_not(graph: Graph) -> None:
    await recorded(graph, "allergy", code=concept("Amoxicillin"))
    await recorded(graph, "allergy", code=concept("Sulfonamide", RXNORM, "10180"))
    for code in (concept("Penicillin"), concept("Amoxicillin"), AMOXICILLIN):
        assert (await _prescribe(graph, code))["errors"] == []


async def test_ingredients_count_as_the_medication_does(graph: Graph) -> None:
    await recorded(graph, "allergy", code=concept("Aspirin", RXNORM, "1191"))
    ingredients = [{"system": RXNORM, "code": "1191"}]
    combined = concept("Pain tablets", RXNORM, "999999")
    assert [error["code"] for error in (await _prescribe(graph, combined, ingredients=ingredients))["errors"]] == ["ALLERGY"]
    assert (await _prescribe(graph, combined))["errors"] == []


async def test_what_is_over_or_wrong_warns_of_nothing(graph: Graph) -> None:
    allergy = await recorded(graph, "allergy", code=PENICILLIN)
    assert (await _prescribe(graph, requestStatus="COMPLETED"))["errors"] == []
    await change(graph, "markRecordEnteredInError", allergy["id"], reason="Wrong patient")
    assert (await _prescribe(graph))["errors"] == []
    await recorded(graph, "allergy", code=PENICILLIN, clinicalStatus="RESOLVED")
    assert (await _prescribe(graph))["errors"] == []


async def test_an_allergy_that_may_not_be_seen_warns_without_a_name(graph: Graph) -> None:
    """None is entered so closely kept; an import may bring one."""
    hidden = Allergy(code=CodeableConcept.model_validate(PENICILLIN), clinical_status="ACTIVE", patient_id=graph.clinic.alice.id)
    hidden.confidentiality = "VERY_RESTRICTED"  # type: ignore[assignment]  # pydantic makes it one
    await hidden.insert()
    [warning] = (await _prescribe(graph))["errors"]
    assert (warning["allergy"], warning["criticality"]) == (None, None)
    prescribed = await _prescribe(graph, acknowledgedAllergies=[{"allergy": None, "reason": "Nothing else works."}])
    assert prescribed["medication"]["acknowledgedAllergies"][0]["allergy"] is None


async def test_amending_weighs_it_again(graph: Graph) -> None:
    allergy = await recorded(graph, "allergy", code=PENICILLIN)
    metformin = await recorded(graph, "medication", code=concept("Metformin", RXNORM, "6809"))
    part: dict[str, Any] = {"code": AMOXICILLIN}
    amend: dict[str, Any] = {"expectedVersion": 1, "reason": "Another drug", "medication": part}
    refused = await change(graph, "amendRecord", metformin["id"], **amend)
    assert [(error["code"], error["path"]) for error in refused.data["errors"]] == [
        ("ALLERGY", ["medication", "acknowledgedAllergies"])
    ]
    part["acknowledgedAllergies"] = [{"allergy": allergy["id"], "reason": "Desensitised."}]
    assert (await change(graph, "amendRecord", metformin["id"], **amend)).data["errors"] == []
    dosage: dict[str, Any] = {"expectedVersion": 2, "reason": "Another dose", "medication": {"dosage": "Two a day"}}
    assert (await change(graph, "amendRecord", metformin["id"], **dosage)).data["errors"] == []  # acknowledged already
    stored = await Medication.find_one({"version": 3})
    assert stored is not None
    assert [each.reason for each in stored.acknowledged_allergies] == ["Desensitised."]


async def test_no_known_allergies_and_an_allergy_at_once_never_stand_together(graph: Graph) -> None:
    await Allergy.get_pymongo_collection().update_one({"_id": graph.clinic.allergy.id}, {"$set": {"clinical_status": "RESOLVED"}})
    for _ in range(3):
        await asyncio.gather(record(graph, "allergy", code=NONE_KNOWN), record(graph, "allergy", code=PENICILLIN))
        active = await Allergy.find({"clinical_status": "ACTIVE", "status": {"$ne": "ENTERED_IN_ERROR"}}).to_list()
        codes = {coding.code for allergy in active for coding in allergy.code.codings}
        assert not {"716186003", "764146007"} <= codes
        for allergy in active:
            await Allergy.get_pymongo_collection().update_one({"_id": allergy.id}, {"$set": {"clinical_status": "RESOLVED"}})
