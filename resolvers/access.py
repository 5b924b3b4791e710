"""Whose rows the caller may act on, looked up at most once per operation."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from models.base import StoredDocument
from models.patient import Patient, ProxyScope
from models.role import Role
from resolvers.principal import Principal
from resolvers.trail import Trail

D = TypeVar("D", bound=StoredDocument)


class Access:
    """The caller's relations to patients at one instant. Lives as long as one operation."""

    def __init__(self, principal: Principal, instant: datetime) -> None:
        self.principal = principal
        self.instant = instant
        self.trail = Trail()
        self._care: dict[str, asyncio.Future[list[str]]] = {}
        self._whole_panel: asyncio.Future[list[str]] | None = None
        self._proxies: asyncio.Future[list[tuple[str, frozenset[ProxyScope]]]] | None = None

    def shown(self, documents: list[D]) -> list[D]:
        """What the caller gets of documents that they may see. Every query and every loader passes its rows through here."""
        self.trail.saw(documents)
        return documents

    @cached_property
    def _own(self) -> list[str]:
        principal = self.principal
        return [principal.patient_id] if Role.PATIENT in principal.roles and principal.patient_id else []

    async def acts_for(self, scope: ProxyScope | None = None) -> list[str]:
        """The caller's own patient and those the caller is proxy for; with a scope, only where it is granted."""
        return self._own + await self.proxied(scope)

    async def proxied(self, scope: ProxyScope | None = None) -> list[str]:
        """Patients the caller is proxy for today."""
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
            if proxy.account_id == account_id and proxy.period.contains(self.instant)
        ]

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
