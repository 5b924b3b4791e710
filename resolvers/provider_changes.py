"""Making and changing providers, as the directory has them. Their hours are set apart (``resolvers.availability``)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.base import StoredDocument
from models.npi import npi_is_valid
from models.organization import Organization
from models.provider import Provider
from models.search_words import search_words, sort_name
from models.value_object import ValueObject
from models.values import Address, AdministrativeGender, CodeableConcept, ContactPoint, HumanName
from models.visit_type import VisitType
from resolvers.availability_rules import MOST_VISIT_TYPES, check_zone
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.profile import Profile, check_language, check_profile
from resolvers.provider_writing import no_such_provider, read_provider, tell_hours_changed, write_provider
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected, UserError
from resolvers.visit_types import check_concept

MOST_BIOGRAPHY = 2000
_OF_THE_SCHEDULE = {"active", "visit_type_ids"}
"""What changes the slots that are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderWish:
    """What was given; None is "not given". The zone goes with the hours once there are any: it is given at the beginning only."""

    npi: str | None = None
    name: HumanName | None = None
    credentials: list[str] | None = None
    specialties: list[CodeableConcept] | None = None
    languages: list[str] | None = None
    time_zone: str | None = None
    biography: str | None = None
    accepting_new_patients: bool | None = None
    active: bool | None = None
    gender: AdministrativeGender | None = None
    contacts: list[ContactPoint] | None = None
    address: Address | None = None
    organization_ids: list[str] | None = None
    visit_type_ids: list[str] | None = None

    def given(self) -> dict[str, Any]:
        """The fields given, as the document names them."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


async def create_provider(context: RequestContext, wish: ProviderWish, key: str | None) -> Provider:
    """Raises Rejected: InvalidInput for each field that cannot be used, NotFound for what it names, Conflict for a known NPI."""
    _check(wish, context.access.instant.date())

    async def work(session: Session) -> Answer:
        await _must_exist(session, wish)
        provider = Provider(npi_verified=True, **wish.given())
        await provider.insert(session=session)
        context.trail.changed("Provider", provider.id, None, sorted(wish.given()))
        return {"id": provider.id}

    answer = await _once(context, "createProvider", key, _noted(wish), work)
    return await _read(answer["id"])


async def update_provider(
    context: RequestContext, provider_id: str, wish: ProviderWish, expected_revision: int | None, key: str | None
) -> Provider:
    """Only what is given is written. Raises Rejected as ``create_provider``, and a Conflict for an older revision."""
    if not wish.given():
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))
    _check(wish, context.access.instant.date())

    async def work(session: Session) -> Answer:
        changes = wish.given()
        if _OF_THE_SCHEDULE & changes.keys():
            await tell_hours_changed(context, session, provider_id)
        before = await read_provider(session, provider_id, expected_revision, ["id"])
        await _must_exist(session, wish)
        if wish.npi is not None:
            changes["npi_verified"] = True
        if wish.name is not None:
            changes |= {"search_words": search_words(wish.name), "sort_name": sort_name(wish.name)}
        await write_provider(context, session, before, **changes)
        return {"id": provider_id}

    noted = {"id": provider_id, "revision": expected_revision, **_noted(wish)}
    await _once(context, "updateProvider", key, noted, work)
    return await _read(provider_id)


async def _once(
    context: RequestContext, mutation: str, key: str | None, noted: dict[str, Any], work: Callable[[Session], Awaitable[Answer]]
) -> Answer:
    """Raises Rejected with a Conflict for an NPI that is taken."""
    try:
        return await once(context, mutation, key, noted, work)
    except DuplicateKeyError as error:
        if "npi" not in (error.details or {}).get("keyPattern", {}):
            raise
        raise Rejected(Conflict(message="Another provider has this NPI.", path=["npi"])) from error


async def _read(provider_id: str) -> Provider:
    provider = await Provider.get(provider_id)
    if provider is None:
        raise Rejected(no_such_provider(["id"]))
    return provider


async def _must_exist(session: Session, wish: ProviderWish) -> None:
    """Raises Rejected with a NotFound for each organization and visit type that is not there."""
    named: list[tuple[str, str, type[StoredDocument], list[str]]] = [
        ("organizations", "organization", Organization, wish.organization_ids or []),
        ("visitTypes", "visit type", VisitType, wish.visit_type_ids or []),
    ]
    missing: list[UserError] = []
    for field, what, document, ids in named:
        if not ids:
            continue
        known = set(await document.get_pymongo_collection().distinct("_id", {"_id": {"$in": ids}}, session=session))
        missing += [
            NotFound(message=f"No such {what}.", path=[field, str(number)])
            for number, each in enumerate(ids)
            if each not in known
        ]
    if missing:
        raise Rejected(*missing)


def _check(wish: ProviderWish, today: date) -> None:
    complaints = Complaints()
    if wish.npi is not None and not npi_is_valid(wish.npi):
        complaints.add(["npi"], "Is not a National Provider Identifier: ten digits, the last a check digit (45 CFR 162.406).")
    if wish.time_zone is not None:
        check_zone(complaints, wish.time_zone, ["timeZone"])
    complaints.text(["biography"], wish.biography, most=MOST_BIOGRAPHY, lines=True)
    _check_texts(complaints, "credentials", wish.credentials)
    _check_texts(complaints, "languages", wish.languages)
    for number, language in enumerate(wish.languages or []):
        check_language(complaints, language, ["languages", str(number)])
    complaints.items(["specialties"], wish.specialties or [])
    for number, concept in enumerate(wish.specialties or []):
        check_concept(complaints, concept, ["specialties", str(number)])
    complaints.items(["organizations"], wish.organization_ids or [])
    complaints.items(["visitTypes"], wish.visit_type_ids or [], most=MOST_VISIT_TYPES)
    for field, ids in (("organizations", wish.organization_ids or []), ("visitTypes", wish.visit_type_ids or [])):
        if len(set(ids)) < len(ids):
            complaints.add([field], "Name each once.")
    try:
        # Names, contacts and addresses are those of people, whoever they are.
        profile = Profile(name=wish.name, contacts=wish.contacts, address=wish.address)
        check_profile(profile, today)
    except Rejected as rejection:
        complaints.found += rejection.errors
    complaints.check()


def _check_texts(complaints: Complaints, field: str, values: list[str] | None) -> None:
    complaints.items([field], values or [])
    for number, value in enumerate(values or []):
        complaints.text([field, str(number)], value, required=True)


def _noted(wish: ProviderWish) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.model_dump() if isinstance(value, ValueObject) else value

    return {name: plain(value) for name, value in wish.given().items()}
