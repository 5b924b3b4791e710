"""The six nodes and every relation between them, both ways."""

from tests.graph import Graph, gid

CHART = """
query Chart($id: ID!) {
  patient(id: $id) {
    mrn name { text family given } birthDate age gender
    careTeam { name { text } }
    proxies { relationship scope account { email } }
    allergies { code { text } clinicalStatus patient { id } }
    conditions(status: ACTIVE) {
      code { text codings { system code } } author { name { text } } appointment { id } }
    medications(active: true) { code { text } active }
    immunizations { code { text } given }
    records(first: 50) { totalCount
      nodes { __typename id status recordedAt release { released hold { reason by { id } } } } }
    labResults { nodes { code { text } observations { value { quantity { value unit } } labReport { id } } } }
    appointments { edges { cursor
      node { id start end timeZone mode provider { id } visitType { name price { formatted } } } } }
    coverages {
      payer memberId patient { id } verification { inForce stale benefits { copay { minorUnits } coinsurancePercent } } }
    invoices { nodes { number total { formatted } balance { minorUnits } payments { amount { decimal } invoice { id } } } }
    balance { minorUnits currency decimal formatted }
    educationResources { nodes { title reasons { code { text } } } }
    extensions
  }
}
"""


async def test_a_provider_reads_the_chart_of_a_patient_under_care(graph: Graph) -> None:
    clinic = graph.clinic
    patient = (await graph.data("house", CHART, id=gid(clinic.alice)))["patient"]
    assert patient["name"] == {"text": "Alice Müller", "family": "Müller", "given": ["Alice"]}
    assert patient["birthDate"] == "1980-02-29"
    assert patient["age"] == 46
    assert patient["careTeam"] == [{"name": {"text": "Dr. Gregory House"}}]
    assert [allergy["code"]["text"] for allergy in patient["allergies"]] == ["Penicillin"]
    assert {condition["code"]["text"] for condition in patient["conditions"]} == {"Diabetes", "Asthma"}
    assert patient["conditions"][0]["appointment"] == {"id": gid(clinic.visit)}
    assert patient["medications"] == [{"code": {"text": "Metformin"}, "active": True}]
    reports = patient["labResults"]["nodes"]
    results = [report["observations"] for report in reports if report["code"]["text"] == "HbA1c"]
    assert results == [[{"value": {"quantity": {"value": "7.10", "unit": "%"}}, "labReport": {"id": gid(clinic.report)}}]]
    assert [edge["node"]["id"] for edge in patient["appointments"]["edges"]] == [gid(clinic.visit), gid(clinic.coming)]
    assert patient["appointments"]["edges"][0]["node"]["start"] == "2026-02-23T12:00:00Z"
    coverage = patient["coverages"][0]
    assert (coverage["payer"], coverage["memberId"]) == ("Aetna", "W123")
    assert coverage["verification"]["stale"] is True
    assert coverage["verification"]["benefits"] == {"copay": {"minorUnits": 2000}, "coinsurancePercent": "20"}
    assert patient["balance"] == {"minorUnits": 1500, "currency": "USD", "decimal": "15.00", "formatted": "15.00 USD"}
    assert patient["educationResources"]["nodes"][0]["title"] == "Living with diabetes"
    assert patient["extensions"] == {}


async def test_a_patient_does_not_see_what_is_held_wrong_or_very_restricted(graph: Graph) -> None:
    clinic = graph.clinic
    patient = (await graph.data("alice", CHART, id=gid(clinic.alice)))["patient"]
    shown = {record["id"] for record in patient["records"]["nodes"]}
    hidden = {gid(clinic.held_report), gid(clinic.wrong_condition), gid(clinic.secret_note)}
    assert not shown & hidden
    assert gid(clinic.restricted_note) in shown
    assert patient["records"]["totalCount"] == len(shown)
    assert [condition["code"]["text"] for condition in patient["conditions"]] == ["Diabetes"]
    assert [report["code"]["text"] for report in patient["labResults"]["nodes"]] == ["HbA1c"]


