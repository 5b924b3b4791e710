"""The demo's accounts."""

from datetime import datetime

from argon2.low_level import Type, hash_secret

from models.account import Account
from ohms_graphql.demo.cast import PASSWORD, SIGN_INS, demo_id


def accounts(made: datetime) -> list[Account]:
    """One password and one salt for all, so that the demo is the same every time and is made in a moment."""
    shared = hash_secret(
        PASSWORD.encode(), b"ohms-demo-salt-1", time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=Type.ID
    ).decode()
    return [
        Account(
            id=person.account_id,
            created_at=made,
            updated_at=made,
            email=person.email,
            password_hash=shared,
            roles=list(person.roles),
            patient_id=None if person.patient is None else demo_id("Patient", person.patient),
            provider_id=None if person.provider is None else demo_id("Provider", person.provider),
        )
        for person in SIGN_INS
    ]
