"""Health education: written by editors, found by words, offered by conditions and language, and read."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.education import EducationReading, EducationResource
from models.patient import PatientLanguage
from models.record import ConditionStatus, Confidentiality, ReleaseHold, ReleaseHoldReason
from tests.clinic import ASTHMA, NOON
from tests.graph import Answer, Graph, gid

ERRORS = "errors { __typename code path message }"
FIELDS = "id key status title language readingLevel readingGrade publishedAt retiredAt revision sections { heading html }"
DIABETES = {"text": "Diabetes", "codings": [{"system": "http://snomed.info/sct", "code": "44054006"}]}
BODY = "## What it is\n\nToo much sugar in the blood.\n\n## Signs\n\n- thirst\n- tired feet\n"
OFFERED = """query ($unread: Boolean) { viewer { patient { educationResources(first: 10, unread: $unread) {
    totalCount nodes { id key language readAt reasons { id } } } } } }"""


async def edit(graph: Graph, mutation: str, caller: str = "staff", **given: Any) -> Answer:
    type_name = mutation[0].upper() + mutation[1:]
    text = f"mutation ($input: {type_name}Input!) {{ {mutation}(input: $input) {{ educationResource {{ {FIELDS} }} {ERRORS} }} }}"
    answer = await graph.ask(caller, text, input=given)
    if answer.data is not None:
        answer.data = answer.data[mutation]
    return answer


async def published(graph: Graph, **given: Any) -> Any:
    fields = {"title": "Sugar", "summary": "About sugar.", "body": BODY, "topics": [DIABETES], **given}
    made = (await edit(graph, "createEducationResource", **fields)).data["educationResource"]
    return (await edit(graph, "publishEducationResource", id=made["id"])).data["educationResource"]


async def offered(graph: Graph, caller: str = "alice", **given: Any) -> Any:
    return (await graph.data(caller, OFFERED, **given))["viewer"]["patient"]["educationResources"]["nodes"]


async def found(graph: Graph, caller: str = "alice", **where: Any) -> list[str]:
    query = "query ($w: EducationResourceWhere) { educationResources(first: 20, where: $w) { totalCount nodes { title } } }"
    connection = (await graph.data(caller, query, w=where))["educationResources"]
    assert connection["totalCount"] == len(connection["nodes"])
    return [node["title"] for node in connection["nodes"]]


async def test_an_article_is_drafted_published_changed_and_retired(graph: Graph) -> None:
    draft = (await edit(graph, "createEducationResource", title="Sugar", body=BODY)).data["educationResource"]
    assert (draft["status"], draft["readingLevel"], draft["revision"]) == ("DRAFT", "EASY", 1)
    assert [section["heading"] for section in draft["sections"]] == ["What it is", "Signs"]
    assert "Sugar" not in await found(graph)
    lacking = await edit(graph, "publishEducationResource", id=draft["id"])
    assert sorted(error["path"][0] for error in lacking.data["errors"]) == ["summary", "topics"]
    more: dict[str, Any] = {"summary": "About sugar.", "topics": [DIABETES], "expectedRevision": 1}
    assert (await edit(graph, "updateEducationResource", id=draft["id"], **more)).data["educationResource"]["revision"] == 2
    late = await edit(graph, "updateEducationResource", id=draft["id"], title="Late", expectedRevision=1)
    assert [(error["__typename"], error["path"]) for error in late.data["errors"]] == [("Conflict", ["expectedRevision"])]
    shown = (await edit(graph, "publishEducationResource", "admin", id=draft["id"])).data["educationResource"]
    assert shown["status"] == "PUBLISHED"
    assert "Sugar" in await found(graph)
    emptied = await edit(graph, "updateEducationResource", id=draft["id"], topics=[])
    assert [error["path"] for error in emptied.data["errors"]] == [["topics"]]
    again = await edit(graph, "publishEducationResource", id=draft["id"])
    assert [error["code"] for error in again.data["errors"]] == ["ALREADY_PUBLISHED"]
    assert (await edit(graph, "retireEducationResource", id=draft["id"])).data["educationResource"]["status"] == "RETIRED"
    assert "Sugar" not in await found(graph)
    assert await found(graph, "staff", status="RETIRED") == ["Sugar"]
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await graph.data("alice", node, id=draft["id"]))["node"] is None
    assert (await edit(graph, "publishEducationResource", id=draft["id"])).data["educationResource"]["retiredAt"] is None


async def test_of_editors_at_once_one_wins(graph: Graph) -> None:
    article = await published(graph)
    work = [edit(graph, "updateEducationResource", id=article["id"], title=f"T{n}", expectedRevision=2) for n in range(4)]
    errors = [answer.data["errors"] for answer in await asyncio.gather(*work)]
    assert sorted(map(len, errors)) == [0, 1, 1, 1]
    twins = [edit(graph, "createEducationResource", title="Twin", key="twin") for _ in range(3)]
    errors = [answer.data["errors"] for answer in await asyncio.gather(*twins)]
    assert sorted([error["path"] for error in each] for each in errors) == [[], [["key"]], [["key"]]]


async def test_only_editors_edit(graph: Graph) -> None:
    inputs = {
        "createEducationResource": {"title": "X"},
        "updateEducationResource": {"id": gid(graph.clinic.article), "title": "X"},
        "publishEducationResource": {"id": gid(graph.clinic.draft_article)},
        "retireEducationResource": {"id": gid(graph.clinic.article)},
    }
    for mutation, given in inputs.items():
        for caller in ("alice", "house", "analyst", None):
            answer = await edit(graph, mutation, caller, **given)  # type: ignore[arg-type]  # nobody
            assert answer.codes == ["UNAUTHENTICATED" if caller is None else "FORBIDDEN"]


def _about(system: str, code: str) -> dict[str, Any]:
    return {"topics": [{"text": "X", "codings": [{"system": system, "code": code}]}]}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"title": " "}, "title"),
        ({"key": "Not a key"}, "key"),
        ({"language": "english!"}, "language"),
        ({"summary": "x" * 301}, "summary"),
        ({"body": "x" * 50_001}, "body"),
        ({"sourceUrl": "http://plain.example"}, "sourceUrl"),
        ({"sourceUrl": "https://user@host.example"}, "sourceUrl"),
        ({"sourceUrl": "javascript:alert(1)"}, "sourceUrl"),
        ({"reviewedAt": "2030-01-01T00:00:00Z"}, "reviewedAt"),
        ({"readingLevel": "EASY", "body": "Words in English."}, "readingLevel"),
        ({"topics": [{"text": "X", "codings": []}]}, "topics.0.codings"),
        (_about("http://loinc.org", "4548-4"), "topics.0.codings.0.system"),
        (
            {"topics": [{"text": "X", "codings": [{"system": "http://snomed.info/sct", "code": "44054007"}]}]},
            "topics.0.codings.0.code",
        ),
    ],
)
async def test_bad_input_names_its_place(graph: Graph, given: dict[str, Any], path: str) -> None:
    before = await EducationResource.count()
    answer = await edit(graph, "createEducationResource", **{"title": "X", **given})
    assert [".".join(error["path"]) for error in answer.data["errors"]] == [path]
    assert await EducationResource.count() == before


async def test_words_are_found_in_the_forms_of_their_language_best_first(graph: Graph) -> None:
    await published(graph, title="Walking", summary="Your feet.", key="walking")
    await published(graph, title="Caring for your feet", summary="Foot care.", key="feet", body="## A\n\nFeet and feet again.")
    await published(graph, title="Cuidado de los pies", language="es", key="feet", body="## A\n\nCaminando.", readingLevel="EASY")
    assert await found(graph, search="foot feet") == ["Caring for your feet", "Walking"]
    assert await found(graph, search="walks") == ["Walking"]
    assert await found(graph, search="camina", language="es") == ["Cuidado de los pies"]
    assert await found(graph, search="feet", language="es") == []
    assert await found(graph, search='"feet" -walking $where {"$ne": 1}') != []
    for search in ("", " - ", "x" * 201):
        where = {"search": search}
        query = "query ($w: EducationResourceWhere) { educationResources(where: $w) { nodes { id } } }"
        answer = await graph.ask("alice", query, w=where)
        assert "where.search" in answer.errors[0].message


async def test_pages_of_a_search_follow_one_another(graph: Graph) -> None:
    for number in range(5):
        await published(graph, title=f"Sugar {'sugar ' * number}", key=f"sugar-{number}")
    query = """query ($first: Int, $after: String) { educationResources(first: $first, after: $after, where: {search: "sugar"}) {
        nodes { title } pageInfo { hasNextPage endCursor } } }"""
    whole = (await graph.data("alice", query, first=20))["educationResources"]["nodes"]
    seen, after = [], None
    while True:
        page = (await graph.data("alice", query, first=2, after=after))["educationResources"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == whole
    assert len(seen) == 5
    by_title = "query ($after: String) { educationResources(first: 2, after: $after, orderBy: {field: TITLE}) { nodes { id } } }"
    assert (await graph.ask("alice", by_title, after=after)).errors != []


async def test_one_article_of_several_languages_is_offered_in_the_patients(graph: Graph) -> None:
    await published(graph, key="sugar", language="en")
    await published(graph, key="sugar", language="es", readingLevel="EASY")
    await published(graph, key="sugar", language="de", readingLevel="EASY")
    alice = graph.clinic.alice
    for preferred, expected in ((None, "en"), ("es-MX", "es"), ("de", "de"), ("fr", "en")):
        alice.preferred_language = None if preferred is None else PatientLanguage(preferred)
        await alice.replace()
        mine = [node for node in await offered(graph) if node["key"] == "sugar"]
        assert [node["language"] for node in mine] == [expected]
        assert [reason["id"] for reason in mine[0]["reasons"]] == [gid(graph.clinic.condition)]


async def test_a_condition_that_is_not_seen_offers_nothing(graph: Graph) -> None:
    topic = {"text": "Asthma", "codings": [{"system": "http://snomed.info/sct", "code": "195967001"}]}
    asthma = await published(graph, title="Asthma", key="asthma", topics=[topic])
    assert graph.clinic.wrong_condition.code == ASTHMA  # entered in error
    query = "{ viewer { proxyFor { educationResources { nodes { id reasons { id } } } } } }"
    [child] = (await graph.data("parent", query))["viewer"]["proxyFor"]
    assert [node["id"] for node in child["educationResources"]["nodes"]] == [asthma["id"]]
    assert asthma["id"] not in [node["id"] for node in await offered(graph)]
    condition = graph.clinic.childs_condition
    hold = ReleaseHold(reason=ReleaseHoldReason.RISK_OF_HARM, until=NOON + timedelta(days=1), by_id=graph.clinic.house.id)
    for change in (
        {"confidentiality": Confidentiality.RESTRICTED},
        {"clinical_status": ConditionStatus.RESOLVED},
        {"release": condition.release.model_copy(update={"hold": hold})},
    ):
        changed = condition.model_copy(update=change)
        await changed.replace()
        [child] = (await graph.data("parent", query))["viewer"]["proxyFor"]
        assert child["educationResources"]["nodes"] == []
        await condition.replace()


async def test_patients_and_proxies_mark_what_was_read_once(graph: Graph) -> None:
    mark = f"mutation ($input: MarkEducationReadInput!) {{ markEducationRead(input: $input) {{ patient {{ id }} {ERRORS} }} }}"
    article = gid(graph.clinic.article)
    assert [node["readAt"] for node in await offered(graph)] == [None]
    work = [graph.data("alice", mark, input={"resource": article}) for _ in range(3)]
    assert [each["markEducationRead"]["errors"] for each in await asyncio.gather(*work)] == [[], [], []]
    assert await EducationReading.count() == 1
    assert [node["readAt"] for node in await offered(graph)] == ["2026-03-02T12:00:00Z"]
    assert await offered(graph, unread=True) == []
    assert len(await offered(graph, unread=False)) == 1
    childs = {"resource": article, "patient": gid(graph.clinic.child)}
    assert (await graph.data("parent", mark, input=childs))["markEducationRead"]["errors"] == []
    for caller, given, path in (
        ("alice", childs, ["patient"]),
        ("bob", {"resource": gid(graph.clinic.draft_article)}, ["resource"]),
        ("parent", {**childs, "resource": gid(graph.clinic.draft_article)}, ["resource"]),
    ):
        [error] = (await graph.data(caller, mark, input=given))["markEducationRead"]["errors"]
        assert (error["__typename"], error["path"]) == ("NotFound", path)
    for caller in ("house", "staff", "admin", "analyst"):
        assert (await graph.ask(caller, mark, input={"resource": article})).codes == ["FORBIDDEN"]
    assert await EducationReading.count() == 2


async def test_conditions_and_medications_link_to_medlineplus(graph: Graph) -> None:
    query = '{ viewer { patient { conditions { educationUrl(language: "es") } medications { educationUrl } } } }'
    patient = (await graph.data("alice", query))["viewer"]["patient"]
    [url] = [condition["educationUrl"] for condition in patient["conditions"]]
    assert url.startswith("https://connect.medlineplus.gov/application?")
    assert "44054006" in url
    assert url.endswith("=es")
    assert patient["medications"] == [{"educationUrl": None}]  # words alone: no code to ask for
