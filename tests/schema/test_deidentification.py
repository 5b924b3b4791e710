"""The guard: no field is open to analysts without a decision, and no row leaves without a copy."""

from datetime import datetime

import pytest
import strawberry

from models.base import StoredDocument
from models.record import ClinicalNote
from models.role import Role
from models.values import CodeableConcept
from resolvers.access import Access
from resolvers.policy import NOTHING, restrict
from resolvers.policy.table import RULES
from resolvers.principal import Principal
from schema.authorization import auth
from schema.deidentification import PhiKind, phi, verify_deidentified
from schema.guarded import UnguardedSchemaError
from tests.clinic import NOON
from tests.graph import Graph

ANALYST = Principal(account_id="A", roles=frozenset({Role.ANALYST}))


@strawberry.type
class Inner:
    words: str


@strawberry.type(directives=[auth(Role.STAFF, Role.ANALYST)])
class Chart:
    id: strawberry.ID
    number: int
    note: str
    seen_at: datetime
    inner: Inner
    hidden: str = strawberry.field(directives=[auth(Role.STAFF)])
    decided: str = strawberry.field(directives=[phi(PhiKind.FREE_TEXT)])


def test_every_text_and_date_without_a_decision_fails_the_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def chart(self) -> Chart | None:
            return None

    with pytest.raises(UnguardedSchemaError) as refused:
        verify_deidentified(strawberry.Schema(Query))
    assert [fault.split()[0] for fault in refused.value.faults] == ["Chart.note", "Chart.seenAt", "Inner.words"]


def test_a_schema_without_types_for_analysts_has_lost_its_guard() -> None:
    @strawberry.type
    class Query:
        hello: str = "hello"

    with pytest.raises(UnguardedSchemaError, match="no types"):
        verify_deidentified(strawberry.Schema(Query))


async def test_without_pseudonyms_analysts_see_no_patients_rows(graph: Graph) -> None:
    access = Access(ANALYST, NOON)
    public = {"Account", "EducationResource", "Organization", "Provider", "VisitType"}
    for document in RULES:
        if document.__name__ not in public:
            assert await restrict(document, access, {}) == NOTHING, document.__name__


async def test_a_document_that_has_no_copy_never_leaves(graph: Graph) -> None:
    access = Access(ANALYST, NOON, pseudonyms=graph.ports.pseudonyms)
    note = ClinicalNote(code=CodeableConcept(text="Note"), text="words", patient_id="P")
    without: list[StoredDocument] = [note, graph.clinic.check, graph.clinic.booked_event]
    for document in without:
        with pytest.raises(KeyError):
            access.shown([document])


async def test_nothing_stored_is_left_in_a_copy(graph: Graph) -> None:
    access = Access(ANALYST, NOON, pseudonyms=graph.ports.pseudonyms)
    c = graph.clinic
    rows: list[StoredDocument] = [
        c.alice,
        c.visit,
        c.invoice,
        c.payment,
        c.coverage,
        c.condition,
        c.observation,
        c.allergy,
        c.procedure,
    ]
    for row in rows:
        row.__pydantic_extra__ = {"unknown": "unknown words"}
        (copy,) = access.shown([row])
        text = repr((copy.__dict__, copy.__pydantic_extra__, copy.__pydantic_private__))
        for known in (row.id, c.alice.id, c.visit.id, "Müller", "M0000000001", "unknown", "W123", "Sugar", "2026-000001"):
            assert known not in text, (type(row).__name__, known)
