"""What is measured: the two pages and a small query, what OHMS is asked, and where the other server has its like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from schema.node import global_id

_SCHEDULE = """
query Schedule($provider: ID!) {
  appointments(first: 50, where: {provider: $provider}) {
    nodes {
      id status start end mode reason
      patient { id name { text } birthDate }
      provider { id name { text } }
    }
  }
}
"""

_CHART = """
query Chart($patient: ID!) {
  patient(id: $patient) {
    id mrn gender birthDate
    name { text }
    conditions { id clinicalStatus onsetAt abatedAt code { text codings { system code display } } }
    allergies {
      id clinicalStatus criticality
      code { text codings { system code display } }
      reactions { severity manifestations { text } }
    }
    records(first: 50, where: {kind: [OBSERVATION]}) {
      nodes {
        id status effectiveAt
        code { text }
        ... on Observation {
          interpretations
          value { text concept { text } quantity { value unit } }
          referenceRanges { low high unit }
        }
      }
    }
    appointments(first: 10) { nodes { id status start end mode reason provider { id name { text } } } }
    coverages { id status order payer planName memberId period { start end } }
    balance { minorUnits currency formatted }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """``lists`` are the paths to the lists of the answer, with the least number of rows that the measurement wants there."""

    name: str
    operation: str
    variables: Mapping[str, str]
    ceiling_path: str
    lists: Mapping[str, int]

    @property
    def body(self) -> bytes:
        """What is posted to OHMS."""
        return orjson.dumps({"query": self.operation, "variables": dict(self.variables)})

    def counts(self, data: Any) -> dict[str, int]:
        """Rows in each list of an answer's data."""
        return {path: len(_at(data, path)) for path in self.lists}


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data[name]
    return data


def schedule_page(provider_id: str) -> Page:
    """50 appointments of a provider, with patient and provider."""
    node = global_id("Provider", provider_id)
    return Page(
        name="schedule",
        operation=_SCHEDULE,
        variables={"provider": node},
        ceiling_path=f"/schedule/{node}",
        lists={"appointments.nodes": 50},
    )


def chart_page(patient_id: str) -> Page:
    """A patient with conditions, allergies, 50 results, 10 appointments, coverages and balance."""
    node = global_id("Patient", patient_id)
    lists = {"conditions": 1, "allergies": 1, "records.nodes": 50, "appointments.nodes": 10, "coverages": 1}
    return Page(
        name="chart",
        operation=_CHART,
        variables={"patient": node},
        ceiling_path=f"/chart/{node}",
        lists={f"patient.{path}": rows for path, rows in lists.items()},
    )


def small_query() -> Page:
    """Who asks: nearly nothing but the way in and out. It is compared with an empty route, which shows nothing of the kind."""
    return Page(name="small query", operation="{ viewer { roles } }", variables={}, ceiling_path="/", lists={})
