"""Claims and what insurers answer."""

from typing import Any

from tests.ohms_graphql.fhir.sample.resources import ANN, VISIT, Resource, concept, to


def dollars(value: float) -> Resource:
    return {"value": value, "currency": "USD"}


def claim(**fields: Any) -> Resource:
    return {
        "resourceType": "Claim",
        "id": "bill",
        "status": "active",
        "use": "claim",
        "type": concept("institutional", "Institutional"),
        "patient": ANN,
        "created": "2024-03-05T15:00:00Z",
        "provider": to("Organization/clinic"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Blue Hill Health"}}],
        "item": [
            {"sequence": 1, "productOrService": concept("185349003", "Check up"), "encounter": [VISIT]},
            {
                "sequence": 2,
                "productOrService": concept("83036", "HbA1c"),
                "quantity": {"value": 2},
                "unitPrice": dollars(20.25),
                "net": dollars(40.50),
            },
        ],
        "total": dollars(165.50),
        **fields,
    }


def benefit(**fields: Any) -> Resource:
    def adjudication(code: str, amount: float) -> Resource:
        return {"category": {"coding": [{"code": code}]}, "amount": dollars(amount)}

    return {
        "resourceType": "ExplanationOfBenefit",
        "id": "answer",
        "status": "active",
        "use": "claim",
        "patient": ANN,
        "created": "2024-03-20T00:00:00Z",
        "insurer": {"display": "Blue Hill Health"},
        "claim": to("Claim/bill"),
        "outcome": "complete",
        "contained": [
            {
                "resourceType": "Coverage",
                "id": "cov",
                "status": "active",
                "type": {"text": "Gold"},
                "subscriberId": "S-1",
                "beneficiary": ANN,
                "payor": [{"display": "Blue Hill Health"}],
                "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G-9"}],
                "period": {"start": "2024-01-01"},
            }
        ],
        "insurance": [{"focal": True, "coverage": to("#cov")}],
        "item": [
            {
                "sequence": 1,
                "productOrService": concept("83036", "HbA1c"),
                "adjudication": [
                    adjudication("submitted", 40.50),
                    adjudication("eligible", 30.50),
                    adjudication("deductible", 5.00),
                    adjudication("coinsurance", 5.10),
                    adjudication("benefit", 20.40),
                ],
            }
        ],
        "payment": {"amount": dollars(20.404), "date": "2024-03-21"},
        **fields,
    }
