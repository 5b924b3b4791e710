"""Ids of many rows at once are those of each by itself."""

from hypothesis import example, given
from hypothesis import strategies as st

from models.identity import new_id
from schema.node import global_id, global_ids, read_global_id

TYPES = st.sampled_from(["Patient", "Provider", "Appointment", "A", "Ab"])
OF_ONE_LENGTH = st.integers(0, 30).flatmap(lambda size: st.lists(st.text("abcXYZ019?~>\0", min_size=size, max_size=size)))


@given(TYPES, st.one_of(OF_ONE_LENGTH, st.lists(st.text(max_size=8))))
@example("Patient", [])
@example("Patient", ["é", "z"])  # of one length, but not of one size
def test_many_are_encoded_as_each_is(type_name: str, document_ids: list[str]) -> None:
    assert global_ids(type_name, document_ids) == [global_id(type_name, document_id) for document_id in document_ids]


def test_what_was_encoded_among_others_can_be_read() -> None:
    ids = [new_id() for _ in range(100)]
    assert [read_global_id(shown, ["id"]) for shown in global_ids("Appointment", ids)] == [("Appointment", each) for each in ids]
