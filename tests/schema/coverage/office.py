"""A billing office: coverages, payers and a gateway that answers as it is told, for the tests of coverage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.coverage import BenefitRow, Benefits, EligibilityOutcome, Network
from models.payer import Payer, name_key
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion
from tests.clinic import dollars
from tests.graph import Graph, gid

COVERED = EligibilityAnswer(
    outcome=EligibilityOutcome.COMPLETE,
    in_force=True,
    rows=[
        BenefitRow(
            service_type="30",
            network=Network.IN,
            benefits=Benefits(deductible=dollars(150000), deductible_remaining=dollars(40000)),
        ),
        BenefitRow(service_type="98", network=Network.IN, benefits=Benefits(copay=dollars(2500))),
        BenefitRow(service_type="98", network=Network.OUT, benefits=Benefits(copay=dollars(6000))),
    ],
    reference="A7",
)
DOWN = EligibilityAnswer(outcome=EligibilityOutcome.ERROR, message="The payer did not answer in time.")
NOT_COVERED = EligibilityAnswer(outcome=EligibilityOutcome.COMPLETE, in_force=False)

_BENEFITS = """{ deductible { minorUnits } deductibleRemaining { minorUnits } copay { minorUnits currency } coinsurancePercent
    outOfPocketMaximum { minorUnits } outOfPocketRemaining { minorUnits } }"""
_CHECK = f"""{{ id outcome inForce source serviceType checkedAt stale message reference checkedBy {{ id }}
    benefits {_BENEFITS} rows {{ serviceType network covered benefits {_BENEFITS} }} }}"""
_COVERAGE = """{ id status order payer planName memberId groupNumber subscriber subscriberBirthDate subscriberGender relationship
    period { start end } revision patient { id } known { id } verification { id } }"""
_ERRORS = "errors { __typename code path message }"
ADD = f"mutation ($input: AddCoverageInput!) {{ addCoverage(input: $input) {{ coverage {_COVERAGE} {_ERRORS} }} }}"
UPDATE = f"mutation ($input: UpdateCoverageInput!) {{ updateCoverage(input: $input) {{ coverage {_COVERAGE} {_ERRORS} }} }}"
_FOUND_OUT = f"{{ verification {_CHECK} coverage {{ known {{ id }} verification {{ id }} }} {_ERRORS} }}"
VERIFY = f"mutation ($input: VerifyCoverageInput!) {{ verifyCoverage(input: $input) {_FOUND_OUT} }}"
RECORD = f"""mutation ($input: RecordCoverageVerificationInput!) {{
    recordCoverageVerification(input: $input) {_FOUND_OUT} }}"""
SET_PAYER = f"""mutation ($input: SetPayerInput!) {{ setPayer(input: $input) {{
    payer {{ id name electronicId discountPercent inNetwork active revision }} {_ERRORS} }} }}"""


@dataclass
class Gateway:
    """``meanwhile`` runs while a question is on its way."""

    answer: EligibilityAnswer = COVERED
    is_set_up: bool = True
    asked: list[EligibilityQuestion] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    async def ask(self, question: EligibilityQuestion) -> EligibilityAnswer:
        self.asked.append(question)
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.answer


@dataclass
class Office:
    graph: Graph
    gateway: Gateway

    async def _payload(self, caller: str, mutation: str, given: dict[str, Any]) -> Any:
        (payload,) = (await self.graph.data(caller, mutation, input=given)).values()
        return payload

    async def add(self, caller: str = "staff", patient: Any = None, **given: Any) -> Any:
        plain = {"patient": gid(patient or self.graph.clinic.bob), "payer": "Aetna", "memberId": "B1"}
        return await self._payload(caller, ADD, plain | given)

    async def update(self, caller: str = "staff", **given: Any) -> Any:
        return await self._payload(caller, UPDATE, {"id": gid(self.graph.clinic.coverage)} | given)

    async def verify(self, caller: str = "staff", **given: Any) -> Any:
        return await self._payload(caller, VERIFY, {"coverage": gid(self.graph.clinic.coverage)} | given)

    async def record(self, caller: str = "staff", **given: Any) -> Any:
        return await self._payload(caller, RECORD, {"coverage": gid(self.graph.clinic.coverage), "inForce": True} | given)

    async def set_payer(self, caller: str = "staff", **given: Any) -> Any:
        return await self._payload(caller, SET_PAYER, {"name": "Aetna"} | given)

    async def known_payer(self, **more: Any) -> Payer:
        payer = Payer(**{"name": "Aetna", "name_key": name_key("Aetna"), "electronic_number": "60054"} | more)
        await payer.insert()
        return payer


def refusals(payload: Any) -> list[tuple[str, str]]:
    """Code and path of each error."""
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
