"""Who reads the audit trail, and what they see of it."""

from tests.graph import Graph, gid

LOG = """{ viewer { patient { accessLog {
  totalCount nodes { sequence actorName purpose action fields patientId subjects hash actor { email } }
} } } }"""


async def test_patients_read_who_looked(graph: Graph) -> None:
    c = graph.clinic
    await graph.data("house", "query ($id: ID!) { patient(id: $id) { name { text } } }", id=gid(c.alice))
    await graph.data("staff", "query ($id: ID!) { patient(id: $id) { mrn } }", id=gid(c.alice))
    await graph.data("alice", "{ viewer { patient { mrn } } }")
    await graph.data("staff", "query ($id: ID!) { patient(id: $id) { mrn } }", id=gid(c.bob))
    log = (await graph.data("alice", LOG))["viewer"]["patient"]["accessLog"]
    assert log["totalCount"] == 3
    assert {entry["actorName"] for entry in log["nodes"]} == {"Dr. Gregory House", "Clinic staff", "You"}
    assert {entry["sequence"] for entry in log["nodes"]} == {0, 1, 2}
    assert {entry["patientId"] for entry in log["nodes"]} == {gid(c.alice)}
    shown = next(entry for entry in log["nodes"] if entry["actorName"] == "Dr. Gregory House")
    assert shown["subjects"] == [gid(c.alice)]
    assert shown["actor"] is None
    assert shown["fields"] == ["Patient.name"]


async def test_proxies_read_no_log(graph: Graph) -> None:
    await graph.data("staff", "query ($id: ID!) { patient(id: $id) { mrn } }", id=gid(graph.clinic.child))
    data = await graph.data("parent", "{ viewer { proxyFor { accessLog { totalCount nodes { id } } } } }")
    assert data["viewer"]["proxyFor"] == [{"accessLog": {"totalCount": 0, "nodes": []}}]


async def test_administrators_read_the_trail_without_seeing_patients(graph: Graph) -> None:
    c = graph.clinic
    await graph.data("staff", "query ($id: ID!) { patient(id: $id) { mrn } }", id=gid(c.alice))
    query = "query ($where: AuditEventWhere) { auditEvents(where: $where) { nodes { id sequence patientId actor { email } } } }"
    nodes = (await graph.data("admin", query, where={"patient": gid(c.alice)}))["auditEvents"]["nodes"]
    assert [(node["patientId"], node["actor"]["email"]) for node in nodes] == [(gid(c.alice), "staff@clinic.example")]
    again = await graph.data("admin", "query ($id: ID!) { node(id: $id) { ... on AuditEvent { sequence } } }", id=nodes[0]["id"])
    assert again["node"] == {"sequence": 0}
    refused = await graph.ask("admin", "{ auditEvents { nodes { patient { mrn } } } }")
    assert refused.codes == ["FORBIDDEN"]
    filters = {"actor": gid(c.accounts["staff"]), "action": "Query.patient", "outcome": ["SUCCESS"], "purpose": ["OPERATIONS"]}
    assert len((await graph.data("admin", query, where=filters))["auditEvents"]["nodes"]) == 1
    own = await graph.data("admin", '{ auditEvents(where: {action: "Query.auditEvents"}) { nodes { patientId } } }')
    assert {node["patientId"] for node in own["auditEvents"]["nodes"]} == {None}


async def test_administrators_verify_the_trail(graph: Graph) -> None:
    for patient in (graph.clinic.alice, graph.clinic.bob):
        await graph.data("staff", "query ($id: ID!) { patient(id: $id) { mrn } }", id=gid(patient))
    await graph.data("staff", "{ patients { nodes { mrn } } }")
    verified = await graph.data("admin", "{ verifyAuditTrail { intact checked brokenAt } }")
    assert verified["verifyAuditTrail"] == {"intact": True, "checked": 3, "brokenAt": None}
    answer = await graph.ask("admin", "{ verifyAuditTrail(from: 2, to: 1) { intact } }")
    assert len(answer.errors) == 1
    part = await graph.data("admin", "{ verifyAuditTrail(from: 1, to: 2) { intact checked } }")
    assert part["verifyAuditTrail"] == {"intact": True, "checked": 2}
