"""Pictures of insurance cards: the one kind of document that the front desk sees."""

from typing import Any

from tests.clinic import Clinic
from tests.graph import gid
from tests.ohms_graphql.documents.desk import Desk
from tests.ohms_graphql.documents.multipart_body import PDF

CARDS = "query ($id: ID!) { coverage(id: $id) { cardPictures { title contentType downloadUrl } } }"


async def cards(desk: Desk, caller: str) -> Any:
    body = {"query": CARDS, "variables": {"id": gid(desk.clinic.coverage)}}
    answer = (await desk.http.post("/graphql", json=body, headers=desk.token(caller))).json()
    return (
        answer["errors"][0]["extensions"]["code"]
        if "errors" in answer
        else (answer["data"]["coverage"] or {}).get("cardPictures")
    )


async def test_a_card_is_seen_by_the_front_desk_and_other_documents_are_not(desk: Desk, clinic: Clinic) -> None:
    coverage = gid(clinic.coverage)
    for caller, title in (("alice", "Front"), ("staff", "Back")):
        assert (await desk.upload(caller, title=title, code="64290-0", coverage=coverage))["errors"] == []
    assert (await desk.upload("alice", title="A letter"))["errors"] == []
    for caller in ("alice", "house", "staff"):
        found = await cards(desk, caller)
        assert [each["title"] for each in found] == ["Front", "Back"], caller
        assert (await desk.http.get(found[0]["downloadUrl"])).content == PDF
    assert await cards(desk, "bob") is None
    assert await cards(desk, "analyst") == "FORBIDDEN"
    assert await cards(desk, "admin") == "FORBIDDEN"


async def test_a_card_belongs_to_a_coverage_of_the_patient_and_is_no_secret(desk: Desk, clinic: Clinic) -> None:
    refused = [
        (await desk.upload("staff", patient=gid(clinic.bob), coverage=gid(clinic.coverage))),
        (await desk.upload("alice", coverage=gid(clinic.coverage), confidentiality="RESTRICTED")),
    ]
    told = [[(error["code"], error["path"]) for error in payload["errors"]] for payload in refused]
    assert told == [[("NOT_FOUND", ["coverage"])], [("INVALID", ["confidentiality"])]]
