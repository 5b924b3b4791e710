"""The records of a practice: what each patient came with, and what was found and written at each visit."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from models.record.clinical import Dosage, LotNumber
from models.record.documents import NoteText
from models.record.results import Conclusion
from ohms_graphql.demo.scale import record_patterns as patterns
from ohms_graphql.demo.scale.ids import Ids
from ohms_graphql.demo.scale.patients import Person
from ohms_graphql.demo.scale.visits import Visit
from ohms_graphql.fhir.storage import Raw

_ALLERGIC = 0.1
_LABORATORY = 8
"""Every eighth visit that took place ends with blood drawn."""
_PREVENTIVE = "Came for a vaccination. No fever, no earlier reaction. Observed for fifteen minutes, well."


class Records:
    """Writes the records of one practice."""

    def __init__(self, ids: Ids, luck: Random) -> None:
        self._ids = ids
        self._luck = luck

    def of(self, people: list[Person], visits: list[Visit], wanted: int) -> Iterator[Raw]:
        """Exactly so many. Each visit has two at least, and there are fewer visits than that."""
        yield from islice(self._all(people, visits), wanted)

    def _all(self, people: list[Person], visits: list[Visit]) -> Iterator[Raw]:
        for person in people:
            yield from self._history(person)
        for visit in visits:
            yield self._note(visit)
            yield self._found(self._luck.choice(patterns.pressures(visit.person.gender)), visit)
        for number, visit in enumerate(visits):
            if number % _LABORATORY == 0:
                yield from self._laboratory(visit)
        while visits:
            for visit in visits:
                yield self._found(patterns.vital_sign(visit.person.gender, self._luck), visit)

    def _history(self, person: Person) -> Iterator[Raw]:
        at = person.registered + timedelta(minutes=30)
        penicillin = self._luck.random() < _ALLERGIC
        yield self._known(patterns.allergy(to_penicillin=penicillin), person, at)
        began = at - timedelta(days=self._luck.randrange(100, 900))
        for illness in person.illnesses:
            yield self._known(patterns.condition(illness.key), person, at, onset_at=began)
        taken = patterns.medication(person.illnesses[0].key, penicillin_allergy=penicillin)
        if taken is not None:
            yield self._known(taken[0], person, at, dosage=Dosage(taken[1]).sealed)
        lot = LotNumber(f"L{self._luck.randrange(10**5):05d}").sealed
        yield self._known(patterns.immunization(self._luck.randrange(len(patterns.VACCINES))), person, at, lot_number=lot)

    def _note(self, visit: Visit) -> Raw:
        """Signed within two hours."""
        illness = visit.illness
        words = _PREVENTIVE if illness is None else f"S: {illness.asks}\n\nO: {illness.finds}\n\nP: {illness.plans}"
        signed = visit.end + timedelta(minutes=self._luck.randrange(4, 110))
        return self._entry(
            patterns.note(by_telephone=visit.kind.key == "phone"),
            signed,
            self._of_visit(visit),
            text=NoteText(words).sealed,
            signed_at=signed,
            signed_by_id=visit.doctor.id,
            confidentiality=visit.confidentiality.value,
        )

    def _laboratory(self, visit: Visit) -> Iterator[Raw]:
        ready = visit.end + timedelta(minutes=self._luck.randrange(180, 1200))
        results = [self._luck.choice(patterns.measurements(test.key, visit.person.gender)) for test in patterns.PANEL.tests]
        abnormal = sum(result["interpretations"] != ["N"] for result in results)
        words = f"{abnormal} of {len(results)} results outside the reference range." if abnormal else None
        conclusion = None if words is None else Conclusion(words).sealed
        report = self._entry(patterns.lab_report(), ready, self._of_visit(visit), conclusion=conclusion)
        yield report
        for position, result in enumerate(results):
            yield self._entry(result, ready, self._of_visit(visit), lab_report_id=report["_id"], position=position)

    def _found(self, pattern: Raw, visit: Visit) -> Raw:
        return self._entry(pattern, visit.end, self._of_visit(visit))

    def _of_visit(self, visit: Visit) -> Raw:
        return {
            "patient_id": visit.person.id,
            "author_id": visit.doctor.id,
            "appointment_id": visit.id,
            "effective_at": visit.start,
        }

    def _known(self, pattern: Raw, person: Person, at: datetime, **more: Any) -> Raw:
        """Taken down at registration."""
        return self._entry(pattern, at, {"patient_id": person.id, "author_id": person.doctor.id, "effective_at": at}, **more)

    def _entry(self, pattern: Raw, recorded: datetime, of: Raw, **more: Any) -> Raw:
        return {
            **pattern,
            "_id": self._ids.at(recorded),
            "sample_key": repr(self._luck.random()),
            "created_at": recorded,
            "updated_at": recorded,
            "recorded_at": recorded,
            "release": {"at": recorded, "hold": None},
            **of,
            **more,
        }
