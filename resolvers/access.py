"""Whose rows the caller may act on, looked up at most once per operation."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from models.base import StoredDocument
from models.break_glass import BreakGlassGrant
from models.patient import Patient, ProxyScope
from models.role import Role
from resolvers.deidentification.deidentifier import deidentifier_for
from resolvers.deidentification.sample import Sample
from resolvers.directory_reads import DirectoryReads
from resolvers.majority import USUAL_MAJORITY, Majority
from resolvers.ports import Pseudonyms
from resolvers.principal import Principal
from resolvers.proxy_rights import right_holds
from resolvers.reading import Reading
from resolvers.trail import Trail

D = TypeVar("D", bound=StoredDocument)


class Access:
    """The caller's relations to patients at one instant. Lives as long as one operation.

    ``broken_glass`` holds the grant (its id) by patient, as far as the operation has asked for it. ``reading`` is what a query
    needs of the documents that it shows; None where whole documents are read: in mutations, subscriptions and jobs.
    ``directory`` is for rows that everybody sees.
    """

    def __init__(
        self,
        principal: Principal,
        instant: datetime,
        majority: Majority = USUAL_MAJORITY,
        pseudonyms: Pseudonyms | None = None,
        directory: DirectoryReads | None = None,
    ) -> None:
        self.principal = principal
        self.instant = instant
        self.majority = majority
        self.broken_glass: dict[str, str] = {}
        self.trail = Trail()
        self.reading: Reading | None = None
        self.directory = directory
        self.deidentifier = deidentifier_for(principal, instant, pseudonyms)
        self._care: dict[str, asyncio.Future[list[str]]] = {}
        self._whole_panel: asyncio.Future[list[str]] | None = None
        self._proxies: asyncio.Future[list[tuple[str, frozenset[ProxyScope]]]] | None = None
        self._glass: asyncio.Future[None] | None = None

    def shown(self, documents: list[D]) -> list[D]:
        """What the caller gets of documents that they may see. Every query and every loader passes its rows through here.

        An analyst gets de-identified copies (``resolvers.deidentification``); the trail notes the rows themselves.
        """
        self.trail.saw(documents)
        deidentifier = self.deidentifier
        return documents if deidentifier is None else [deidentifier.copy(document) for document in documents]

    def stored_key(self, field: str, key: str) -> str:
        """What stands in the database where the caller has ``key`` as the value of ``field``."""
        return key if self.deidentifier is None else self.deidentifier.references.revealed(field, key)

    def sample(self, document: type[StoredDocument]) -> Sample | None:
        """How the caller pages through a document, where it is as a sample in no order of meaning."""
        return None if self.deidentifier is None else self.deidentifier.sample(document)

    @property
    def own(self) -> list[str]:
        """The patient that the caller is, if any."""
        principal = self.principal
        return [principal.patient_id] if Role.PATIENT in principal.roles and principal.patient_id else []

    async def proxied(self, scope: ProxyScope | None = None) -> list[str]:
        """Patients the caller is proxy for at this instant; with a scope, only where it is granted."""
        if Role.PATIENT not in self.principal.roles:
            return []
        if self._proxies is None:
            self._proxies = asyncio.ensure_future(self._load_proxies())
        granted = await asyncio.shield(self._proxies)
        return [patient_id for patient_id, scopes in granted if scope is None or scope in scopes]

    async def _load_proxies(self) -> list[tuple[str, frozenset[ProxyScope]]]:
        account_id = self.principal.account_id
        patients = await Patient.find({"proxies.account_id": account_id}).to_list()
        return [
            (patient.id, frozenset(proxy.scope))
            for patient in patients
            for proxy in patient.proxies
            if proxy.account_id == account_id and right_holds(proxy, patient.birth_date, self.instant, self.majority)
        ]

    async def glass_broken_for(self) -> list[str]:
        """Patients for whom the caller has broken the glass within the last minutes.

        No command for callers whose account knows of no such grant: nearly all, nearly always.
        """
        until = self.principal.broken_glass_until
        if Role.PROVIDER in self.principal.roles and until is not None and self.instant < until:
            if self._glass is None:
                self._glass = asyncio.ensure_future(self._load_glass())
            await asyncio.shield(self._glass)
        return sorted(self.broken_glass)

    async def _load_glass(self) -> None:
        open_grants = {"account_id": self.principal.account_id, "expires_at": {"$gt": self.instant}}
        found = await BreakGlassGrant.find(open_grants).to_list()
        self.broken_glass.update({grant.patient_id: grant.id for grant in found})

    def glass_was_broken(self, patient_id: str, grant_id: str) -> None:
        """The rest of the operation that breaks the glass sees what is behind it."""
        self.broken_glass[patient_id] = grant_id

    def glass_is_whole(self, patient_id: str) -> None:
        """After all: the grant was not stored."""
        self.broken_glass.pop(patient_id, None)

    async def under_care(self, patient_ids: Iterable[str] | None = None) -> list[str]:
        """Patients under the calling provider's care: those among ``patient_ids``, or all of them."""
        if self._whole_panel is None and patient_ids is None:
            self._whole_panel = asyncio.ensure_future(self._load_panel({}))
        if self._whole_panel is not None:
            panel = await asyncio.shield(self._whole_panel)
            return panel if patient_ids is None else list(set(panel).intersection(patient_ids))
        asked = set(patient_ids or ())
        unknown = sorted(asked - self._care.keys())
        if unknown:
            # Noted before it is answered, so that loaders that run at the same time share one command.
            lookup = asyncio.ensure_future(self._load_panel({"_id": {"$in": unknown}}))
            self._care.update(dict.fromkeys(unknown, lookup))
        return [patient_id for patient_id in asked if patient_id in await asyncio.shield(self._care[patient_id])]

    async def _load_panel(self, within: dict[str, object]) -> list[str]:
        provider_id = self.principal.provider_id
        care = [{"care_team.provider_id": provider_id}, {"treated_by": provider_id}]
        ids: list[str] = await Patient.get_pymongo_collection().distinct("_id", {**within, "$or": care})
        return ids
