"""What was found, said and done: the record of each patient, tied to the visits it came from."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from models.appointment import Appointment, AppointmentStatus
from models.patient import Patient
from models.record import (
    Allergy,
    AllergyCategory,
    AllergyCriticality,
    AllergyStatus,
    ClinicalNote,
    Condition,
    ConditionStatus,
    Confidentiality,
    Immunization,
    LabReport,
    Medication,
    MedicationStatus,
    Observation,
    ObservationComponent,
    ObservationValue,
    Procedure,
    Reaction,
    ReactionSeverity,
    Record,
    RecordStatus,
    ReferenceRange,
    Release,
    ReleaseHold,
    ReleaseHoldReason,
)
from models.values import CodeableConcept, Period, Quantity
from ohms_graphql.demo.cast import demo_id
from ohms_graphql.demo.catalog import (
    ALLERGENS,
    BLOOD_PRESSURE,
    DIASTOLIC,
    HEART_RATE,
    ILLNESSES,
    LABORATORY,
    NO_KNOWN_ALLERGIES,
    NOTE,
    PANELS,
    PROCEDURES,
    REACTIONS,
    SYSTOLIC,
    VACCINES,
    VITAL_SIGNS,
    Illness,
    Panel,
    Test,
)


@dataclass
class History:
    """Writes the record of one patient; ``anchor`` is the demo's present."""

    random: Random
    patient: Patient
    visits: list[Appointment]
    anchor: datetime
    rich: bool
    records: list[Record] = field(default_factory=list)

    def written(self) -> list[Record]:
        took_place = [visit for visit in self.visits if visit.status is AppointmentStatus.FULFILLED]
        self._illnesses(took_place)
        self._allergies(took_place)
        for visit in took_place:
            self._visit(visit, first=visit is took_place[0], last=visit is took_place[-1])
        return self.records

    def _add(self, kind: type[Record], at: datetime, visit: Appointment | None, **fields: Any) -> Record:
        at = at.replace(microsecond=0)
        key = f"{self.patient.mrn}-{len(self.records)}"
        common: dict[str, Any] = {
            "id": demo_id("Record", key),
            "created_at": at,
            "updated_at": at,
            "recorded_at": at,
            "effective_at": at,
            "patient_id": self.patient.id,
            "author_id": self.patient.care_team[0].provider_id,
            "appointment_id": visit and visit.id,
            "release": Release(at=at),
        }
        record = kind(**{**common, **fields})
        self.records.append(record)
        return record

    def _age(self) -> int:
        born = self.patient.birth_date
        return 0 if born is None else (self.anchor.date() - born).days // 365

    def _illnesses(self, visits: list[Appointment]) -> None:
        fitting = [illness for illness in ILLNESSES if illness.least_age <= self._age()]
        number = 4 if self.rich else self.random.choice([0, 1, 1, 2, 3])
        chosen = ILLNESSES[:4] if self.rich else self.random.sample(fitting, k=min(number, len(fitting)))
        for illness in chosen:
            self._illness(illness, visits)

    def _illness(self, illness: Illness, visits: list[Appointment]) -> None:
        visit = self.random.choice(visits) if visits and self.random.random() < 0.5 else None
        noted = visit.start if visit and visit.start else self.anchor - timedelta(days=self.random.randrange(200, 900))
        onset = noted - timedelta(days=self.random.randrange(2, 120))
        over = illness.passes and self.random.random() < 0.7
        abated = min(onset + timedelta(days=21), self.anchor) if over else None
        status = ConditionStatus.RESOLVED if over else ConditionStatus.ACTIVE
        restricted = self.random.random() < 0.03
        self._add(
            Condition,
            noted,
            visit,
            code=illness.code,
            clinical_status=status,
            onset_at=onset,
            abated_at=abated,
            confidentiality=Confidentiality.RESTRICTED if restricted else Confidentiality.NORMAL,
        )
        if illness.medication is not None:
            stopped = self.random.random() < 0.2
            request = MedicationStatus.STOPPED if stopped else MedicationStatus.ACTIVE
            self._add(
                Medication,
                noted,
                visit,
                code=illness.medication,
                request_status=request,
                dosage=illness.dosage,
                reasons=[illness.code],
            )

    def _allergies(self, visits: list[Appointment]) -> None:
        noted = visits[0].start if visits and visits[0].start else self.anchor - timedelta(days=300)
        if not self.rich and self.random.random() < 0.65:
            self._add(Allergy, noted, None, code=NO_KNOWN_ALLERGIES, clinical_status=AllergyStatus.ACTIVE)
            return
        for code, category in self.random.sample(ALLERGENS, k=2 if self.rich else 1):
            severity = self.random.choice(list(ReactionSeverity))
            critical = AllergyCriticality.HIGH if severity is ReactionSeverity.SEVERE else AllergyCriticality.LOW
            reaction = Reaction(manifestations=[self.random.choice(REACTIONS)], severity=severity)
            self._add(
                Allergy,
                noted,
                None,
                code=code,
                clinical_status=AllergyStatus.ACTIVE,
                criticality=critical,
                categories=[AllergyCategory(category)],
                reactions=[reaction],
            )

    def _visit(self, visit: Appointment, *, first: bool, last: bool) -> None:
        at = visit.start or self.anchor
        self._vital_signs(visit, at)
        text = f"Seen for: {visit.reason or 'check-up'}. Findings discussed, next steps agreed."
        self._add(ClinicalNote, at, visit, code=NOTE, text=text, signed_at=(visit.end or at) + timedelta(minutes=30))
        if self.random.random() < 0.03:
            secret = Confidentiality.VERY_RESTRICTED
            self._add(ClinicalNote, at, visit, code=NOTE, text="Psychotherapy note.", confidentiality=secret)
        if self.rich or self.random.random() < 0.4:
            for panel in PANELS if self.rich else self.random.sample(PANELS, k=1):
                self._report(panel, visit, at, last=last)
        if first and self.random.random() < 0.6:
            self._add(
                Immunization, at, visit, code=self.random.choice(VACCINES), lot_number=f"L{self.random.randrange(10**5):05d}"
            )
        if self.random.random() < 0.1:
            done = Period(start=at, end=at + timedelta(minutes=10))
            self._add(Procedure, at, visit, code=self.random.choice(PROCEDURES), performed=done)

    def _vital_signs(self, visit: Appointment, at: datetime) -> None:
        parts = []
        for test in (SYSTOLIC, DIASTOLIC):
            value = self._value(test)
            parts.append(
                ObservationComponent(code=test.code, value=_quantity(test, value), interpretations=[test.interpretation(value)])
            )
        self._add(Observation, at, visit, code=BLOOD_PRESSURE, categories=[VITAL_SIGNS], components=parts)
        self._observation(HEART_RATE, VITAL_SIGNS, visit, at)

    def _report(self, panel: Panel, visit: Appointment, at: datetime, *, last: bool) -> None:
        at += timedelta(hours=4)
        preliminary = last and self.random.random() < 0.05
        status = RecordStatus.PRELIMINARY if preliminary else RecordStatus.FINAL
        held = last and self.random.random() < 0.06
        author = self.patient.care_team[0].provider_id
        until = self.anchor + timedelta(days=3)
        hold = ReleaseHold(reason=ReleaseHoldReason.RISK_OF_HARM, until=until, by_id=author) if held else None
        release = Release(at=None if held else at, hold=hold)
        report = self._add(LabReport, at, visit, code=panel.code, categories=[LABORATORY], status=status, release=release)
        for position, test in enumerate(panel.tests):
            common = {"lab_report_id": report.id, "position": position, "status": status, "release": release}
            self._observation(test, LABORATORY, visit, at, **common)

    def _observation(self, test: Test, category: CodeableConcept, visit: Appointment, at: datetime, **fields: Any) -> None:
        value = self._value(test)
        self._add(
            Observation,
            at,
            visit,
            code=test.code,
            categories=[category],
            value=_quantity(test, value),
            interpretations=[test.interpretation(value)],
            reference_ranges=[ReferenceRange(low=test.low, high=test.high, unit=test.unit)],
            **fields,
        )

    def _value(self, test: Test) -> Decimal:
        spread = test.spread * (4 if self.random.random() < 0.02 else 1)
        floor = float(test.critical_low) + 10.0**-test.digits if test.critical_low >= 0 else 1.0
        return Decimal(f"{max(floor, self.random.gauss(test.mean, spread)):.{test.digits}f}")


def _quantity(test: Test, value: Decimal) -> ObservationValue:
    return ObservationValue(quantity=Quantity(value=value, unit=test.unit, code=test.unit))
