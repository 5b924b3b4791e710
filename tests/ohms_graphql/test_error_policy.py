"""Each error has its code; only what was meant to be shown is shown."""

from graphql import GraphQLError, GraphQLSyntaxError, Source

from ohms_graphql.error_policy import mask_unexpected_errors
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
    assert _told(GraphQLError("Variable '$a' got invalid value 1"))[1] == {"code": "BAD_USER_INPUT"}


def test_everything_else_is_masked() -> None:
    error = GraphQLError("Alice Müller", path=["patient", "name"], original_error=ValueError("Alice Müller"))
    message, extensions = _told(error)
    assert message == "Internal server error"
    assert extensions == {"code": "INTERNAL_SERVER_ERROR", "requestId": None}


def test_what_went_wrong_around_an_operation_is_masked_too() -> None:
    assert _told(GraphQLError("secret", original_error=KeyError("secret")))[0] == "Internal server error"
    assert _told(GraphQLError("Cannot return null", path=["a"], original_error=TypeError("x")))[0] == "Internal server error"
