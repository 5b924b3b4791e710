"""docs/permissions.md says what the code does."""

from pathlib import Path

import pytest

import models
from models.base import StoredDocument
from models.record import Record
from ohms_graphql.permissions_page import permissions_page
from resolvers.policy import RULES
from schema import build_schema
from schema.nodes import NODES

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


@pytest.fixture(scope="module")
def page() -> str:
    return permissions_page(build_schema())


def test_the_written_page_is_up_to_date(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page


def test_fields_that_differ_from_their_type_stand_alone(page: str) -> None:
    assert "| Patient.conditions | yes | yes |  |  |" in page
    assert "| accounts |  |  |  | yes |  |" in page
    assert "| signIn | public | public | public | public | public |" in page


def test_every_rule_says_why_in_a_sentence(page: str) -> None:
    for document, rules in RULES.items():
        assert rules, document
        assert len({rule.name for rule in rules}) == len(rules)
        for rule in rules:
            assert rule.roles
            assert rule.why[0].isupper()
            assert rule.why.endswith(".")
            assert rule.why in page


def test_every_node_has_a_rule() -> None:
    behind_nodes: set[type[StoredDocument]] = {document for document, _ in NODES.values()}
    assert behind_nodes <= set(RULES)
    assert {document for document in RULES if not issubclass(document, Record)} <= set(models.DOCUMENTS)
