"""The rows of two patients: what the kept one gets of the merged one, and how it is taken back."""

from dataclasses import dataclass
from typing import Any

from beanie.odm.utils.parsing import parse_obj

from models.patient import FormerMrn, Patient
from models.search_words import search_tokens
from resolvers.encoding import stored_changes
from resolvers.proxies import MAX_PROXIES
from resolvers.user_errors import InvalidInput, Rejected

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A patient, and the row it was read from: ciphertext moves as it stands."""

    row: Row
    patient: Patient

    @classmethod
    def of(cls, row: Row) -> "Stored":
        patient: Patient = parse_obj(Patient, row)  # type: ignore[assignment]  # it is untyped
        return cls(row, patient)


@dataclass(frozen=True, slots=True)
class Joined:
    """``changes`` are for ``$set`` on the kept patient; the rest is what came with the merged one."""

    changes: Row
    proxies: list[str]
    care_team: list[str]
    treated_by: list[str]


def joined(kept: Stored, merged: Stored, instant: Any) -> Joined:
    """The kept patient's own profile stands. Care team, treating providers, proxies and old MRNs come together.

    Raises Rejected for more proxies than fit.
    """
    own_proxies = {proxy.id for proxy in kept.patient.proxies}
    proxies = [proxy.id for proxy in merged.patient.proxies if proxy.id not in own_proxies]
    running = [
        proxy
        for proxy in (*kept.patient.proxies, *merged.patient.proxies)
        if proxy.period.end is None or proxy.period.end > instant
    ]
    if len(running) > MAX_PROXIES:
        message = f"Together they have {len(running)} proxies; at most {MAX_PROXIES} fit: end others first."
        raise Rejected(InvalidInput(message=message, code="TOO_MANY_PROXIES", path=["merge"]))
    own_team = {member.provider_id for member in kept.patient.care_team}
    team = [member.provider_id for member in merged.patient.care_team if member.provider_id not in own_team]
    treating = [provider for provider in merged.patient.treated_by if provider not in kept.patient.treated_by]
    former = [*kept.patient.former_mrns, *_mrns(merged.patient)]
    changes = {
        "proxies": [*_list(kept, "proxies"), *_proxy_rows(merged, proxies)],
        "care_team": [*_list(kept, "care_team"), *_team_rows(merged, team)],
        "treated_by": [*kept.patient.treated_by, *treating],
        **_mrn_fields(kept.patient, former),
    }
    return Joined(changes, proxies, team, treating)


def parted(kept: Stored, merged: Stored, came: Joined, still_treating: set[str]) -> tuple[Row, Row]:
    """What ``$set`` does on the kept patient, and the merged one's row as it comes back.

    Rights are not given back that ended meanwhile: proxies come back as they are now, and who was taken off the care team stays
    off. ``still_treating`` are providers whose visits with the kept patient stay.
    """
    now_proxies = dict(zip([proxy.id for proxy in kept.patient.proxies], _list(kept, "proxies"), strict=True))
    now_team = {member.provider_id for member in kept.patient.care_team}
    former = [mrn for mrn in kept.patient.former_mrns if mrn not in set(_mrns(merged.patient))]
    changes = {
        "proxies": [row for proxy_id, row in now_proxies.items() if proxy_id not in came.proxies],
        "care_team": [row for row in _list(kept, "care_team") if row["provider_id"] not in came.care_team],
        "treated_by": [
            provider for provider in kept.patient.treated_by if provider not in came.treated_by or provider in still_treating
        ],
        **_mrn_fields(kept.patient, former),
    }
    back = {
        "proxies": [now_proxies[proxy.id] for proxy in merged.patient.proxies if proxy.id in now_proxies],
        "care_team": [row for row in _list(merged, "care_team") if row["provider_id"] in now_team],
    }
    return changes, {**merged.row, **back}


def _mrns(patient: Patient) -> list[FormerMrn]:
    return [FormerMrn(mrn) for mrn in (patient.mrn, *patient.former_mrns)]


def _mrn_fields(patient: Patient, former: list[FormerMrn]) -> Row:
    tokens = search_tokens(patient.name, " ".join([patient.mrn, *former]))
    return stored_changes(Patient, {"former_mrns": former, "search_tokens": tokens})


def _list(stored: Stored, field: str) -> list[Row]:
    return list(stored.row.get(field) or [])


def _proxy_rows(stored: Stored, ids: list[str]) -> list[Row]:
    # Those stored before proxies had ids get theirs now, so that it stays the same.
    pairs = zip(stored.patient.proxies, _list(stored, "proxies"), strict=True)
    return [{**row, "id": proxy.id} for proxy, row in pairs if proxy.id in ids]


def _team_rows(stored: Stored, provider_ids: list[str]) -> list[Row]:
    return [row for row in _list(stored, "care_team") if row["provider_id"] in provider_ids]
