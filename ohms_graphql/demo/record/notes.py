"""Clinical notes, signed by who wrote them."""

from datetime import datetime, timedelta

from models.record import ClinicalNote, Confidentiality, Observation
from ohms_graphql.demo.cast import PARENTS_TEENAGER, PSYCHIATRIST, chance
from ohms_graphql.demo.data.codes import CONTRACEPTIVE_ADVICE, PROGRESS_NOTE, TELEPHONE_NOTE
from ohms_graphql.demo.outcomes import Kept
from ohms_graphql.demo.record.chart import Chart

_CHECK_UP = (
    "No complaints; sleeps and eats well.",
    "General examination unremarkable.",
    "Vaccinations checked; next check-up in a year.",
)
_UNSEEN = "Not examined; speaks in full sentences."
_VACCINATION = "Came for a vaccination. No fever, no earlier reaction. Observed for fifteen minutes, well."
_THERAPY = (
    "Session notes, kept apart from the record. Spoke about the weeks before the move and what was not said at home.",
    "Session notes, kept apart from the record. Dream of the old house again; anger allowed for the first time.",
    "Session notes, kept apart from the record. Looked at the list of feared situations and took the second from below.",
)


def write_note(chart: Chart, kept: Kept) -> None:
    """Signed within two hours of the end of the visit; a visit that has only just ended has no note yet."""
    signed = _signing(chart, kept)
    if signed is None:
        return
    visit = kept.visit
    if visit.kind.key == "vaccination":
        text = _VACCINATION
    elif visit.illness is None:
        text = _soap(*_CHECK_UP)
    else:
        finds = visit.illness.finds + _pressure(chart, kept) if visit.kind.in_person else _UNSEEN
        text = _soap(visit.illness.asks, finds, visit.illness.plans)
    confidentiality = visit.illness.confidentiality if visit.illness else Confidentiality.NORMAL
    code = TELEPHONE_NOTE if visit.kind.key == "phone" else PROGRESS_NOTE
    chart.at_visit(
        ClinicalNote,
        kept,
        after=signed - visit.end,
        code=code,
        text=text,
        signed_at=signed,
        signed_by_id=kept.appointment.provider_id,
        confidentiality=confidentiality,
    )
    if visit.provider == PSYCHIATRIST and visit.illness is not None and visit.illness.key == "depression":
        _session_note(chart, kept, signed)


def write_confidential_note(chart: Chart) -> None:
    """What a teenager came for alone is not a parent's to read."""
    signed = _signing(chart, chart.visits[-1]) if chart.visits else None
    if chart.profile.person.number != PARENTS_TEENAGER or signed is None:
        return
    kept = chart.visits[-1]
    chart.at_visit(
        ClinicalNote,
        kept,
        after=signed - kept.visit.end,
        code=CONTRACEPTIVE_ADVICE,
        text="Asked to speak alone. Advised on contraception and on where to ask more. Prefers that it stays in this room.",
        signed_at=signed,
        signed_by_id=kept.appointment.provider_id,
        confidentiality=Confidentiality.RESTRICTED,
    )


def _session_note(chart: Chart, kept: Kept, signed: datetime) -> None:
    """A psychotherapy note is its author's (45 CFR 164.501): it carries its own confidentiality."""
    chart.at_visit(
        ClinicalNote,
        kept,
        after=signed - kept.visit.end,
        code=PROGRESS_NOTE,
        text=_THERAPY[kept.visit.number % len(_THERAPY)],
        signed_at=signed,
        signed_by_id=kept.appointment.provider_id,
        confidentiality=Confidentiality.VERY_RESTRICTED,
    )


def _pressure(chart: Chart, kept: Kept) -> str:
    """What was measured at this visit, in words."""
    for record in reversed(chart.records):
        if isinstance(record, Observation) and record.components and record.appointment_id == kept.appointment.id:
            values = [part.value.quantity.value for part in record.components if part.value and part.value.quantity]
            return f" Blood pressure {'/'.join(map(str, values))} mmHg."
    return ""


def _signing(chart: Chart, kept: Kept) -> datetime | None:
    at = kept.visit.end + timedelta(minutes=chance("signing", kept.visit.number).randrange(4, 110))
    return at if at <= chart.anchor else None


def _soap(subjective: str, objective: str, plan: str) -> str:
    return f"S: {subjective}\n\nO: {objective}\n\nP: {plan}"
