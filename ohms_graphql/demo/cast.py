"""Who and what can be named from outside: ids that never change, and the accounts that sign in."""

from dataclasses import dataclass
from random import Random

from models.identity import imported_id
from models.role import Role

SYSTEM = "urn:ohms:demo"
PASSWORD = "demo-password-1"  # noqa: S105  # for everybody to know; refused in production
PROVIDERS = 12
PATIENTS = 200
PSYCHIATRIST = 9
"""Numbers of the cast: patients and providers are counted from 0."""
PARENT_NUMBER, PARENTS_CHILD, PARENTS_TEENAGER = 1, 2, 3
HELPED_NEIGHBOUR = 5
"""Of old age; the showcase patient helps with appointments."""


def demo_id(kind: str, key: object) -> str:
    """The id of one demo document, the same on every machine and day."""
    return imported_id(SYSTEM, kind, str(key))


def chance(*key: object) -> Random:
    """A source of chance for one purpose: the same on every run, whatever else the demo does with its luck."""
    return Random("|".join(["ohms", *map(str, key)]))  # noqa: S311  # no secret comes from it


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


PARENT = SignIn("parent@ohms.example", (Role.PATIENT,), patient=PARENT_NUMBER)
STAFF = SignIn("staff@ohms.example", (Role.STAFF,))
SIGN_INS: tuple[SignIn, ...] = (
    SignIn("patient@ohms.example", (Role.PATIENT,), patient=0),
    SignIn("provider@ohms.example", (Role.PROVIDER,), provider=0),
    STAFF,
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
