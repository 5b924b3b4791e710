"""The keys in memory: one signs, all of them verify, their public halves are published (RFC 7517)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.jwk import RSAKey

from ohms_graphql.sealer import JweSealer


@dataclass(frozen=True, slots=True)
class KeyRing:
    """``keys`` by kid, the one that signs last."""

    keys: dict[str, RSAKey]

    @property
    def signing(self) -> tuple[str, RSAKey]:
        """The kid and key of new tokens."""
        return next(reversed(self.keys.items()))

    def jwks(self) -> dict[str, Any]:
        """The JWK Set of public halves."""
        keys = [{**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"} for kid, key in self.keys.items()]
        return {"keys": keys}


def ring_of(rows: Sequence[dict[str, Any]], sealer: JweSealer, instant: datetime) -> KeyRing:
    """The ring of stored rows of ``signing_keys``, in any order; keys whose last token has expired are left out.

    Raises ValueError for a key that was sealed with another OHMS_SECRET_KEY.
    """
    good = [row for row in rows if row["published_until"] is None or row["published_until"] > instant]
    good.sort(key=lambda row: row["number"])
    return KeyRing({row["_id"]: RSAKey.import_key(_unsealed(row, sealer)) for row in good})


def _unsealed(row: dict[str, Any], sealer: JweSealer) -> dict[str, Any]:
    jwk: dict[str, Any] = json.loads(sealer.unseal(row["sealed_jwk"]))
    return jwk
