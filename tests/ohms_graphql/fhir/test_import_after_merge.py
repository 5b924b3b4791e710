"""What a source says of a patient who was merged into another is said of the other from then on."""

from pathlib import Path

from models.patient import Patient
from models.record import Observation, Record
from models.role import Role
from models.search_words import SearchTokens
from models.values import HumanName
from ohms_graphql.database import Database
from resolvers.context import open_context
from resolvers.patient_merge.merge import MergeWish, merge_patients
from resolvers.patient_merge.unmerge import unmerge_patients
from resolvers.principal import Principal
from tests.clinic import plain_ports
from tests.ohms_graphql.fhir import sample
from tests.ohms_graphql.fhir.conftest import Importer
from tests.ohms_graphql.fhir.test_sample_import import ANN, id_of


async def test_an_import_follows_the_merge_and_makes_no_second_patient(
    imported: Importer, database: Database, tmp_path: Path
) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base(), sample.observation()))
    kept = await Patient(mrn="MKept", name=HumanName(family="Winter", given=["Ann"])).insert()
    staff = Principal(account_id="0" * 26, roles=frozenset({Role.STAFF}))
    context = open_context(staff, plain_ports(database.transaction))
    merge = await merge_patients(context, MergeWish(keep_id=kept.id, merge_id=ANN, reason="Same"), None)
    changed = sample.observation(status="amended", valueQuantity={"value": 6.9, "unit": "%"})
    base = [sample.patient(birthDate="1950-01-01") if each["resourceType"] == "Patient" else each for each in sample.base()]
    report = await imported(sample.put(tmp_path / "b.json", *base, changed, sample.condition()))
    assert report.problems == []
    assert await Patient.get(ANN) is None
    assert await Record.find({"patient_id": kept.id}, with_children=True).count() == 2
    await unmerge_patients(context, merge.id, "Two persons", None)
    observation = await Observation.get(id_of("Observation/hba1c"))
    assert observation is not None
    assert (observation.patient_id, observation.version) == (ANN, 2)


async def test_a_changed_name_keeps_the_old_number_findable(imported: Importer, database: Database, tmp_path: Path) -> None:
    await imported(sample.put(tmp_path / "a.json", *sample.base()))
    merged = await Patient(mrn="MOLD77", name=HumanName(family="Winter", given=["Ann"])).insert()
    staff = Principal(account_id="0" * 26, roles=frozenset({Role.STAFF}))
    context = open_context(staff, plain_ports(database.transaction))
    await merge_patients(context, MergeWish(keep_id=ANN, merge_id=merged.id, reason="Same"), None)
    renamed = sample.patient(name=[{"family": "Summer", "given": ["Ann"]}])
    await imported(sample.put(tmp_path / "b.json", renamed))
    for word in ("mold77", "summ"):
        found = await Patient.find_one({"search_tokens": SearchTokens.beginning(word)})
        assert found is not None
        assert (found.id, found.name.family) == (ANN, "Summer")
