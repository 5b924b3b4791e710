"""What others keep with a patient, by namespace: who may write which, and how much fits."""

import json
import re
from dataclasses import dataclass
from typing import Any

from models.patient import ExtensionWriters, Patient, PatientExtensions
from models.role import Role
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.user_errors import InvalidInput, Rejected, UserError

MAX_NAMESPACE = 64
MAX_NAMESPACES = 20
MAX_BYTES = 16_384
"""Of one namespace's value as JSON."""
MAX_BYTES_TOGETHER = 65_536
MAX_DEPTH = 8

_NAMESPACE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*")
_WRITTEN_BY_OHMS = frozenset({"fhir", "unknown"})
_HOUSE = frozenset({"house", "ohms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionEntry:
    """``value`` is any JSON; None takes the namespace away."""

    namespace: str
    value: Any


def check_extensions(complaints: Complaints, entries: list[ExtensionEntry]) -> None:
    """What can be said without the patient."""
    complaints.items(["extensions"], entries, most=MAX_NAMESPACES)
    seen: set[str] = set()
    for index, entry in enumerate(entries[:MAX_NAMESPACES]):
        path = ["extensions", str(index)]
        _check_namespace(complaints, entry.namespace, [*path, "namespace"])
        if entry.namespace in seen:
            complaints.add([*path, "namespace"], "Is given twice.")
        seen.add(entry.namespace)
        _check_value(complaints, entry.value, [*path, "value"])


def extended(context: RequestContext, patient: Patient, entries: list[ExtensionEntry]) -> dict[str, Any]:
    """The patient's fields after the change. Raises Rejected for namespaces that are not the caller's, and for too much."""
    values, writers = dict(patient.extensions.plain), dict(patient.extension_writers.plain)
    by_staff = Role.STAFF in context.principal.roles
    refused: list[UserError] = []
    for index, entry in enumerate(entries):
        if not by_staff and _is_staffs(entry.namespace, writers):
            path = ["extensions", str(index), "namespace"]
            refused.append(InvalidInput(message="Only staff write in this namespace.", code="STAFF_ONLY", path=path))
        values.pop(entry.namespace, None)
        writers.pop(entry.namespace, None)
        if entry.value is not None:
            at = context.access.instant.isoformat()
            values[entry.namespace] = entry.value
            writers[entry.namespace] = {"by": context.principal.account_id, "at": at, "staff": by_staff}
    _check_whole(refused, values)
    if refused:
        raise Rejected(*refused)
    return {"extensions": PatientExtensions(values), "extension_writers": ExtensionWriters(writers)}


def _is_staffs(namespace: str, writers: dict[str, Any]) -> bool:
    """The house's own, and what staff wrote last: a patient does not change what a laboratory relies on."""
    return namespace.partition(".")[0] in _HOUSE or bool(writers.get(namespace, {}).get("staff"))


def _check_namespace(complaints: Complaints, namespace: str, path: list[str]) -> None:
    if len(namespace) > MAX_NAMESPACE:
        complaints.add(path, f"Has {len(namespace)} characters; at most {MAX_NAMESPACE} fit.")
    elif not _NAMESPACE.fullmatch(namespace):
        complaints.add(path, "Is not a namespace: lower-case words and numbers with dots and hyphens between, as lab.example.")
    elif namespace in _WRITTEN_BY_OHMS:
        complaints.add(path, f"{namespace!r} is written by OHMS itself.")


def _check_value(complaints: Complaints, value: Any, path: list[str]) -> None:
    depth = _depth(value)
    if depth > MAX_DEPTH:
        shown = str(depth) if depth <= 2 * MAX_DEPTH else f"more than {2 * MAX_DEPTH}"
        complaints.add(path, f"Is nested {shown} levels deep; at most {MAX_DEPTH} fit.")
        return
    size = _size(value)
    if size > MAX_BYTES:
        complaints.add(path, f"Has {size} bytes as JSON; at most {MAX_BYTES} fit.")


def _check_whole(refused: list[UserError], values: dict[str, Any]) -> None:
    if len(values) > MAX_NAMESPACES:
        message = f"The patient would have {len(values)} namespaces; at most {MAX_NAMESPACES} fit."
        refused.append(InvalidInput(message=message, path=["extensions"]))
    size = _size(values)
    if size > MAX_BYTES_TOGETHER:
        message = f"All namespaces would have {size} bytes as JSON; at most {MAX_BYTES_TOGETHER} fit."
        refused.append(InvalidInput(message=message, path=["extensions"]))


def _size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))


def _depth(value: Any) -> int:
    """Level by level, and no further than twice the limit: what is nested deeper than that is not walked."""
    depth, level = 0, [value]
    while level and depth <= 2 * MAX_DEPTH:
        below = [item for item in level if isinstance(item, dict | list)]
        level = [inner for item in below for inner in (item.values() if isinstance(item, dict) else item)]
        depth += bool(below)
        if not below:
            break
    return depth
