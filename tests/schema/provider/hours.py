"""Asking for other hours: what the tests of availability share."""

from typing import Any

from schema.node import global_id
from tests.graph import Graph, gid

_PAYLOAD = """{ provider { revision timeZone availability { timeZone minimumNoticeMinutes bookingHorizonDays
      weekly { weekday from to visitTypes { name } } exceptions { id date from to available reason } } }
    affected { id status start patient { name { family } } } errors { __typename code path message } } }"""
SET = f"mutation ($input: SetAvailabilityInput!) {{ setAvailability(input: $input) {_PAYLOAD}"
ADD = f"mutation ($input: AddAvailabilityExceptionInput!) {{ addAvailabilityException(input: $input) {_PAYLOAD}"
REMOVE = f"mutation ($input: RemoveAvailabilityExceptionInput!) {{ removeAvailabilityException(input: $input) {_PAYLOAD}"
NOBODY = global_id("Provider", "0" * 26)


def window(weekday: str, from_: str, to: str, *visit_types: str) -> dict[str, Any]:
    return {"weekday": weekday, "from": from_, "to": to, "visitTypes": list(visit_types)}


async def change(graph: Graph, caller: str, query: str, **given: Any) -> Any:
    """The payload of one of the three, of Dr. House's hours where nothing else is said."""
    given.setdefault("provider", gid(graph.clinic.house))
    (payload,) = (await graph.data(caller, query, input=given)).values()
    return payload


def refusals(payload: Any) -> list[tuple[str, str]]:
    """Code and path of each error."""
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
