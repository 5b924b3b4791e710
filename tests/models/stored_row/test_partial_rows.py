"""A row that was read in part says what it has not, shows no values where it should not, and is never written."""

import copy
import pickle
from typing import Any

import pytest

from models.appointment import Appointment, AppointmentStatus, VisitReason
from models.base import StoredDocument
from models.education import EducationResource
from models.patient import Patient
from models.record import RECORD_KINDS, Condition, Interpretation, Observation, Record
from models.secret import SecretFault
from models.stored_row import NotRead, RowsAreReadOnly, UnreadableRow, projection, read_row, stored_class

pytestmark = pytest.mark.usefixtures("mock_database")

_VISIT = {"_id": "A", "patient_id": "P", "status": "BOOKED"}


def _visit(stored: dict[str, Any] | None = None, *names: str) -> Appointment:
    return read_row(Appointment, stored or _VISIT, frozenset(names or ("status", "patient_id")))


def test_what_was_read_is_there_and_the_rest_raises() -> None:
    row = _visit()
    assert (row.id, row.patient_id, row.status) == ("A", "P", AppointmentStatus.BOOKED)
    assert isinstance(row, Appointment)
    with pytest.raises(NotRead, match=r"Appointment\.reason was not read"):
        _ = row.reason


def test_no_default_hides_what_was_not_read() -> None:
    row = read_row(Appointment, _VISIT, frozenset({"status"}))
    with pytest.raises(NotRead):
        getattr(row, "patient_id", None)
    assert getattr(row, "no_such_thing", "nothing") == "nothing"


def test_it_is_of_its_class_for_whoever_looks_that_up() -> None:
    row = _visit()
    assert stored_class(row) is Appointment
    assert stored_class(read_row(Appointment, _VISIT | {"time_zone": "UTC", "provider_id": "D"}, None)) is Appointment
    assert type(row).__name__ == "Appointment"
    assert "reason" in type(row).model_fields


def test_properties_work_where_their_fields_were_read() -> None:
    article = read_row(EducationResource, {"_id": "E"}, frozenset({"published_at", "retired_at"}))
    assert article.status.value == "DRAFT"


@pytest.mark.parametrize("use", [repr, str], ids=["repr", "str"])
def test_it_tells_the_names_of_its_fields_and_no_values(use: Any) -> None:
    row = _visit({"_id": "A", "reason": VisitReason("very private").sealed}, "reason")
    assert "very private" not in use(row)
    assert "reason" in use(row)


@pytest.mark.parametrize(
    "use",
    [
        lambda row: row.model_dump(),
        lambda row: row.model_dump_json(),
        lambda row: row.model_copy(update={"status": AppointmentStatus.CANCELLED}),
        lambda row: row.model_fields_set,
        lambda row: row.model_extra,
        lambda row: row.unknown_fields,
        lambda row: row == _visit(),
        list,
        dict,
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
    ],
)
def test_it_is_not_taken_for_a_whole_document(use: Any) -> None:
    with pytest.raises(NotRead):
        use(_visit())


@pytest.mark.parametrize("method", ["save", "insert", "replace", "update", "set", "delete", "save_changes", "upsert", "inc"])
def test_it_is_not_written(method: str) -> None:
    with pytest.raises(RowsAreReadOnly, match=method):
        getattr(_visit(), method)()


def test_it_is_not_changed() -> None:
    row = _visit()
    with pytest.raises(RowsAreReadOnly):
        row.status = AppointmentStatus.CANCELLED


def test_a_row_of_the_collection_is_of_its_kind() -> None:
    stored = {"_id": "C", "_class_id": Condition._class_id, "clinical_status": "ACTIVE"}
    row = read_row(Record, stored, frozenset({"clinical_status", "interpretations"}))
    assert stored_class(row) is Condition
    assert row.__dict__.keys() == {"id", "clinical_status"}


def test_the_projection_asks_for_the_kind_and_for_what_fields_follow_from() -> None:
    assert projection(Record, frozenset({"critical"})).keys() == {
        "_id",
        "_class_id",
        "critical",
        "interpretations",
        "components",
    }
    assert projection(Patient, frozenset({"name"})).keys() == {"_id", "name"}


def test_what_follows_from_others_does_so_in_part_as_well() -> None:
    stored = {"_id": "O", "_class_id": Observation._class_id, "interpretations": ["HH"], "critical": False}
    assert read_row(Observation, stored, frozenset({"critical"})).critical
    assert not read_row(Observation, stored | {"interpretations": [Interpretation.N.value]}, frozenset({"critical"})).critical


def test_every_field_that_is_worked_out_says_of_what() -> None:
    for document in (*RECORD_KINDS, *StoredDocument.__subclasses__()):
        taking = {name for name, field in document.model_fields.items() if field.default_factory_takes_validated_data}
        assert taking <= document.follows_from.keys(), document.__name__


def test_what_does_not_fit_is_named_by_its_place_and_not_by_its_value() -> None:
    with pytest.raises(UnreadableRow, match=r"A stored Appointment cannot be read at patient_id, status\.") as caught:
        _visit({"_id": "A", "status": "of a stranger"})
    assert "stranger" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_secret_from_another_place_is_a_fault() -> None:
    with pytest.raises(SecretFault):
        _visit({"_id": "A", "reason": Patient(mrn="M", name={"family": "F"}).name.sealed}, "reason")
