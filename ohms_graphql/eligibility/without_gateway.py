"""Where no clearing house is set up."""

from models.coverage import EligibilityOutcome
from resolvers.eligibility.gateway import EligibilityAnswer, EligibilityQuestion


class WithoutGateway:
    is_set_up = False

    async def ask(self, question: EligibilityQuestion) -> EligibilityAnswer:  # noqa: ARG002
        return EligibilityAnswer(outcome=EligibilityOutcome.ERROR, message="No clearing house is set up.")
