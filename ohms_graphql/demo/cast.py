"""Who and what can be named from outside: ids that never change, and the accounts that sign in."""

from dataclasses import dataclass

from models.identity import imported_id
from models.role import Role

SYSTEM = "urn:ohms:demo"
PASSWORD = "demo-password-1"  # noqa: S105  # for everybody to know; refused in production
PROVIDERS = 12
PATIENTS = 200


def demo_id(kind: str, key: object) -> str:
    """The id of one demo document, the same on every machine and day."""
    return imported_id(SYSTEM, kind, str(key))


SHOWCASE_PROVIDER_ID = demo_id("Provider", 0)
SHOWCASE_PATIENT_ID = demo_id("Patient", 0)
"""A patient of the showcase provider with a long record: the chart page of `make bench`."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """``patient`` and ``provider`` are numbers of the cast."""

    email: str
    roles: tuple[Role, ...]
    patient: int | None = None
    provider: int | None = None

    @property
    def account_id(self) -> str:
        return demo_id("Account", self.email)


PARENT = SignIn("parent@ohms.example", (Role.PATIENT,), patient=1)
SIGN_INS: tuple[SignIn, ...] = (
    SignIn("patient@ohms.example", (Role.PATIENT,), patient=0),
    SignIn("provider@ohms.example", (Role.PROVIDER,), provider=0),
    SignIn("staff@ohms.example", (Role.STAFF,)),
    SignIn("admin@ohms.example", (Role.ADMIN,)),
    SignIn("analyst@ohms.example", (Role.ANALYST,)),
    PARENT,
    *(SignIn(f"provider{number + 1}@ohms.example", (Role.PROVIDER,), provider=number) for number in range(1, PROVIDERS)),
)


def sign_ins() -> list[tuple[str, str, str]]:
    """Role, address and password: one for each role."""
    first: dict[Role, SignIn] = {}
    for person in SIGN_INS:
        first.setdefault(person.roles[0], person)
    return [(role.value, person.email, PASSWORD) for role, person in first.items()]
