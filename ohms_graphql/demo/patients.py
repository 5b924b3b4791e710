"""Patients: names, where they live, who may act for them."""

from datetime import UTC, datetime, time, timedelta
from random import Random

from models.patient import CareTeamMember, EmergencyContact, Patient, Proxy, ProxyRelationship, ProxyScope
from models.search_words import folded
from models.values import Address, AdministrativeGender, ContactPoint, ContactSystem, ContactUse, HumanName, Period
from ohms_graphql.demo.cast import HELPED_NEIGHBOUR, PARENT, PARENT_NUMBER, SIGN_INS, chance, demo_id
from ohms_graphql.demo.data.names import CULTURES, Culture
from ohms_graphql.demo.data.places import STREETS
from ohms_graphql.demo.households import Person, years_later

_ONCE_HELPED = 6
_NONBINARY, _NOT_TOLD = 37, 61


def patients(everybody: list[Person], care: dict[int, list[str]], anchor: datetime) -> list[Patient]:
    """``care`` names the care team of each person, the primary care provider first."""
    made: list[Patient] = []
    taken: set[str] = set()
    for person in everybody:
        parent = None if person.parent is None else made[person.parent]
        name, gender, culture = _name(person, parent, taken)
        taken.add(name.text)
        made.append(_patient(person, name, gender, _Home(person, parent, culture), care[person.number], anchor))
    return made


class _Home:
    """What the members of a household share: address, telephone, language."""

    def __init__(self, person: Person, parent: Patient | None, culture: Culture) -> None:
        luck = chance("home", person.number)
        self.parent = parent
        self.language = parent.preferred_language if parent else luck.choice([culture.language, culture.language, "en"])
        self.phone = parent.contacts[0].value if parent else person.site.phone(luck)
        own = Address(
            lines=[f"{luck.randrange(2, 980)} {luck.choice(STREETS)}"],
            city=person.site.city,
            state=person.site.state,
            postal_code=person.site.postal_code,
            country="US",
        )
        self.address = parent.address if parent else own


def _culture(number: int) -> Culture:
    return chance("culture", number).choices(CULTURES, weights=[culture.share for culture in CULTURES])[0]


def _name(person: Person, parent: Patient | None, taken: set[str]) -> tuple[HumanName, AdministrativeGender, Culture]:
    """Children have their parent's family name. No two people of the demo have the same name."""
    luck = chance("name", person.number)
    culture = _culture(person.number if person.parent is None else person.parent)
    gender = luck.choice([AdministrativeGender.FEMALE, AdministrativeGender.MALE])
    given_names = culture.female if gender is AdministrativeGender.FEMALE else culture.male
    while True:
        family = parent.name.family if parent else luck.choice(culture.families)
        name = HumanName(family=family, given=[luck.choice(given_names)])
        if name.text in taken:  # a middle name tells them apart
            middle = luck.choice([other for other in given_names if other != name.given[0]])
            name = HumanName(family=family, given=[*name.given, middle])
        if name.text not in taken:
            break
    told = {_NONBINARY: AdministrativeGender.OTHER, _NOT_TOLD: AdministrativeGender.UNKNOWN}
    return name, told.get(person.number, gender), culture


def _patient(
    person: Person, name: HumanName, gender: AdministrativeGender, home: _Home, care: list[str], anchor: datetime
) -> Patient:
    luck = chance("patient", person.number)
    return Patient(
        id=person.id,
        created_at=person.registered,
        updated_at=person.registered,
        mrn=f"D{person.number:07d}",
        name=name,
        birth_date=person.born,
        gender=gender,
        contacts=_contacts(person, name, home, luck),
        address=home.address,
        preferred_language=home.language,
        emergency_contacts=[_emergency_contact(person, name, home, luck)],
        care_team=[
            CareTeamMember(provider_id=provider, role="consulting" if index else "attending", since=person.registered)
            for index, provider in enumerate(care)
        ],
        proxies=_proxies(person, anchor),
        deceased_at=person.died,
        extensions={"ohms-demo": {"interpreter": home.language, "wheelchair": person.age > 85}} if person.age > 80 else {},
    )


def _contacts(person: Person, name: HumanName, home: _Home, luck: Random) -> list[ContactPoint]:
    use = ContactUse.HOME if home.parent else ContactUse.MOBILE
    contacts = [ContactPoint(system=ContactSystem.PHONE, value=home.phone, use=use)]
    if person.age >= 13 and luck.random() < (0.95 if person.age < 75 else 0.5):
        words = folded(f"{name.given[0]}.{name.family}").replace("ø", "o").replace("ł", "l").replace("đ", "d")
        local = "".join(letter for letter in words if letter.isascii() and (letter.isalnum() or letter == "."))
        address = f"{local}{person.number}@example.org"
        contacts.append(ContactPoint(system=ContactSystem.EMAIL, value=address, use=ContactUse.HOME))
    return contacts


def _emergency_contact(person: Person, name: HumanName, home: _Home, luck: Random) -> EmergencyContact:
    if home.parent:
        return EmergencyContact(name=home.parent.name.text, relationship="parent", phone=home.phone)
    culture = _culture(person.number)
    relationship = luck.choice(["spouse", "sibling", "friend"]) if person.age < 70 else luck.choice(["daughter", "son", "spouse"])
    given = luck.choice(culture.female + culture.male)
    return EmergencyContact(name=f"{given} {name.family}", relationship=relationship, phone=person.site.phone(luck))


def guardian_account_id(parent: int) -> str:
    """The account of a parent."""
    return PARENT.account_id if parent == PARENT_NUMBER else demo_id("Account", guardian_email(parent))


def guardian_email(parent: int) -> str:
    return f"parent{parent}@ohms.example"


def _proxies(person: Person, anchor: datetime) -> list[Proxy]:
    if person.parent is not None:
        of_age = datetime.combine(years_later(person.born, 18), time(), UTC)
        period = Period(start=person.registered, end=of_age)
        account = guardian_account_id(person.parent)
        return [_proxy(account, ProxyRelationship.PARENT, period, list(ProxyScope))]
    helper = SIGN_INS[0].account_id  # the showcase patient helps two neighbours
    if person.number == HELPED_NEIGHBOUR:
        scope = [ProxyScope.APPOINTMENTS]
        return [_proxy(helper, ProxyRelationship.CAREGIVER, Period(start=person.registered), scope)]
    if person.number == _ONCE_HELPED:
        period = Period(start=person.registered, end=max(person.registered, anchor - timedelta(days=90)))
        return [_proxy(helper, ProxyRelationship.POWER_OF_ATTORNEY, period, list(ProxyScope))]
    return []


def _proxy(account_id: str, relationship: ProxyRelationship, period: Period, scope: list[ProxyScope]) -> Proxy:
    return Proxy(account_id=account_id, relationship=relationship, period=period, scope=scope)
