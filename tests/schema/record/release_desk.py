"""What tests of releases have in common: the operations, and writing entries as the clinic would."""

from datetime import datetime, timedelta
from typing import Any

from models.record import ClinicalNote, LabReport, Observation, Record
from models.values import CodeableConcept
from resolvers.context import RequestContext
from resolvers.ports import Session
from resolvers.release.announcing import announce, prepare_release
from resolvers.transactions import transact
from tests.clinic import NOON
from tests.graph import Graph, gid

ERRORS = "errors { __typename code path message }"
HOLD = (
    f"mutation ($input: HoldReleaseInput!) {{ holdRelease(input: $input) {{ {ERRORS} record {{ id release {{ released }} }} }} }}"
)
END = f"mutation ($input: EndHoldInput!) {{ endHold(input: $input) {{ {ERRORS} record {{ id release {{ released at }} }} }} }}"
SHOW = f"mutation ($input: ShowMyResultInput!) {{ showMyResult(input: $input) {{ {ERRORS} record {{ id }} }} }}"
WISH = f"""mutation ($input: SetResultPreferencesInput!) {{
  setResultPreferences(input: $input) {{ {ERRORS} patient {{ resultPreferences {{ kinds days }} }} }} }}"""
WAITING = "{ viewer { patient { id waitingResults { id kind until } } } }"


def days(count: float) -> str:
    return (NOON + timedelta(days=count)).isoformat()


def move_clock(graph: Graph, instant: datetime) -> None:
    graph.ports.clock.instant = instant  # type: ignore[attr-defined]  # a FixedClock


async def hold(graph: Graph, caller: str, record: Record, reason: str = "RISK_OF_HARM", until: str = days(2)) -> Any:
    return await graph.ask(caller, HOLD, input={"record": gid(record), "reason": reason, "until": until})


async def end(graph: Graph, caller: str, record: Record) -> Any:
    return await graph.ask(caller, END, input={"record": gid(record)})


async def wish(graph: Graph, kinds: list[str], count: int = 7, caller: str = "alice") -> Any:
    given = {"patient": gid(graph.clinic.alice), "kinds": kinds, "days": count}
    return await graph.ask(caller, WISH, input=given)


async def written(context: RequestContext, *records: Record) -> None:
    """Entries as the write mutations insert them: prepared, inserted and announced in one transaction."""

    async def work(session: Session) -> None:
        for record in records:
            await prepare_release(context, session, record)
            await record.insert(session=session)
            await announce(context, session, record)
            context.trail.changed(type(record).__name__, record.id, record.patient_id, ["code"])

    await transact(context, work)


def a_report(graph: Graph, **more: Any) -> tuple[LabReport, Observation]:
    """A report of Alice's with one observation, not stored."""
    clinic = graph.clinic
    common = {"patient_id": clinic.alice.id, "author_id": clinic.house.id, "effective_at": NOON, **more}
    report = LabReport(code=CodeableConcept(text="Panel"), **common)
    return report, Observation(code=CodeableConcept(text="Sodium"), lab_report_id=report.id, **common)


def a_note(graph: Graph, **more: Any) -> ClinicalNote:
    clinic = graph.clinic
    common = {"patient_id": clinic.alice.id, "author_id": clinic.house.id, "effective_at": NOON, **more}
    return ClinicalNote(code=CodeableConcept(text="Note"), text="Words.", **common)


async def sees(graph: Graph, caller: str, *records: Record) -> list[bool]:
    """Whether the caller finds each by its id."""
    found = await graph.ask(caller, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[gid(record) for record in records])
    return [node is not None for node in found.data["nodes"]]
