"""Each error has its code; only what was meant to be shown is shown."""

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, Source, parse

from models.secret import SecretFault
from ohms_graphql.error_policy import mask_unexpected_errors, masked
from ohms_graphql.json_logging import request_id
from resolvers.errors import BadInput, ExpectedError


def _told(error: GraphQLError) -> tuple[str, object]:
    mask_unexpected_errors([error])
    return error.message, error.extensions


def test_an_expected_error_keeps_its_text_and_details() -> None:
    error = GraphQLError("wrapped", path=["patients"], original_error=BadInput("first is 300.", ["first"]))
    assert _told(error) == ("first is 300.", {"code": "BAD_USER_INPUT", "path": ["first"]})
    other = GraphQLError("wrapped", original_error=GraphQLError("x", original_error=ExpectedError("Late.", "LATE", by=3)))
    assert _told(other) == ("Late.", {"code": "LATE", "by": 3})


def test_an_error_with_a_code_is_left_alone() -> None:
    assert _told(GraphQLError("No.", extensions={"code": "FORBIDDEN"})) == ("No.", {"code": "FORBIDDEN"})


def test_an_error_of_the_request_is_told_apart() -> None:
    assert _told(GraphQLSyntaxError(Source("{"), 1, "Expected Name."))[1] == {"code": "GRAPHQL_PARSE_FAILED"}
    assert _told(GraphQLError("Variable '$a' has invalid value: 1"))[1] == {"code": "BAD_USER_INPUT"}
    assert _told(GraphQLError("Variable values are nested too deeply."))[1] == {"code": "BAD_USER_INPUT"}
    assert _told(GraphQLError("There is no such operation."))[1] == {"code": "OPERATION_RESOLUTION_FAILED"}
    for said in ("Variable '$a' is never used.", "Cannot query field 'x' on type 'Query'."):
        assert _told(GraphQLError(said, parse("{ x }").definitions[0]))[1] == {"code": "GRAPHQL_VALIDATION_FAILED"}


def test_a_value_refused_only_when_its_field_is_reached_is_told_apart_from_a_resolver_that_speaks_alike() -> None:
    said = "Argument 'first' has invalid value: Expected variable '$n' provided to non-null type 'Int!' not to be None."
    error = GraphQLError(said, path=["patients"], original_error=GraphQLError(said))
    assert _told(error) == (said, {"code": "BAD_USER_INPUT"})
    error = GraphQLError(said, path=["patients"], original_error=ValueError(said))
    assert _told(error)[0] == "Internal server error"


def test_everything_else_is_masked() -> None:
    error = GraphQLError("Alice Müller", path=["patient", "name"], original_error=ValueError("Alice Müller"))
    message, extensions = _told(error)
    assert message == "Internal server error"
    assert extensions == {"code": "INTERNAL_SERVER_ERROR", "requestId": None}


def test_what_went_wrong_around_an_operation_is_masked_too() -> None:
    assert _told(GraphQLError("secret", original_error=KeyError("secret")))[0] == "Internal server error"
    assert _told(GraphQLError("Cannot return null", path=["a"], original_error=TypeError("x")))[0] == "Internal server error"


def test_a_value_from_the_database_that_does_not_fit_its_type_is_not_quoted() -> None:
    said = "Enum 'Sex' cannot represent value: 'Alice Müller'"
    assert _told(GraphQLError(said, path=["patient", "sex"], original_error=GraphQLError(said)))[0] == "Internal server error"


def test_the_request_id_of_a_fault_is_that_of_its_request() -> None:
    token = request_id.set("from-the-proxy")
    try:
        error = masked(ValueError("Alice Müller"))
    finally:
        request_id.reset(token)
    assert error.message == "Internal server error"
    assert error.extensions == {"code": "INTERNAL_SERVER_ERROR", "requestId": "from-the-proxy"}


def test_a_changed_secret_is_logged_by_its_place_and_masked(caplog: pytest.LogCaptureFixture) -> None:
    message, extensions = _told(GraphQLError("x", original_error=SecretFault("patients.name")))
    assert (message, "INTERNAL_SERVER_ERROR" in str(extensions)) == ("Internal server error", True)
    assert "what is stored in patients.name was changed, moved or encrypted elsewhere" in caplog.text