async def test_every_kind_of_node_is_read_by_its_id(graph: Graph) -> None:
    clinic = graph.clinic
    shown = [clinic.alice, clinic.house, clinic.visit, clinic.invoice, clinic.coverage, clinic.check, clinic.payment]
    shown += [clinic.follow_up, clinic.site, clinic.article, clinic.accounts["house"]]
    shown += [clinic.condition, clinic.allergy, clinic.medication, clinic.immunization, clinic.procedure, clinic.document]
    shown += [clinic.report, clinic.observation, clinic.note]
    ids = [gid(document) for document in shown]
    data = await graph.data("house", "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert [node["id"] for node in data["nodes"]] == ids
    assert [node["__typename"] for node in data["nodes"]] == [type(document).__name__ for document in shown]


async def test_an_id_of_another_type_finds_nothing(graph: Graph) -> None:
    from schema.node import global_id  # noqa: PLC0415

    crossed = global_id("Allergy", graph.clinic.condition.id)
    data = await graph.data("house", "query ($id: ID!) { node(id: $id) { id } record(id: $id) { id } }", id=crossed)
    assert data == {"node": None, "record": None}


async def test_an_id_that_ohms_did_not_make_is_named(graph: Graph) -> None:
    answer = await graph.ask("house", '{ node(id: "42") { id } }')
    assert str(answer.errors[0].message) == "id is not an id of OHMS."


async def test_an_invoice_leads_to_its_visit_and_back(graph: Graph) -> None:
    query = """query ($id: ID!) { invoice(id: $id) {
      appointment { id invoice { id } records { nodes { id } }
        history { kind by appointment { id } provider { id } } organization { name } }
      coverage { id } patient { id } paid { minorUnits } refunded { minorUnits } balance { minorUnits } creditNotes { id } } }"""
    clinic = graph.clinic
    invoice = (await graph.data("house", query, id=gid(clinic.invoice)))["invoice"]
    visit = invoice["appointment"]
    assert (visit["id"], visit["invoice"]) == (gid(clinic.visit), {"id": gid(clinic.invoice)})
    assert visit["history"][0]["kind"] == "BOOKED"
    assert visit["organization"] == {"name": "Princeton Clinic"}
    assert (invoice["paid"], invoice["balance"]) == ({"minorUnits": 500}, {"minorUnits": 1500})
    assert invoice["coverage"] == {"id": gid(clinic.coverage)}


async def test_a_provider_leads_to_visit_types_hours_and_appointments(graph: Graph) -> None:
    query = """{ viewer { roles account { email } provider { npi npiVerified timeZone organizations { name }
      visitTypes { name durationMinutes modes } availability { timeZone weekly { weekday from to visitTypes { name } } }
      appointments(first: 1, orderBy: {field: START, direction: DESC}) { totalCount nodes { patient { name { text } } }
      pageInfo { hasNextPage endCursor } } } } }"""
    viewer = (await graph.data("house", query))["viewer"]
    assert viewer["roles"] == ["PROVIDER"]
    provider = viewer["provider"]
    assert provider["visitTypes"][0]["modes"] == ["IN_PERSON", "VIDEO"]
    assert provider["availability"]["weekly"][0] == {
        "weekday": "MONDAY",
        "from": "09:00",
        "to": "12:00",
        "visitTypes": [{"name": "Follow-up"}],
    }
    assert provider["appointments"]["totalCount"] == 2
    assert provider["appointments"]["pageInfo"]["hasNextPage"] is True


async def test_a_stranger_gets_the_answer_of_a_patient_who_does_not_exist(graph: Graph) -> None:
    query = "query ($id: ID!) { patient(id: $id) { id } node(id: $id) { id } appointments { totalCount } }"
    theirs = await graph.ask("stranger", query, id=gid(graph.clinic.alice))
    nobodys = await graph.ask("stranger", query, id=gid(graph.clinic.alice.model_copy(update={"id": "0" * 26})))
    assert theirs.data == nobodys.data == {"patient": None, "node": None, "appointments": {"totalCount": 1}}


async def test_nobody_is_nobody(graph: Graph) -> None:
    assert await graph.data(None, "{ viewer { roles } }") == {"viewer": None}


async def test_a_parent_reads_the_childs_ordinary_record_only(graph: Graph) -> None:
    query = "{ viewer { proxyFor { id records { totalCount nodes { id } } } } records { totalCount } patients { totalCount } }"
    data = await graph.data("parent", query)
    assert data["viewer"]["proxyFor"][0]["id"] == gid(graph.clinic.child)
    assert data["viewer"]["proxyFor"][0]["records"]["nodes"] == [{"id": gid(graph.clinic.childs_condition)}]
    assert (data["records"]["totalCount"], data["patients"]["totalCount"]) == (1, 1)
