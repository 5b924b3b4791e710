"""Granting and ending the right to act for a patient, and binding it to the account that it is meant for.

Whether an address has an account is nobody's business: a grant is stored under the address, answers and costs the same either
way, and is bound to an account whose owner has proved to read mail there, now or later.
"""

from dataclasses import dataclass
from datetime import datetime

from models.account import Account, AccountEmail, AccountKind, normalized_email
from models.identity import new_id
from models.patient import Patient, Proxy, ProxyEmail, ProxyRelationship, ProxyScope
from models.role import Role
from models.values import Period
from resolvers.context import RequestContext
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.policy import restrict
from resolvers.ports import Mail, Session
from resolvers.profile import email_is_valid
from resolvers.throttling import Limit, count_attempt
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected, UserError

MAX_PROXIES = 20
_KEPT_ENDED = 50
"""Ended rights kept with the patient; the audit trail has them all."""
_GRANTS = 20
"""In a quarter of an hour, by one account: each sends a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyGrant:
    """``start`` None is now, ``end`` None is open."""

    email: str
    relationship: ProxyRelationship
    scope: list[ProxyScope]
    start: datetime | None
    end: datetime | None


async def grant_proxy(context: RequestContext, patient_id: str, grant: ProxyGrant, key: str | None) -> tuple[Patient, str]:
    """The patient and the proxy's id. A second grant to the same address and relationship changes the first.

    Raises Rejected: NotFound for a patient who is not the caller's to decide for, InvalidInput for fields, or who is no adult,
    TooManyAttempts.
    """
    _check(grant, context.access.instant)
    context.ports.mailer.check_ready()
    await _must_decide(context, patient_id)
    await count_attempt([Limit("proxy-grant", context.principal.account_id or "", _GRANTS)], context.access.instant)
    email = normalized_email(grant.email)

    async def work(session: Session) -> Answer:
        patient = await _read(patient_id, session)
        _must_be_grown_up(context, patient)
        _must_suit(context, patient, grant)
        own = await Account.find_one({"patient_id": patient_id}, session=session)
        account = await Account.find_one({"email": AccountEmail.lookup(email)}, session=session)
        if own is not None and own.email == email:
            raise Rejected(InvalidInput(message="This is the patient's own address.", path=["email"]))
        proxy = _granted(context, patient, grant, email, account if _proved(account) else None)
        others = [other for other in patient.proxies if other.id != proxy.id]
        await _write(context, patient, _within_limits(context, [*others, proxy]), session)
        return {"proxy_id": proxy.id}

    noted = {"patient": patient_id, "email": email, "relationship": grant.relationship, "scope": sorted(grant.scope)}
    period = {"start": grant.start, "end": grant.end}
    answer = await once(context, "grantProxy", key, {**noted, **period}, work)
    await context.ports.mailer.send(_told(email))
    return await _read(patient_id), answer["proxy_id"]


async def revoke_proxy(context: RequestContext, patient_id: str, proxy_id: str, key: str | None) -> Patient | None:
    """Ends a right now; it is kept as ended. By the patient, by staff, or by the proxy: then None, who sees no patient any more.

    Raises Rejected: NotFound for what is not there or not the caller's to end, Conflict where it has ended already.
    """

    async def work(session: Session) -> Answer:
        await _must_see(context, patient_id)
        patient = await _read(patient_id, session)
        proxy = next((proxy for proxy in patient.proxies if proxy.id == proxy_id), None)
        if proxy is None or not _may_end(context, patient, proxy):
            raise Rejected(NotFound(message="No such proxy.", path=["proxy"]))
        instant = context.access.instant
        if proxy.period.end is not None and proxy.period.end <= instant:
            raise Rejected(Conflict(message="This right has ended already.", path=["proxy"]))
        if proxy.account_id != context.principal.account_id:
            _must_be_grown_up(context, patient)
        start = instant if proxy.period.start is None else min(proxy.period.start, instant)
        ended = proxy.model_copy(update={"period": Period(start=start, end=instant)})
        proxies = [ended if other.id == proxy_id else other for other in patient.proxies]
        await _write(context, patient, _within_limits(context, proxies), session)
        return {"by_proxy": proxy.account_id == context.principal.account_id}

    answer = await once(context, "revokeProxy", key, {"patient": patient_id, "proxy": proxy_id}, work)
    return None if answer["by_proxy"] else await _read(patient_id)


async def bind_proxies(account: Account, session: Session) -> None:
    """Gives an account what was granted to its address. Called in the transaction that proves the address to be its own."""
    if account.kind is not AccountKind.PERSON:
        return
    unbound = {"email": ProxyEmail.lookup(account.email), "account_id": None}
    await Patient.get_pymongo_collection().update_many(
        {"proxies": {"$elemMatch": unbound}},
        {"$set": {"proxies.$[proxy].account_id": account.id}, "$inc": {"revision": 1}},
        array_filters=[{f"proxy.{name}": value for name, value in unbound.items()}],
        session=session,
    )


def _proved(account: Account | None) -> bool:
    return account is not None and account.kind is AccountKind.PERSON and account.email_verified_at is not None


def _check(grant: ProxyGrant, instant: datetime) -> None:
    complaints: list[UserError] = []
    if not email_is_valid(grant.email.strip()):
        complaints.append(InvalidInput(message="Is not an e-mail address.", path=["email"]))
    if not grant.scope:
        complaints.append(InvalidInput(message="Give at least one of APPOINTMENTS, RECORDS, BILLING.", path=["scope"]))
    if grant.end is not None and grant.end <= instant:
        complaints.append(InvalidInput(message=f"{grant.end.isoformat()} is not in the future.", path=["period", "end"]))
    elif grant.end is not None and grant.start is not None and grant.end <= grant.start:
        complaints.append(InvalidInput(message=f"Ends before it starts ({grant.start.isoformat()}).", path=["period", "end"]))
    if complaints:
        raise Rejected(*complaints)


async def _must_see(context: RequestContext, patient_id: str) -> None:
    visible = await restrict(Patient, context.access, {"_id": patient_id})
    if not await Patient.find(visible).exists():
        raise Rejected(_no_patient())


async def _must_decide(context: RequestContext, patient_id: str) -> None:
    """A proxy sees the patient, and cannot make further proxies."""
    await _must_see(context, patient_id)
    principal = context.principal
    if Role.STAFF not in principal.roles and patient_id not in context.access.own:
        raise Rejected(_no_patient())


def _may_end(context: RequestContext, patient: Patient, proxy: Proxy) -> bool:
    principal = context.principal
    deciding = Role.STAFF in principal.roles or patient.id in context.access.own
    return deciding or (proxy.account_id is not None and proxy.account_id == principal.account_id)


def _must_be_grown_up(context: RequestContext, patient: Patient) -> None:
    """Patients decide for themselves once they are shown to be of age; for minors, and where it is not known, the desk does."""
    of_age = context.access.majority.reached(patient.birth_date, context.access.instant)
    if Role.STAFF not in context.principal.roles and of_age is not True:
        message = "Only staff decide this for patients who are not shown to be of age: bring your papers to the desk."
        raise Rejected(InvalidInput(message=message, code="STAFF_ONLY", path=["patient"]))


def _must_suit(context: RequestContext, patient: Patient, grant: ProxyGrant) -> None:
    minor = context.access.majority.reached(patient.birth_date, context.access.instant) is False
    if grant.relationship is ProxyRelationship.PARENT and not minor:
        message = "A right by parenthood is for patients who are shown to be minors: choose another relationship."
        raise Rejected(InvalidInput(message=message, path=["relationship"]))


def _granted(context: RequestContext, patient: Patient, grant: ProxyGrant, email: str, account: Account | None) -> Proxy:
    """The right as it is from now on: a new one, or the running one of the same person and relationship with other terms."""
    instant = context.access.instant
    account_id = account.id if account else None

    def same(proxy: Proxy) -> bool:
        person = proxy.email == email or (account_id is not None and proxy.account_id == account_id)
        return person and proxy.relationship is grant.relationship and not _ended(proxy, instant)

    running = next(filter(same, patient.proxies), None)
    return Proxy(
        id=running.id if running else new_id(),
        account_id=(running.account_id if running else None) or account_id,
        email=email,
        relationship=grant.relationship,
        scope=list(dict.fromkeys(grant.scope)),
        period=Period(start=grant.start or instant, end=grant.end),
    )


def _ended(proxy: Proxy, instant: datetime) -> bool:
    return proxy.period.end is not None and proxy.period.end <= instant


def _within_limits(context: RequestContext, proxies: list[Proxy]) -> list[Proxy]:
    instant = context.access.instant
    running = sum(not _ended(proxy, instant) for proxy in proxies)
    if running > MAX_PROXIES:
        message = f"The patient has {running - 1} proxies; at most {MAX_PROXIES} fit: end another first."
        raise Rejected(InvalidInput(message=message, code="TOO_MANY_PROXIES", path=["patient"]))
    too_many = sum(_ended(proxy, instant) for proxy in proxies) - _KEPT_ENDED
    oldest = sorted((proxy for proxy in proxies if _ended(proxy, instant)), key=lambda proxy: (proxy.period.end, proxy.id))
    dropped = {proxy.id for proxy in oldest[: max(too_many, 0)]}
    return [proxy for proxy in proxies if proxy.id not in dropped]


async def _write(context: RequestContext, patient: Patient, proxies: list[Proxy], session: Session) -> None:
    changes = stored_changes(Patient, {"proxies": proxies, "updated_at": context.access.instant})
    updated = await Patient.get_pymongo_collection().update_one(
        {"_id": patient.id, "revision": patient.revision}, {"$set": changes, "$inc": {"revision": 1}}, session=session
    )
    if updated.matched_count == 0:
        raise Rejected(Conflict(message="Somebody else changed the patient just now: try again.", path=["patient"]))
    context.trail.changed("Patient", patient.id, patient.id, ["proxies"])


async def _read(patient_id: str, session: Session | None = None) -> Patient:
    patient = await Patient.get(patient_id, session=session)
    if patient is None:
        raise Rejected(_no_patient())
    return patient


def _no_patient() -> NotFound:
    return NotFound(message="No such patient.", path=["patient"])


def _told(email: str) -> Mail:
    text = (
        "Somebody lets you act for them at the clinic's portal. Sign in with this address, or register with it, to see for whom."
        "\n\n"
        "If you do not know about this, tell the clinic."
    )
    return Mail(to=email, subject="You may act for somebody", text=text)
