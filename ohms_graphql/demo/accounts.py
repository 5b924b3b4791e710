"""The demo's accounts. All have one password, which is no secret, and so one salt: the demo is the same every time."""

from datetime import datetime, timedelta
from functools import lru_cache

from argon2.low_level import Type, hash_secret

from models.account import Account
from models.role import Role
from ohms_graphql.demo.cast import PARENT_NUMBER, PASSWORD, SIGN_INS, demo_id
from ohms_graphql.demo.households import Person
from ohms_graphql.demo.patients import guardian_account_id, guardian_email

_SALT = b"ohms-demo-salt-1"


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The one of all of them."""
    hashed = hash_secret(PASSWORD.encode(), _SALT, time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=Type.ID)
    return hashed.decode()


def accounts(everybody: list[Person], made: datetime) -> list[Account]:
    """One for each role, one for each provider, one for each parent of a patient."""
    shared = password_hash()
    known = [
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
    parents = sorted({person.parent for person in everybody if person.parent is not None} - {PARENT_NUMBER})
    guardians = [
        Account(
            id=guardian_account_id(number),
            created_at=everybody[number].registered + timedelta(minutes=5),
            updated_at=everybody[number].registered + timedelta(minutes=5),
            email=guardian_email(number),
            password_hash=shared,
            roles=[Role.PATIENT],
            patient_id=everybody[number].id,
        )
        for number in parents
    ]
    return known + guardians
